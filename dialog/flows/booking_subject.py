"""What an appointment is for, asked of who did not say: a few subjects at a time, each with its key."""

from dataclasses import dataclass, replace

from dialog.corrected import without_denied
from dialog.flows.booking import begin_for
from dialog.flows.booking_times import is_elsewhere, wish_of
from dialog.flows.booking_topics import subjects, topic
from dialog.flows.booking_wishes import Wish
from dialog.flows.booking_words import persons_in
from dialog.flows.collect import name_in, phone_in
from dialog.matching import plain
from dialog.meaning import Understanding
from dialog.named import service_named
from dialog.talk import Result, Said, Talk, Task, Turn, ask, understood
from prompts.labels import Service

_A_PAGE = 3
"""Subjects told in one breath."""
_UNSAID: frozenset[Service] = frozenset({"aucun", "mairie"})


@dataclass(frozen=True)
class SubjectTask(Task):
    wish: Wish
    """Kept until the subject is known."""
    persons: int
    page: int = 0

    def _page(self, talk: Talk) -> tuple[Service, ...]:
        return subjects(talk)[self.page * _A_PAGE :][:_A_PAGE]

    def ask(self, talk: Talk, lines: tuple[str, ...] = ()) -> Turn:
        words, here = talk.town.booking, self._page(talk)
        told = [
            talk.phrase(words.subject_choice, touche=str(key), objet=topic(talk, subject))
            for key, subject in enumerate(here, 1)
        ]
        if len(subjects(talk)) > _A_PAGE:
            told.append(talk.phrase(words.subject_more, touche=str(_A_PAGE + 1)))
        question = talk.phrase(words.subject_asked, choix=" ".join(told))
        names = tuple(talk.town.comprehension.names.get(subject, subject) for subject in subjects(talk))
        return ask(talk, self, lines, question, expects="choice", choices=names)

    def hear(self, talk: Talk, said: Said) -> Result | None:
        found = said.found
        if is_elsewhere(said):
            return None
        wish, persons = self.wish.refined(wish_of(talk, found)), persons_in(said.text) or self.persons
        named = service_named(talk.town, without_denied(plain(said.text)))  # « la carte, pas le passeport »
        service = named or found.service
        if service not in _UNSAID | {"hors_mairie", "autre_commune"}:
            return begin_for(_introduced(talk, found), service, wish, persons)
        if said.sure and found.intent not in ("reponse", "oui", "correction", "rdv_prendre"):
            return None
        told = replace(self, wish=wish, persons=persons)
        return told.ask(_got(talk)) if told != self else None  # « on sera quatre », « après les fêtes »

    def press(self, talk: Talk, key: str) -> Result | None:
        here = self._page(talk)
        if key.isdigit() and 0 < int(key) <= len(here):
            return begin_for(_got(talk), here[int(key) - 1], self.wish, self.persons)
        if key == str(_A_PAGE + 1) and len(subjects(talk)) > _A_PAGE:
            following = (self.page + 1) * _A_PAGE < len(subjects(talk))
            return replace(self, page=self.page + 1 if following else 0).ask(talk)
        return None


def begin(talk: Talk, found: Understanding) -> Result:
    """« Un rendez-vous pour un passeport mardi matin, pour deux personnes »."""
    wish, persons = wish_of(talk, found), persons_in(found.text) or 1
    talk = _introduced(talk, found)
    if found.service in _UNSAID:
        return SubjectTask(wish, persons).ask(talk)
    return begin_for(talk, found.service, wish, persons)


def _introduced(talk: Talk, found: Understanding) -> Talk:
    """With the name and number said in passing: all of it is read back before anything is booked."""
    name, number = name_in(found, 1.0), phone_in(found)
    return _got(talk).having(name=name or talk.state.name, phone=number or talk.state.phone)


def _got(talk: Talk) -> Talk:
    return replace(talk, state=understood(talk.state))
