"""What the content must hold for the dialogue to keep its promises, looked at in the content itself."""

import re
from collections.abc import Iterator
from typing import get_args

from dialog.flows.person import SOME_DANGER
from dialog.meaning import Language
from dialog.proof.findings import Finding
from prompts.content import Town

_NUMBERS = ("15", "17", "18", "112", "114", "115", "119", "191", "196", "3114", "3919")
"""Of emergencies and of those who listen, free and day and night (Arcep; service-public.gouv.fr F33990)."""
_FILE = "comprehension.yaml"
_FIRST_LETTERS = 40
"""Within which the number has to be said: the beginning of the first sentence."""


def content_findings(town: Town) -> Iterator[Finding]:
    """Each place of the content that breaks a promise."""
    yield from _dangers(town)
    yield from _languages(town)
    yield from _delicate(town)
    yield from _thresholds(town)


def _dangers(town: Town) -> Iterator[Finding]:
    if SOME_DANGER not in town.comprehension.dangers:
        yield Finding(
            f"il manque le danger « {SOME_DANGER} », qui vaut quand on ne sait pas lequel",
            _FILE,
            ("dangers",),
        )
    for name, danger in town.comprehension.dangers.items():
        beginning = re.split(r"(?<=[.!?])\s", danger.sentence)[0][:_FIRST_LETTERS]
        if not set(re.findall(r"\d+", beginning)) & set(_NUMBERS):
            yield Finding(
                f"la consigne « {name} » ne commence pas par un numéro ; attendu : « Composez le 18… »",
                _FILE,
                ("dangers", name, "consigne"),
            )


def _languages(town: Town) -> Iterator[Finding]:
    for language in get_args(Language):
        if language not in town.requests.languages:
            yield Finding(f"il manque la phrase de la langue « {language} »", "demandes.yaml", ("langues",))


def _delicate(town: Town) -> Iterator[Finding]:
    if "autre" not in town.requests.sensitive:
        yield Finding(
            "il manque « autre », la phrase des sujets sensibles sans phrase à eux",
            "demandes.yaml",
            ("sujets_sensibles",),
        )


def _thresholds(town: Town) -> Iterator[Finding]:
    limits = town.thresholds
    if not 0 < limits.confirm <= limits.answer <= 1:
        yield Finding(
            f"seuils incohérents : confirmer à {limits.confirm}, répondre à {limits.answer} ; "
            "attendu : confirmer au-dessus de 0 et pas au-dessus de répondre",
            _FILE,
        )
