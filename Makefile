# Les commandes du projet. Sans cible : leur liste.
.DEFAULT_GOAL := help
.PHONY: help setup demo test lint serve asterisk train-asr bench prove audit pictures clean

BIN := .venv/bin
COMPUTED := tests/acceptance tests/dialog tests/prompts tests/bench $(filter-out tests/speech/test_transcribing.py,$(wildcard tests/speech/test_*.py)) tests/speech/engines tests/speech/grammar tests/speech/training tests/callbacks tests/standardiste tests/security
CALLS := $(addprefix --ignore=,$(COMPUTED))
PICTURED := tests/callbacks/pages/test_in_a_browser.py tests/prompts/pages/test_in_a_browser.py tests/telephony/test_browser_phone.py -k "(axe and light) or tried_published or citizen_rings"
AGAIN := $(BIN)/pytest --last-failed --last-failed-no-failures none

help: ## cette liste
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## installer ce qui manque (dit quoi et pourquoi avant ; ne fait rien si tout y est)
	@scripts/setup

demo: setup ## entendre un appel entier : chaque tour s'affiche, le son reste dans call.wav
	@$(BIN)/python -m standardiste.demo

test: lint ## style, types et tous les tests, vrai Asterisk et vrai Chromium compris
	@# Two processes each time; what computes does not disturb the calls, which are timed.
	@# What fails on a machine busy with something else is tried once more, alone, and both results stay in the log.
	@$(BIN)/pytest -n 2 --dist loadfile $(COMPUTED) || $(AGAIN) $(COMPUTED)
	@$(BIN)/pytest -n 2 --dist loadfile $(CALLS) || $(AGAIN) $(CALLS)

lint: setup ## style et types seulement
	@$(BIN)/ruff check --output-format concise
	@$(BIN)/ruff format --check --output-format concise
	@$(BIN)/mypy

serve: setup ## l'agent, ses pages et le téléphone du navigateur : http://127.0.0.1:8080/telephone
	@$(BIN)/standardiste serve

asterisk: setup ## la même chose derrière un vrai Asterisk ; dit quel numéro appeler
	@scripts/with-asterisk

train-asr: ## entraîner l'écoute intégrée (2 h 15 sur deux cœurs ; reprend où elle s'était arrêtée)
	@scripts/setup train
	@$(BIN)/python -m speech.training --minutes 90 --decoder-minutes 45 $(TRAIN_ARGS)

bench: setup ## mesurer un tour de parole sur cette machine
	@$(BIN)/standardiste bench turn

prove: setup ## les longues preuves en entier (arrêts brutaux, délais, requêtes au hasard) ; reprend où elle s'était arrêtée
	@$(BIN)/python -m bench.prove $(PROVE_ARGS)

audit: setup ## demander au service public d'avis si une bibliothèque a une faille connue (dit s'il n'a pas pu être joint)
	@scripts/audit

pictures: setup ## refaire les images des guides (docs/*.png) avec un vrai Chromium ; à regarder avant de les garder
	@STANDARDISTE_PICTURES=1 $(BIN)/pytest -q -m browser $(PICTURED)

clean: ## oublier ce que setup a mis dans ce dossier (.venv et les caches)
	@rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis
