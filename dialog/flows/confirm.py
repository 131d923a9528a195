"""Asking back rather than answering wrong: « vous voulez…, c'est bien ça ? »"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from dialog import town_hours, wording
from dialog.flows.booking_topics import topic
from dialog.meaning import Understanding
from dialog.talk import Result, Said, Talk, Task, Turn, ask

Begin = Callable[[Talk, Understanding], Result]
Refused = Callable[[Talk], Result]


@dataclass(frozen=True)
class ConfirmTask(Task):
    """Waits for a yes before a doubtful request is served."""

    found: Understanding
    begin: Begin
    """Serves the request once it is confirmed."""
    refused: Refused

    def ask(self, talk: Talk, lines: tuple[str, ...] = ()) -> Turn:
        words = talk.town.sentences
        template = words.confirm if talk.state.ears.of("yes_no") == "free" else words.confirm_keys
        subject = subject_of(talk, self.found)
        question = talk.phrase(template, sujet=subject[0].lower() + subject[1:])
        return ask(talk, self, lines, question, expects="yes_no")

    def hear(self, talk: Talk, said: Said) -> Result | None:
        match said.yes_or_no:
            case "yes" if said.found.confidence >= talk.town.thresholds.answer:
                return self._answer(talk, True)
            case "no" if said.found.confidence >= talk.town.thresholds.answer:
                return self._answer(talk, False)
        return None

    def press(self, talk: Talk, key: str) -> Result | None:
        return self._answer(talk, key == "1") if key in ("1", "2") else None

    def _answer(self, talk: Talk, yes: bool) -> Result:
        talk = talk.having(task=None)
        return self.begin(talk, replace(self.found, confidence=1.0)) if yes else self.refused(talk)


def subject_of(talk: Talk, found: Understanding) -> str:
    """What was asked, in words that can be read back: « les horaires de la mairie »."""
    words, names = talk.town.sentences, talk.town.comprehension.names
    if found.intent == "horaires":
        name = town_hours.place_of(talk.town, found.service).name
        return talk.phrase(words.topic_hours, de_service=wording.of(name))
    if found.intent in ("pieces", "cout_delai"):
        name = names.get(found.service, names["titre_identite"])
        return talk.phrase(words.topic_documents, service=name)
    booking = talk.town.booking
    match found.intent:
        case "rdv_prendre":
            return talk.phrase(booking.wish_book, objet=topic(talk, found.service)).strip()
        case "rdv_deplacer":
            return talk.phrase(booking.wish_move)
        case "rdv_annuler":
            return talk.phrase(booking.wish_cancel)
        case "rdv_consulter":
            return talk.phrase(booking.wish_recall)
    return talk.phrase(words.topic_contact if found.intent == "adresse_contact" else words.topic_other)
