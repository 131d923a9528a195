"""A fault reported: what, where exactly, whether it is dangerous now; a number only if the caller wants.

Since when it lasts is kept when it is said, and not asked: whoever repairs it sees that on the spot.
"""

import re
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Literal

from dialog import wording
from dialog.answers import is_unsure
from dialog.flows.collect import (
    commits,
    is_looking,
    opens_a_pause,
    own_number,
    phone_in,
    phone_question,
    says_no,
    says_yes,
    typed_phone,
    values_in,
)
from dialog.flows.person import ON_CALL, on_call_needed
from dialog.matching import plain
from dialog.meaning import About, Understanding
from dialog.office import OpenTicket, Reply, Request, TicketOpened
from dialog.talk import Done, Person, Result, Said, Talk, Task, Turn, ask, ask_records, understood
from prompts.labels import Service

Step = Literal["nature", "place", "danger", "contact", "number", "read_back"]
_BELIEVED = 0.4
"""Confidence below which words are not taken down, even to be read back."""
_REPORTABLE: frozenset[Service] = frozenset(
    {"voirie", "eclairage", "proprete", "espaces_verts", "eau_assainissement", "dechets", "nuisances",
     "animaux", "stationnement", "police_municipale", "cimetiere", "marche", "culture_sport", "scolaire"}
)  # fmt: skip
_DANGEROUS = re.compile(
    r"(?<!pas )(?<!pas tres )\b(?:c est|ca devient|vraiment|tres) (?:tres |vraiment )?danger(?:eux|euse)\b"
)
_THEIRS = re.compile(
    r"\b(?:chez (?:moi|nous)|(?:mon|ma|mes|notre|nos) (?:portail|portillon|maison|garage|entree|allee|jardin"
    r"|immeuble|porte|fenetres?|terrain|cloture|trottoir|rue|quartier|residence|cour|parking|balcon|voiture))\b"
)
_STREET = re.compile(
    r"\d|\b(?:rue (?!a\b)\w+|avenue|boulevard|chemin|route|impasse|place|lotissement"
    r"|residence (?:du|de|des|les)|quartier (?:du|de|des)|bourg|ecole|eglise|mairie|stade|marche)\b"
)
EVERYTHING_ELSE: Service = "voirie"
"""Where a fault goes whose kind was not understood: the roads department sorts what lies in the street."""
_BY_KEY: tuple[Service, ...] = ("voirie", "eclairage", "proprete", EVERYTHING_ELSE)
"""What the keys of the first question stand for; the last one is « autre chose »."""


