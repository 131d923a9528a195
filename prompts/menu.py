"""The keys that a town adds to the main menu: `menu.yaml`. 1 to 4, 9 and 0 keep their meaning everywhere."""

from collections.abc import Iterator
from typing import Literal, get_args

from pydantic import Field, model_validator

from prompts.faq import Faq
from prompts.fields import Content
from prompts.labels import Service
from prompts.procedures import Key
from prompts.sentences import Sentences
from prompts.yaml_source import YamlPath

ByKey = Literal[
    "horaires", "adresse_contact", "pieces", "cout_delai", "demarche_info", "eligibilite", "rdv_prendre",
    "rdv_deplacer", "rdv_annuler", "rdv_consulter", "signalement", "suivi_dossier", "reclamation",
]  # fmt: skip

REQUESTS_TOLD: dict[ByKey, str] = {
    "horaires": "les horaires",
    "adresse_contact": "l'adresse et le téléphone",
    "pieces": "les pièces à fournir",
    "cout_delai": "le coût et les délais",
    "demarche_info": "comment faire la démarche",
    "eligibilite": "qui y a droit",
    "rdv_prendre": "prendre un rendez-vous",
    "rdv_deplacer": "déplacer un rendez-vous",
    "rdv_annuler": "annuler un rendez-vous",
    "rdv_consulter": "retrouver la date d'un rendez-vous",
    "signalement": "signaler un problème",
    "suivi_dossier": "suivre un dossier",
    "reclamation": "faire une réclamation",
}
"""What a key may stand for, for the people who choose it."""
OwnKey = Literal["5", "6", "7", "8"]
OWN_KEYS: tuple[OwnKey, ...] = get_args(OwnKey)


class MenuKey(Content):
    """What a key stands for: a request about a service, or one of the town's own questions."""

    request: ByKey | None = Field(None, alias="demande")
    service: Service = "aucun"
    question: Key | None = Field(None, description="une clé de faq.yaml")

    @model_validator(mode="after")
    def _one_of_both(self) -> "MenuKey":
        if (self.request is None) == (self.question is None):
            raise ValueError(
                "une touche mène à une « demande » ou à une « question » de faq.yaml, pas aux deux"
            )
        return self


class Menu(Content):
    keys: dict[OwnKey, MenuKey] = Field({}, alias="touches")


def menu_problems(menu: Menu, faq: Faq, sentences: Sentences) -> Iterator[tuple[YamlPath, str]]:
    """Keys that lead nowhere, or that nobody is told of."""
    for key, meant in menu.keys.items():
        if meant.question is not None and meant.question not in faq.questions:
            known = ", ".join(faq.questions) or "aucune"
            missing = f"la question « {meant.question} » n'existe pas ; possibles : {known}"
            yield ("touches", key, "question"), missing
        if key not in sentences.menu:
            yield (
                ("touches", key),
                f"personne n'annonce la touche {key} : ajoutez-la à la phrase « menu »",
            )
