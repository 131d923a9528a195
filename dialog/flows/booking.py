"""Taking an appointment: what for, when, for whom; all of it read back, then booked on a plain yes."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from dialog import wording
from dialog.flows.booking_corrections import (
    corrected_name,
    corrected_phone,
    is_when,
    same_name,
    tells_a_name,
    topic_to_change,
)
from dialog.flows.booking_documents import are_known
from dialog.flows.booking_earlier import EarlierTask, wanted_sooner
from dialog.flows.booking_offers import moment, picked
from dialog.flows.booking_times import TimeSlotTask, wish_of
from dialog.flows.booking_topics import no_agenda, topic
from dialog.flows.booking_wishes import ANY_TIME, Wish, wish_in
from dialog.flows.booking_words import (
    declines,
    gives_up,
    is_only_a_place,
    ordinal,
    persons_in,
    takes_back,
)
from dialog.flows.collect import (
    commits,
    has_landline,
    has_reserve,
    is_the_same,
    name_in,
    own_number,
    phone_in,
    typed_phone,
    values_in,
)
from dialog.named import service_named
from dialog.office import Book, Booked, Reply
from dialog.talk import Done, Result, Said, Talk, Turn, ask, ask_records, understood
from prompts.labels import Service

_SPELLED_BACK = 16
"""Letters of a name that can still be followed when it is spelled back."""


@dataclass(frozen=True)
class BookTask(TimeSlotTask):
    name: str | None = None
    phone: str | None = None
    """E.164; with `phone_is` "settled", None is a caller who gives none."""
    phone_is: Literal["unknown", "asked", "settled"] = "unknown"
    spelled: bool = False
    """The name is to be spelled: it was not well heard."""
    changing: bool = False
    """« Que faut-il changer ? » was asked."""

    @property
    def is_complete(self) -> bool:
        return self.name is not None and self.phone_is == "settled"

    # ------------------------------------------------------------------ asking

    def proceed(self, talk: Talk, lines: tuple[str, ...] = ()) -> Turn:
        words, ears = talk.town.booking, talk.state.ears
        if self.changing:
            return ask(talk, self, lines, talk.phrase(words.what_to_change), expects="choice")
        if self.name is None:
            spelled = self.spelled or ears.of("name") == "keys"
            question = words.name_spelled if spelled else words.name_asked
            return ask(talk, self, lines, talk.phrase(question), expects="name")
        if self.phone_is == "unknown" and talk.state.caller is not None:
            free = ears.of("yes_no") == "free"
            question = words.phone_offered if free else words.phone_offered_keys
            number = wording.spoken_phone(talk.state.caller)
            return ask(talk, self, lines, talk.phrase(question, telephone=number), expects="yes_no")
        if self.phone_is != "settled":
            question = words.phone_typed if ears.of("phone") == "keys" else words.phone_asked
            return ask(talk, replace(self, phone_is="asked"), lines, talk.phrase(question), expects="phone")
        return self._read_back(talk, lines)

    def _read_back(self, talk: Talk, lines: tuple[str, ...]) -> Turn:
        words, ears = talk.town.booking, talk.state.ears
        assert self.at is not None
        assert self.name is not None
        what, when = topic(talk, self.subject), moment(self.at)
        if self.persons > 1:
            first = talk.phrase(words.read_back_persons, objet=what, quand=when, personnes=str(self.persons))
        else:
            first = talk.phrase(words.read_back, objet=what, quand=when)
        if self.phone is None:
            second = talk.phrase(words.read_back_no_phone, nom=self.name)
        else:
            number = wording.spoken_phone(self.phone)
            second = talk.phrase(words.read_back_phone, nom=self.name, telephone=number)
        free = ears.of("yes_no") == "free"
        question = talk.phrase(words.confirm if free else words.confirm_keys)
        if ears.of("name") != "free" and len(self.name) <= _SPELLED_BACK:
            second = f"{second} {talk.phrase(words.read_back_letters, lettres=_letters(self.name))}"
        # All of it is the question: it is what « répétez » must say again.
        return ask(talk, self, lines, f"{first} {second} {question}", expects="yes_no")

    # ----------------------------------------------------------------- hearing

    def hear(self, talk: Talk, said: Said) -> Result | None:
        return self._other_subject(talk, said) or super().hear(talk, said)

    def _other_subject(self, talk: Talk, said: Said) -> Result | None:
        """« Non, c'est pour une carte d'identité »."""
        named = service_named(talk.town, said.text) if takes_back(said.text) else None
        service = named or said.found.service
        motif = talk.town.entry(service).agenda
        corrects = named is not None or (
            said.sure and said.found.intent in ("rdv_prendre", "correction", "non")
        )
        if not corrects or motif is None or service == self.subject:
            return None
        talk = replace(talk, state=understood(talk.state))
        wish = self.wish.refined(wish_of(talk, said.found))
        task = replace(self, subject=service, motif=motif, changing=False)
        if motif == self.motif and wish == self.wish:
            return task.ask(talk)
        return task.again(talk, wish, avoided=())

    def answer(self, talk: Talk, said: Said) -> Result | None:
        talk = replace(talk, state=understood(talk.state))
        if gives_up(said.text) and wish_of(talk, said.found).is_empty:
            return self.give_up(talk)
        if is_only_a_place(said.text):
            return self._other_offer(talk, said)
        if not self.changing:
            if self.name is None:
                return self._hear_name(talk, said) or self._correct(talk, said)
            if self.phone_is == "unknown":
                return self._hear_offered_phone(talk, said) or self._correct(talk, said)
            if self.phone_is == "asked":
                return self._hear_phone(talk, said) or self._correct(talk, said)
            if self._restates(talk, said) and commits(talk, said, "rdv_prendre"):
                return self._book(talk)
        return self._correct(talk, said) or self._refuse(talk, said)

    def _choose(self, talk: Talk, said: Said) -> Result | None:
        """« On sera trois »: times in a row are looked for, those of the offer just named first."""
        persons = persons_in(said.text)
        if persons is None or persons == self.persons or tells_a_name(said.text):
            return super()._choose(talk, said)
        talk = replace(talk, state=understood(talk.state))
        wish = wish_of(talk, said.found)
        meant = picked(self.offers, wish, said.text)
        wanted = self._exactly(meant[0]) if len(meant) == 1 else self.rewished(wish)
        return self._elsewhen(talk, wanted, persons)

    def _other_offer(self, talk: Talk, said: Said) -> Result | None:
        """« Non, le deuxième », when one of the offers is held already; said again, it changes nothing."""
        place = ordinal(said.text, len(self.offers))
        if place is None or self.offers[place] == self.at:
            return None
        return self.hold(talk, self.offers[place])

    def _exactly(self, at: datetime) -> Wish:
        minute = at.hour * 60 + at.minute
        return replace(self.wish, hours=((minute, minute + 1),)).on(at.date())

    def _hear_name(self, talk: Talk, said: Said) -> Result | None:
        moved = wish_in(values_in(talk, said.text, None))
        name = name_in(said.found, said.heard)
        if name is not None and (moved.is_empty or not is_when(talk, said.text, name)):
            return self._named(talk, name)
        if not moved.is_empty and self.at is not None and not moved.suits(self.at):
            return self._elsewhen(talk, self.rewished(moved), self.persons)
        if not self.spelled and said.heard < talk.town.thresholds.answer:
            return replace(self, spelled=True).ask(talk)
        return None

    def _named(self, talk: Talk, name: str) -> Turn:
        task = replace(self, name=name, spelled=False, changing=False)
        if talk.state.phone is not None and task.phone_is == "unknown":
            task = replace(task, phone=talk.state.phone, phone_is="settled")
        return task.ask(talk.having(name=name))

    def _hear_offered_phone(self, talk: Talk, said: Said) -> Result | None:
        number = phone_in(said.found) or own_number(talk, said)
        if number is not None:
            return self._reachable(talk, number)
        if said.found.intent == "oui" and not has_reserve(said.text):
            return self._reachable(talk, talk.state.caller)
        if not wish_of(talk, said.found).is_empty:
            return None
        if has_landline(said.text) or is_the_same(said.text):
            return self._reachable(talk, talk.state.caller)
        if declines(said.text):
            return self._reachable(talk, None)
        if said.found.intent in ("non", "correction"):
            return replace(self, phone_is="asked").ask(talk)
        return None

    def _hear_phone(self, talk: Talk, said: Said) -> Result | None:
        number = phone_in(said.found) or own_number(talk, said)
        if number is not None:
            return self._reachable(talk, number)
        if has_landline(said.text):
            return self.ask(talk)
        if said.yes_or_no == "no" or declines(said.text):
            return self._reachable(talk, None)
        return None

    def _reachable(self, talk: Talk, number: str | None) -> Turn:
        task = replace(self, phone=number, phone_is="settled", changing=False)
        return task.ask(talk.having(phone=number) if number else talk)

    def _restates(self, talk: Talk, said: Said) -> bool:
        """Whether what is said with a yes is only what was read back."""
        assert self.at is not None
        return wish_of(talk, said.found).suits(self.at) and phone_in(said.found) in (None, self.phone)

    def _correct(self, talk: Talk, said: Said) -> Result | None:
        """Another day or hour, name, number of persons or telephone, whatever was asked."""
        assert self.at is not None
        number = corrected_phone(talk, said, self.phone if self.phone_is == "settled" else None)
        if number is not None and number != self.phone:
            return self._reachable(talk, number)
        wish = wish_of(talk, said.found)
        persons = None if tells_a_name(said.text) else persons_in(said.text)
        persons = persons or self.persons
        if not wish.is_empty and not wish.suits(self.at):
            return self._elsewhen(talk, self.rewished(wish), persons)
        if persons != self.persons:
            return self._elsewhen(talk, self._exactly(self.at), persons)
        name = corrected_name(talk, said, self.name)
        if name is not None:
            return self._named(talk, name)
        held = not wish.is_empty and said.found.intent != "non"
        if held or same_name(talk, said, self.name):
            return replace(self, changing=False).ask(talk)  # the very time, or name, that is held
        return None

    def _elsewhen(self, talk: Talk, wish: Wish, persons: int) -> Turn:
        return self.again(talk, wish, avoided=(), persons=persons, changing=False, rounds=self.rounds + 1)

    def _refuse(self, talk: Talk, said: Said) -> Result | None:
        """Neither a yes nor a correction, at the end."""
        if self.changing:
            return self._change(talk, topic_to_change(said.text))
        part = topic_to_change(said.text)
        if part in ("time", "name", "phone") and said.found.intent != "oui":
            return self._change(talk, part)
        if said.found.intent in ("non", "correction"):
            return replace(self, changing=True).ask(talk)
        return None

    def _change(self, talk: Talk, part: str | None) -> Result | None:
        here = replace(self, changing=False)
        match part:
            case "time":
                return replace(here, avoided=(), wish=ANY_TIME).ask_day(talk)
            case "name":
                return replace(here, name=None).ask(talk)
            case "phone":
                return replace(here, phone=None, phone_is="asked").ask(talk)
            case "nothing":
                return here.ask(talk)
        return None

    def give_up(self, talk: Talk) -> Result:
        return Done(talk.having(task=None).state, (talk.phrase(talk.town.booking.not_booked),))

    # -------------------------------------------------------------------- keys

    def press(self, talk: Talk, key: str) -> Result | None:
        if self.at is None:
            return super().press(talk, key)
        talk = replace(talk, state=understood(talk.state))
        if self.changing:
            if key == "4":
                return self.give_up(talk)
            return self._change(talk, {"1": "time", "2": "name", "3": "phone"}.get(key))
        if self.name is None:
            return None
        if self.phone_is == "unknown" and key in ("1", "2"):
            caller = talk.state.caller
            return self._reachable(talk, caller) if key == "1" else replace(self, phone_is="asked").ask(talk)
        if self.phone_is == "asked":
            return self._reachable(talk, None) if key == "#" else None
        if self.phone_is == "settled" and key in ("1", "2"):
            return self._book(talk) if key == "1" else replace(self, changing=True).ask(talk)
        return None

    def typed(self, talk: Talk, digits: str) -> Result | None:
        number = typed_phone(talk, digits)
        return self._reachable(replace(talk, state=understood(talk.state)), number) if number else None

    # ----------------------------------------------------------------- records

    def _book(self, talk: Talk) -> Turn:
        assert self.at is not None
        assert self.name is not None
        request = Book(self.motif, self.at, self.name, self.phone, self.subject, self.persons)
        return ask_records(talk, self, request)

    def committed(self, talk: Talk, reply: Reply) -> Result:
        if not isinstance(reply, Booked):
            return self.cannot(talk)
        booked, words = reply.appointment, talk.town.booking
        if booked is None:
            assert self.at is not None
            return self.lost(talk, self.at)
        lines: tuple[str, ...] = (
            talk.phrase(words.booked, objet=topic(talk, self.subject), quand=moment(booked.at)),
            talk.phrase(words.booked_ref, reference=booked.ref),
        )
        after = (talk.phrase(words.documents_offered),) if are_known(talk, self.subject) else ()
        talk = talk.having(task=None, booked=self.subject)
        talk = replace(talk, state=understood(talk.state))
        if self.sooner is not None and booked.may_wait and wanted_sooner(self.sooner, booked.at):
            return EarlierTask(booked, self.sooner, after).ask(talk, lines)
        return Done(talk.state, (*lines, *after))


def begin_for(talk: Talk, subject: Service, wish: Wish, persons: int) -> Result:
    """An appointment for this subject; the name and number given before in the call are not asked again."""
    motif = talk.town.entry(subject).agenda
    if motif is None:
        return no_agenda(talk, subject)
    task = BookTask(motif, subject, wish, persons, name=talk.state.name)
    if talk.state.phone is not None:
        task = replace(task, phone=talk.state.phone, phone_is="settled")
    return task.ask(talk)


def _letters(name: str) -> str:
    """« C, A, D, E, T »."""
    return ", ".join(letter.upper() for letter in name if letter.isalpha())