@dataclass(frozen=True)
class ReportTask(Task):
    category: Service
    nature: str | None = None
    place: str | None = None
    dangerous: bool | None = None
    contact: Literal["unasked", "offered", "wanted", "settled"] = "unasked"
    phone: str | None = None
    refusals: int = 0
    """Times what was read back was not right."""

    @property
    def step(self) -> Step:
        if self.nature is None:
            return "nature"
        if self.place is None:
            return "place"
        if self.dangerous is None:
            return "danger"
        if self.contact in ("unasked", "offered"):
            return "contact"
        return "number" if self.contact == "wanted" else "read_back"

    def ask(self, talk: Talk, lines: tuple[str, ...] = ()) -> Turn:
        words = talk.town.requests
        match self.step:
            case "nature":
                return ask(talk, self, lines, talk.phrase(words.report_nature))
            case "place":
                return ask(talk, self, lines, talk.phrase(words.report_place), expects="place")
            case "danger":
                return ask(talk, self, lines, talk.phrase(words.report_danger), expects="yes_no")
            case "contact":
                offered = replace(self, contact="offered", phone=talk.state.caller)
                return ask(talk, offered, lines, talk.phrase(words.report_contact), expects="yes_no")
            case "number":
                question, expects = phone_question(talk, None)
                return ask(talk, self, lines, question, expects=expects)
        return ask(talk, self, lines, self._read_back(talk), expects="yes_no")

    def _read_back(self, talk: Talk) -> str:
        words, name = talk.town.requests, self._about(talk).named
        joined = (
            talk.phrase(words.report_with_number, telephone=wording.spoken_phone(self.phone))
            if (self.phone)
            else talk.phrase(words.report_anonymous)
        )
        return talk.phrase(words.report_read_back, sujet=name, lieu=self.place or "", contact=joined)

    def _about(self, talk: Talk) -> About:
        assert self.nature is not None
        return About(self.nature, talk.town.comprehension.names.get(self.category, self.nature))

    def hear(self, talk: Talk, said: Said) -> Result | None:
        task, answer = self, "yes" if says_yes(talk, said) else "no" if says_no(talk, said) else None
        asks_number = self.step in ("contact", "number")
        place = _place_in(said.found) if not is_looking(said.text) else None
        number = phone_in(said.found) or (own_number(talk, said) if asks_number else None)
        match self.step:
            case "nature" if said.heard >= _BELIEVED and _is_told(said.text):
                category = said.found.service if said.found.service in _REPORTABLE else self.category
                task = replace(self, nature=said.text, category=category, place=place)
            case "place" if said.heard >= _BELIEVED and (place or _tells(talk, said)):
                task = replace(self, place=place or said.text)
            case "danger" if answer is not None:
                return replace(self, dangerous=answer == "yes")._warned(_got(talk))
            case "danger" | "contact" if place is not None and answer is None:  # found meanwhile
                task = replace(self, place=place)
            case "contact" | "number" if number is not None:
                task = replace(self, phone=number, contact="settled")
            case "contact" if answer == "yes":
                task = replace(self, contact="settled" if self.phone else "wanted")
            case "contact" | "number" if answer == "no":
                task = replace(self, phone=None, contact="settled")
            case "read_back" if answer == "yes" and commits(talk, said):
                return self._commit(talk)
            case "read_back" if number or place:
                place = _corrected_place(talk, said, self.place) or place
                task = replace(self, phone=number or self.phone, place=place or self.place)
            case "read_back" if answer == "no":
                return self._not_right(talk)
        if task != self:
            return task._go_on(_got(talk))
        # The place, said again: it is noted already, and no other fault.
        return self.ask(_got(talk)) if place is not None and answer is None else None

    def _warned(self, talk: Talk) -> Result:
        """Whom to call comes before any further question, as soon as there is danger."""
        warning = (talk.phrase(talk.town.requests.report_dangerous),) if self.dangerous else ()
        return self._go_on(talk, warning)

    def _go_on(self, talk: Talk, warned: tuple[str, ...] = ()) -> Result:
        """The next question; where it is dangerous and only those on call can come, they are rung at once."""
        if self.nature is None or self.place is None or not self.dangerous:
            return self.ask(talk, warned)
        if not on_call_needed(talk, talk.town.entry(self.category).extension):
            return self.ask(talk, warned)
        about, place = self._about(talk), f"({self.place})"
        about = About(f"{about.words} {place}", f"{about.named} {place}")
        state = talk.having(task=None, about=about, phone=self.phone or talk.state.phone).state
        return Person(state, self.category, warned, extension=ON_CALL)

    def press(self, talk: Talk, key: str) -> Result | None:
        if self.step == "nature" and key in ("1", "2", "3", "4"):
            category = _BY_KEY[int(key) - 1]
            name = talk.town.comprehension.names.get(category, category)
            return replace(self, category=category, nature=name).ask(_got(talk))
        if key not in ("1", "2"):
            return None
        yes = key == "1"
        match self.step:
            case "danger":
                return replace(self, dangerous=yes)._warned(_got(talk))
            case "contact" if yes:
                return replace(self, contact="settled" if self.phone else "wanted").ask(_got(talk))
            case "contact":
                return replace(self, phone=None, contact="settled").ask(_got(talk))
            case "read_back":
                return self._commit(talk) if yes else self._not_right(talk)
        return None

    def _not_right(self, talk: Talk) -> Result:
        """The place is what is most often misheard, and what the ticket is worth; twice, a person."""
        if self.refusals:
            state = replace(understood(talk.having(task=None).state), about=self._about(talk))
            return Person(state, self.category, reason="low_confidence")
        return replace(self, place=None, refusals=1).ask(_got(talk))

    def typed(self, talk: Talk, digits: str) -> Result | None:
        number = typed_phone(talk, digits)
        return replace(self, phone=number, contact="settled").ask(_got(talk)) if number else None

    def _commit(self, talk: Talk) -> Turn:
        assert self.place is not None
        nature = talk.kept(self._about(talk)) or ""
        request = OpenTicket(
            self.category, self.place, nature, bool(self.dangerous), None, talk.state.name, self.phone
        )
        return ask_records(talk, self, request)

    def answered(self, talk: Talk, request: Request, reply: Reply) -> Result:  # noqa: ARG002
        words, state = talk.town.requests, understood(talk.having(task=None, about=self._about(talk)).state)
        if not isinstance(reply, TicketOpened):
            line = talk.phrase(words.records_unavailable)
            return Person(state, self.category, (line,), "unavailable")
        line = talk.phrase(words.report_kept, reference=reply.ref)
        if not self.dangerous:
            return Done(state, (line,))
        return _dangerous(replace(talk, state=state), self.category, line)


