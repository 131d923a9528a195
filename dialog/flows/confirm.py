"""Asking back rather than answering wrong: « vous voulez…, c'est bien ça ? », or which of two."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from dialog import procedures
from dialog.corrected import without_denied
from dialog.doubles import is_request
from dialog.flows.booking_words import lacks_reference
from dialog.flows.collect import says_no, says_yes
from dialog.flows.topics import subject_of
from dialog.matching import Finder, plain
from dialog.meaning import Understanding
from dialog.named import service_named
from dialog.quantities import key_said
from dialog.talk import Result, Said, Talk, Task, Turn, ask, understood
from prompts.labels import Intent, Service

Begin = Callable[[Talk, Understanding], Result]
Refused = Callable[[Talk], Result]

_FOR_WHOM = re.compile(
    r"(?:c est |ce serait )?pour (?:moi|nous|lui|elle|mon|ma|mes|notre|nos|un|une|le|la|l|les)\b"
)
"""« Pour ma fille »: an answer to « c'est bien cela ? » that goes on from it."""
_SOMEWHERE = re.compile(
    r"(?:c est |ca se passe |oui )?(?:au|aux|a l|a la|dans|sur|devant|derriere|en face|pres|vers|rue|avenue"
    r"|chemin|route|place|impasse|boulevard|quartier|lotissement|residence)\b"
)
"""« Au pont de la rivière »: where it is, before the question was answered."""
_FACTS: frozenset[Intent] = frozenset({"pieces", "cout_delai", "eligibilite", "demarche_info"})
_BY_NUMBER: frozenset[Intent] = frozenset({"suivi_dossier", "rdv_deplacer", "rdv_annuler", "rdv_consulter"})
_FEW_WORDS = 7
_TELLING = 4
"""Letters of a word that may tell one choice from the other."""


def is_told(talk: Talk, found: Understanding, text: str) -> bool:
    """Whether this answers one of the questions that the démarche will ask: « c'est un renouvellement »."""
    if found.intent not in _FACTS or procedures.procedure_for(talk.town, found.service) is None:
        return False
    topic = procedures.ProcedureTopic(found.service, "pieces")
    return procedures.told(talk.town, topic, text) != topic


@dataclass(frozen=True)
class ConfirmTask(Task):
    """Waits for a yes before a doubtful request is served."""

    found: Understanding
    begin: Begin
    """Serves the request once it is confirmed."""
    refused: Refused
    instead: bool = False
    """The request ends the task that it interrupted, if it is confirmed."""

    def ask(self, talk: Talk, lines: tuple[str, ...] = ()) -> Turn:
        words = talk.town.sentences
        template = words.confirm if talk.state.ears.of("yes_no") == "free" else words.confirm_keys
        question = talk.phrase(template, sujet=subject_of(talk, self.found))
        return ask(talk, self, lines, question, expects="yes_no")

    def hear(self, talk: Talk, said: Said) -> Result | None:
        if says_yes(talk, said):
            return self._answer(talk, True)
        if says_no(talk, said):
            return self._answer(talk, False)
        if said.heard < talk.town.thresholds.confirm or not self._goes_on(talk, said):
            return None
        # Who tells more of it, or asks for it again, means yes; and what they add may spare a question.
        told = replace(
            self.found,
            service=said.found.service if self._narrows(said.found.service) else self.found.service,
            entities=(*self.found.entities, *said.found.entities),
            text=f"{self.found.text} {said.text}",
        )
        return replace(self, found=told)._answer(talk, True)

    def about_it(self, talk: Talk, found: Understanding) -> Understanding:
        """« Je dois amener quoi ? »: another question, of what was just asked back."""
        asks = found.intent in _FACTS and found.confidence >= talk.town.thresholds.confirm
        short = len(found.text.split()) <= _FEW_WORDS and service_named(talk.town, found.text) is None
        if not (asks and short) or self.found.service not in talk.town.comprehension.names:
            return found
        sure = max(found.confidence, talk.town.thresholds.answer)
        text = f"{self.found.text} {found.text}"
        return replace(found, service=self.found.service, confidence=sure, text=text, alternatives=())

    def _goes_on(self, talk: Talk, said: Said) -> bool:
        """Whether this goes on from the request: « pour ma fille », « mardi si possible »."""
        words, found = plain(said.text), said.found
        if found.service == self.found.service and (
            found.intent == self.found.intent or "oui" in words.split()
        ):
            return True
        if said.sure and is_request(found.intent):
            return False
        same = found.service in ("aucun", "mairie", self.found.service)
        if found.intent == "reponse" or (found.entities and same):
            return True
        if self.found.intent in _BY_NUMBER and lacks_reference(said.text):
            return True
        if self.found.intent == "signalement" and _SOMEWHERE.match(words):
            return True
        return (
            bool(_FOR_WHOM.match(words)) or self._narrows(found.service) or is_told(talk, self.found, words)
        )

    def _narrows(self, service: Service) -> bool:
        """« La carte d'identité », where it may have been that or the passport."""
        return self.found.service == "titre_identite" and service in ("cni", "passeport")

    def press(self, talk: Talk, key: str) -> Result | None:
        return self._answer(talk, key == "1") if key in ("1", "2") else None

    def _answer(self, talk: Talk, yes: bool) -> Result:
        talk = talk.having(task=None)
        if not yes:
            return self.refused(talk)
        if self.instead:
            talk = talk.having(paused=None)
        return self.begin(talk, replace(self.found, confidence=1.0))


