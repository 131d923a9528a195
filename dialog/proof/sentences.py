"""What callers may be understood to have said: one sentence of each kind that the dialogue tells apart.

They are given to the dialogue understood already: the proof holds whatever the classifier makes of words.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import get_args

from dialog.events import Understood
from dialog.flows.collect import values_in
from dialog.meaning import Alternative, Language, Signal, Understanding
from dialog.requests import NOT_OURS
from dialog.talk import State, Talk
from prompts.content import Town
from prompts.labels import INTENTS, SERVICES, Expects, Intent, Service

_SAID: dict[Expects, tuple[str, ...]] = {
    "date": ("mardi prochain", "demain à dix heures", "n'importe quand sauf le lundi"),
    "time": ("quatorze heures trente", "le matin"),
    "phone": ("06 39 98 12 34", "12 34"),
    "dossier": ("77412", "PC 972 209 26 00007"),
    "reference": ("R 7310",),
    "name": ("Dubois",),
    "place": ("12 rue des Fleurs",),
    "count": ("deux",),
    "birth_date": ("le trois mars mille neuf cent quatre-vingts",),
    "amount": ("cent euros",),
    "postcode": ("97200",),
    "age": ("douze ans",),
    "email": ("jean point dubois arobase exemple point fr",),
}
"""One answer of each kind, and one that is none."""
_EVERYWHERE: tuple[tuple[Intent, Service], ...] = (
    ("horaires", "mairie"), ("adresse_contact", "mairie"), ("pieces", "passeport"), ("cout_delai", "cni"),
    ("rdv_prendre", "titre_identite"), ("rdv_prendre", "aucun"), ("rdv_annuler", "aucun"),
    ("rdv_deplacer", "aucun"), ("rdv_consulter", "aucun"), ("signalement", "voirie"),
    ("suivi_dossier", "urbanisme"), ("reclamation", "dechets"), ("humain", "aucun"), ("rappel", "aucun"),
    ("correction", "aucun"),
    ("repeter", "aucun"), ("attendre", "aucun"), ("salutation", "aucun"), ("merci_aurevoir", "aucun"),
    ("hors_sujet", "hors_mairie"), ("decision", "logement"), ("conseil_juridique", "aucun"),
    ("insulte", "aucun"), ("incompris", "aucun"), ("incompris", "dechets"),
)  # fmt: skip
"""Said in the middle of anything; every other request is one of these to the dialogue."""
SURE = 0.99


@dataclass(frozen=True)
class Sentence:
    name: str
    """For whoever reads what went wrong."""
    event: Understood


class Sentences:
    """The sentences of one town, at one time."""

    def __init__(self, town: Town, now: datetime) -> None:
        self._town = town
        self._talk = Talk(town, State(), now)
        limits = town.thresholds
        self._doubtful = (limits.answer + limits.confirm) / 2
        self._low = limits.confirm / 2
        self.person = Sentence("« agent »", self._of("humain", text="agent"))
        self.no_match = Sentence("phrase incomprise", self._of("incompris", text="la lune est bleue"))
        known = (
            Sentence(f"danger « {name} »", self._of("urgence", danger=name))
            for name in town.comprehension.dangers
        )
        self.dangers = (*known, Sentence("danger inconnu", self._of("urgence", text="vite venez")))
        self._here = (*self._everywhere(), *self._yes_and_no(), *self._special())
        self._answers = {kind: tuple(self._given(kind)) for kind in _SAID}

    def at(self, state: State) -> Iterator[Sentence]:
        """What is said to this question."""
        yield from self._here
        yield from self._answers.get(state.expects or "date", ())
        for words in state.choices[:9]:
            yield Sentence(f"« {words} »", self._of("reponse", text=words))

    def requests(self) -> Iterator[Sentence]:
        """Every request for every service, clearly and less clearly understood."""
        yield from self._subjects()
        for key, question in tuple(self._town.faq.questions.items())[:1]:  # the others differ by their answer
            event = self._of("demarche_info", question.service, text=question.said[0], faq=key)
            yield Sentence(f"question « {key} »", event)
            yield Sentence(f"question « {key} » (peu sûr)", _doubted(event, self._doubtful))
        yield Sentence("cinq mille mots", self._of("incompris", text="mot " * 5000))
        for intent in INTENTS:
            for service in SERVICES:
                if intent in ("urgence", "multi"):
                    continue
                words = f"{intent} {service}"
                yield Sentence(f"{intent} + {service}", self._of(intent, service, text=words))
                if service in ("mairie", "voirie", "cni", *NOT_OURS):
                    event = self._of(intent, service, text=words, confidence=self._doubtful)
                    yield Sentence(f"{intent} + {service} (peu sûr)", event)

    def doubtful_yes(self) -> Iterator[Sentence]:
        """What sounds like a yes and commits to nothing."""
        yield Sentence("« oui » mal entendu", self._of("oui", text="oui", confidence=self._low))
        yield Sentence("« oui » peu sûr", self._of("oui", text="oui", confidence=self._doubtful))
        yield Sentence("« oui mais non »", self._of("oui", text="oui mais non plutôt"))
        yield Sentence("« oui » et autre chose", self._of("oui", text="oui mais jeudi", values="date"))

    def _everywhere(self) -> Iterator[Sentence]:
        for intent, service in _EVERYWHERE:
            yield Sentence(f"{intent} + {service}", self._of(intent, service, text=f"{intent} {service}"))
        yield Sentence("demande peu sûre", self._of("pieces", "cni", text="cni", confidence=self._doubtful))
        either = self._of("pieces", "cni", text="cni", confidence=self._doubtful)
        other = Alternative("horaires", "dechets", self._doubtful / 2)
        yield Sentence(
            "l'une ou l'autre", replace(either, found=replace(either.found, alternatives=(other,)))
        )
        yield Sentence("demande mal entendue", self._of("pieces", "cni", text="cni", confidence=self._low))
        yield Sentence("texte vide", self._of("incompris", confidence=0.0))
        both = (self._of("horaires", "dechets").found, self._of("pieces", "passeport").found)
        event = self._of("multi", "dechets", text="la déchèterie et un passeport")
        yield Sentence("deux demandes", replace(event, found=replace(event.found, parts=both)))

        for confusable in self._town.comprehension.confusable:
            said = confusable.phrases.strong[0]
            yield Sentence(f"mot à deux sens « {said} »", self._of("demarche_info", text=said))

    def _yes_and_no(self) -> Iterator[Sentence]:
        yield Sentence("« oui »", self._of("oui", text="oui"))
        yield Sentence("« non »", self._of("non", text="non"))
        yield Sentence("« non, jeudi »", self._of("non", text="non jeudi", values="date"))
        yield Sentence("« laissez tomber »", self._of("non", text="laissez tomber"))
        yield Sentence("« sans numéro »", self._of("reponse", text="je n'ai pas de téléphone"))
        yield Sentence("« une autre »", self._of("reponse", text="un autre jour"))
        yield Sentence("« plus tôt »", self._of("reponse", text="plus tôt"))
        yield Sentence("« le premier »", self._of("reponse", text="le premier"))
        yield Sentence("« je ne sais pas »", self._of("reponse", text="je ne sais pas"))

    def _special(self) -> Iterator[Sentence]:
        yield Sentence("autre langue", self._of("langue", text="hello", language="en"))
        yield Sentence("sujet sensible", self._of("sensible", text="ma mère", sensitive="autre"))
        for signal in get_args(Signal):
            event = self._of("reponse", text="", signals=frozenset({signal}))
            yield Sentence(f"signal {signal}", event)

    def _subjects(self) -> Iterator[Sentence]:
        for language in get_args(Language):
            yield Sentence(f"langue {language}", self._of("langue", text="hello", language=language))
        for subject in (*self._town.requests.sensitive, None):
            yield Sentence(f"sensible {subject}", self._of("sensible", text="ma mère", sensitive=subject))

    def _given(self, kind: Expects) -> Iterator[Sentence]:
        for text in _SAID[kind]:
            yield Sentence(f"{kind} « {text} »", self._of("reponse", text=text, values=kind))
        text = _SAID[kind][0]
        event = self._of("reponse", text=text, values=kind, confidence=self._low)
        yield Sentence(f"{kind} mal entendu", replace(event, confidence=self._low))

    def _of(
        self,
        intent: Intent,
        service: Service = "aucun",
        *,
        text: str = "",
        confidence: float = SURE,
        values: Expects | None = None,
        **more: object,
    ) -> Understood:
        entities = values_in(self._talk, text, values) if values is not None else ()
        found = Understanding(intent, service, confidence, "continue", entities=entities, text=text)
        return Understood(replace(found, **more), max(confidence, 0.0))  # type: ignore[arg-type]


def _doubted(event: Understood, confidence: float) -> Understood:
    return replace(event, found=replace(event.found, confidence=confidence))