def begin(talk: Talk, found: Understanding) -> Result:
    """A fault reported in a sentence that may already say what and where."""
    talk = replace(talk, state=understood(talk.state))
    category = found.service if found.service in _REPORTABLE else EVERYTHING_ELSE
    named = found.service in _REPORTABLE
    task = ReportTask(
        category,
        nature=found.text if named and found.text else None,
        place=_place_in(found),
        dangerous=True if _DANGEROUS.search(plain(found.text)) else None,
    )
    return task._warned(talk)


def _dangerous(talk: Talk, category: Service, line: str) -> Result:
    """Somebody must come now: the service while it is open, the town's on-call people otherwise."""
    extension = talk.town.entry(category).extension
    if on_call_needed(talk, extension):
        return Person(talk.state, category, (line,), extension=ON_CALL)
    return Person(talk.state, category, (line,))


def _place_in(found: Understanding) -> str | None:
    """The place said; said again more exactly, that."""
    best: str | None = None
    for entity in found.entities:
        if (
            entity.type == "place"
            and not _known_to_them_only(entity.value)
            and (best is None or plain(best) in plain(entity.value))
        ):
            best = entity.value
    return best


def _known_to_them_only(place: str) -> bool:
    """« Devant chez moi », « devant mon portail »: nobody can be sent there without a street."""
    said = plain(place)
    return bool(_THEIRS.search(said)) and not _STREET.search(said)


def _corrected_place(talk: Talk, said: Said, before: str | None) -> str | None:
    """« Non, pas rue des Lilas, rue des Alizés »: without the place that is denied."""
    words, old = said.text.split(), plain(before or "")
    for start, end in combinations(range(len(words) + 1), 2):
        denied = plain(" ".join(words[start:end]))
        if (
            denied.startswith("pas ")
            and len(denied) > len("pas ") + 3
            and old.endswith(denied[len("pas ") :])
        ):
            left = " ".join([*words[:start], *words[end:]])
            return next((one.value for one in values_in(talk, left, "place") if one.type == "place"), None)
    return None


def _tells(talk: Talk, said: Said) -> bool:
    """Whether this may be a place although no street was recognised: it is read back."""
    if is_unsure(said.text, talk.town.procedure_words.answers, talk.town.name):
        return False
    return said.found.intent in ("reponse", "incompris", "signalement") and _is_told(said.text)


def _got(talk: Talk) -> Talk:
    return replace(talk, state=understood(talk.state))


def _is_told(text: str) -> bool:
    """Whether this may be taken down: « attendez, je regarde » is not."""
    return len(text.split()) > 1 and not opens_a_pause(text)