@dataclass(frozen=True)
class Choice:
    """One of the two."""

    name: str
    """« les horaires de la mairie »."""
    found: Understanding
    begin: Begin


@dataclass(frozen=True)
class ChooseTask(Task):
    """Two requests are likely: asks which, by voice or by key."""

    choices: tuple[Choice, Choice]
    refused: Refused

    def ask(self, talk: Talk, lines: tuple[str, ...] = ()) -> Turn:
        first, second = (choice.name for choice in self.choices)
        question = talk.phrase(talk.town.sentences.choose, premier=first, second=second)
        return ask(talk, self, lines, question, expects="choice", choices=(first, second))

    def hear(self, talk: Talk, said: Said) -> Result | None:
        if said.heard < talk.town.thresholds.confirm:
            return None
        named = self._named(said)
        if named is not None:
            return self._take(talk, named)
        if (told := self._told(talk, said)) is not None:
            one = self.choices[told]
            text, values = f"{one.found.text} {said.text}", (*one.found.entities, *said.found.entities)
            more = replace(one, found=replace(one.found, text=text, entities=values))
            first, second = self.choices
            return replace(self, choices=(more, second) if told == 0 else (first, more))._take(talk, told)
        return self.refused(talk.having(task=None)) if says_no(talk, said) else None

    def _named(self, said: Said) -> int | None:
        """Which one is meant: by its place, by what tells it from the other, or by what it asks for."""
        text = plain(said.text)
        left = without_denied(text)
        words = tuple(left.split())
        by_place = {place for place, finder in enumerate(_PLACES) if finder.find(words)}
        if (key := key_said(_AROUND.sub("", left))) in (1, 2):
            by_place.add(key - 1)
        if len(by_place) == 1:
            return by_place.pop()
        first, second = (
            {word for word in plain(choice.name).split() if len(word) >= _TELLING} for choice in self.choices
        )
        by_word = {
            place
            for place, own in enumerate((first - second, second - first))
            if own and Finder(own).find(words)
        }
        if len(by_word) == 1:
            return by_word.pop()
        found = said.found
        same = [
            (found.intent, found.service) == (one.found.intent, one.found.service) for one in self.choices
        ]
        return same.index(True) if sum(same) == 1 and said.sure and left == text else None

    def names_one(self, said: Said) -> bool:
        """Whether one of the two is named."""
        return self._named(said) is not None

    def _told(self, talk: Talk, said: Said) -> int | None:
        """« Un renouvellement », « rue Schœlcher », where only one of the two asks which, or where."""
        where = bool(_SOMEWHERE.match(plain(said.text)))
        asks = [
            is_told(talk, one.found, said.text) or (where and one.found.intent == "signalement")
            for one in self.choices
        ]
        return asks.index(True) if sum(asks) == 1 else None

    def press(self, talk: Talk, key: str) -> Result | None:
        return self._take(talk, int(key) - 1) if key in ("1", "2") else None

    def _take(self, talk: Talk, place: int) -> Result:
        chosen = self.choices[place]
        talk = replace(talk, state=understood(talk.having(task=None).state))
        return chosen.begin(talk, replace(chosen.found, confidence=1.0))


_PLACES = (
    Finder(["le premier", "la premiere", "premier choix", "numero un", "le un", "touche un"]),
    Finder(
        ["le deuxieme", "la deuxieme", "le second", "la seconde", "numero deux", "le deux", "touche deux"]
    ),
)
"""« Un » alone is a place too; « un permis » is not."""
_AROUND = re.compile(
    r"^(?:(?:oui|alors|ben|plutot|c est|ce serait|pour) )+| (?:s il vous plait|svp|merci|madame|monsieur)$"
)
