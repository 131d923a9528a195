"""Finding the time of an appointment: searched by preference, offered two or three at a time, held."""

import re
from abc import abstractmethod
from dataclasses import dataclass, replace
from datetime import datetime

from dialog.flows.booking_offers import after, moment, nearest, offered, picked
from dialog.flows.booking_wishes import ANY_TIME, Search, Wish, wish_in
from dialog.flows.booking_words import (
    any_of,
    excluded_hours,
    gives_up,
    says_any,
    says_as_before,
    says_earlier,
    says_goodbye,
    says_later,
    says_none,
    says_other_day,
    speaks_of_opening,
    without_weekdays,
)
from dialog.flows.collect import begins_with_no, has_reserve, says_yes, values_in
from dialog.matching import plain
from dialog.meaning import Understanding
from dialog.office import FindTimeSlots, Held, HoldTimeSlot, Reply, Request, TimeSlotsFound, Window
from dialog.talk import Person, Result, Said, Talk, Task, Turn, ask, ask_records, understood
from prompts.labels import Intent, Service

OFFERED = 3
_SEARCHED = 60
"""Free times looked at to find the nearest to a wish."""
_MAX_ROUNDS = 6
"""Searches without an agreement, after which a person does better."""
_OTHERS_KEY = str(OFFERED + 1)
OF_THEIR_OWN: frozenset[Intent] = frozenset(
    {"horaires", "adresse_contact", "pieces", "cout_delai", "eligibilite", "demarche_info", "suivi_dossier",
     "signalement", "reclamation", "merci_aurevoir", "rdv_annuler", "rdv_consulter"}
)  # fmt: skip
"""Other requests: a day said in them is not the day of the appointment."""
_ASKS_A_FACT = re.compile(r"\b(?:prix|tarifs?|combien (?:ca coute|coute|c est)|papiers|documents|adresse)\b")
"""« En fait je veux juste savoir le prix »."""


def wish_of(talk: Talk, found: Understanding) -> Wish:
    """When this says it would suit, « pas le matin » included."""
    left, never = excluded_hours(found.text)
    entities = values_in(talk, left, talk.state.expects) if never else found.entities
    wish = replace(wish_in(entities), never_hours=never)
    if wish.weekdays and not wish.hours:
        # « Un jeudi après 15 h »: a habit has no hours of its own in the outside interface.
        rest = values_in(talk, without_weekdays(left), None)
        wish = replace(wish, hours=wish_in([one for one in rest if one.type == "time"]).hours)
    return wish


def is_elsewhere(said: Said) -> bool:
    """Whether this is a request of its own; « vous avez quoi mardi » is about the appointment."""
    intent = said.found.intent
    if intent == "horaires":
        return speaks_of_opening(said.text) and said.trust == "free"
    return intent in OF_THEIR_OWN and (said.sure or asks_a_fact(said.text))


def asks_a_fact(text: str) -> bool:
    """Whether a price, papers or an address is asked for, and no time."""
    return bool(_ASKS_A_FACT.search(plain(text)))


@dataclass(frozen=True)
class TimeSlotTask(Task):
    """Has a time chosen and held, then goes on as its subclasses say."""

    motif: str
    """A key of the town's agendas."""
    subject: Service
    wish: Wish = ANY_TIME
    persons: int = 1
    search: Search = "wish"
    offers: tuple[datetime, ...] = ()
    """What was offered last."""
    avoided: tuple[datetime, ...] = ()
    rounds: int = 0
    lines: tuple[str, ...] = ()
    """To be said before the next offers."""
    otherwise: str = ""
    """Said when a search for earlier or later times finds nothing: what was offered before stands."""
    at: datetime | None = None
    """Chosen, and held while the caller speaks."""
    left: datetime | None = None
    """Held before something else was wished: « laissez comme c'était »."""
    sooner: Wish | None = None
    """What was wished when nothing so early was free."""

    @abstractmethod
    def proceed(self, talk: Talk, lines: tuple[str, ...] = ()) -> Turn:
        """The next question once a time is held."""

    @abstractmethod
    def answer(self, talk: Talk, said: Said) -> Result | None:
        """What an utterance comes to once a time is held."""

    @abstractmethod
    def committed(self, talk: Talk, reply: Reply) -> Result:
        """What the records did with it."""

    @abstractmethod
    def give_up(self, talk: Talk) -> Result:
        """« Laissez tomber »: nothing is done, and it is said so."""

    @property
    @abstractmethod
    def is_complete(self) -> bool:
        """Whether only the time is still to be settled: a new one is read back with the rest."""

    # ------------------------------------------------------------------ asking

    def ask(self, talk: Talk, lines: tuple[str, ...] = ()) -> Turn:
        if self.at is not None:
            return self.proceed(talk, lines)
        if not self.offers:
            return self.look(talk, lines)
        return self._offer(talk, lines)

    def look(self, talk: Talk, lines: tuple[str, ...] = ()) -> Turn:
        """Ask the records for times that suit."""
        limit = OFFERED if self.search == "wish" else _SEARCHED
        request = FindTimeSlots(
            self.motif, self.wish.windows(self.search, talk.local), self.persons, self.avoided, limit
        )
        return ask_records(talk, replace(self, lines=(*self.lines, *lines)), request)

    def again(self, talk: Talk, wish: Wish, **changes: object) -> Turn:
        """Look anew, for this wish."""
        left = self.at or self.left
        task = replace(self, wish=wish, search="wish", offers=(), at=None, left=left, lines=())
        return replace(task, **changes).look(talk)  # type: ignore[arg-type]

    def _offer(self, talk: Talk, lines: tuple[str, ...]) -> Turn:
        words, free = talk.town.booking, talk.state.ears.of("choice") == "free"
        if len(self.offers) == 1:
            free = talk.state.ears.of("yes_no") == "free"
            one = words.one_offered if free else words.one_offered_keys
            return ask(talk, self, lines, talk.phrase(one, offre=offered(self.offers)), expects="yes_no")
        keys = any_of([str(number + 1) for number in range(len(self.offers))])
        many = words.offered if free else words.offered_keys
        question = talk.phrase(many, offres=offered(self.offers), touches=keys)
        choices = tuple(offered([at]) for at in self.offers)
        return ask(talk, self, lines, question, expects="choice", choices=choices)

    # ----------------------------------------------------------------- hearing

    def hear(self, talk: Talk, said: Said) -> Result | None:
        thanks = said.found.intent == "merci_aurevoir" and not says_goodbye(said.text)
        if is_elsewhere(said) and not thanks and not gives_up(said.text):
            return None
        result = self._choose(talk, said) if self.at is None else self.answer(talk, said)
        return self._unclear(talk) if result is None and thanks else result

    def _unclear(self, talk: Talk) -> Turn | None:
        """« C'est bon merci » before a yes: neither a goodbye nor an agreement, asked again once."""
        if talk.state.misses:
            return None
        line = talk.phrase(talk.town.sentences.missed_choice)
        return self.ask(talk.having(misses=1), (line,))

    def _choose(self, talk: Talk, said: Said) -> Result | None:
        text, wish = said.text, wish_of(talk, said.found)
        got = replace(talk, state=understood(talk.state))
        if self.left is not None and wish.is_empty and says_as_before(text):
            return self.hold(got, self.left)
        meant = picked(self.offers, wish, text)
        if not meant and wish.is_empty and gives_up(text):
            return self.give_up(got)
        moved = None if wish.is_exact else self._moved(got, text, wish)
        if moved is not None and not says_yes(talk, said):
            return moved  # « vous n'avez pas plus tôt ? », whatever else it sounds like
        if len(self.offers) == 1:
            if said.found.intent == "oui" and wish.is_empty and not has_reserve(text):
                return self.hold(got, self.offers[0])
            if said.yes_or_no == "no":
                return self.others(got)
            if begins_with_no(text) and meant == self.offers and not wish.has_days:
                # « Non, le matin j'ai la messe »: whatever else is said, this one is refused.
                avoided = (*self.avoided, *self.offers)
                return self.again(got, self.rewished(wish), avoided=avoided, rounds=self.rounds + 1)
        refused = wish.is_empty and (says_none(text) or said.yes_or_no == "no")
        if refused:
            return self.others(got)
        if len(meant) == 1:
            return self.hold(got, meant[0])
        if meant and len(meant) < len(self.offers):
            return replace(self, offers=meant).ask(got)
        if wish.is_empty and (self.offers or not says_any(text)):
            return None
        return self.again(got, self.rewished(wish), avoided=(), rounds=self.rounds + 1)

    def rewished(self, new: Wish) -> Wish:
        """The wish with what was just said: an hour alone is meant for the day under discussion.

        « Plutôt l'après-midi » is meant for that day only where the caller named it.
        """
        wish = self.wish.refined(new)
        days = {at.date() for at in ((self.at,) if self.at else self.offers)}
        of_that_day = self.wish.has_days or new.is_exact
        if not new.has_days and new.hours and len(days) == 1 and of_that_day:
            return wish.on(days.pop())
        return wish

    def _moved(self, talk: Talk, text: str, wish: Wish) -> Turn | None:
        """« Plus tôt », « plus tard », « un autre jour »: seen from what was offered."""
        if wish.has_days or wish.hours or not self.offers:
            return None
        words, refined = talk.town.booking, self.wish.refined(wish)
        if says_other_day(text):
            start = datetime.combine(max(self.offers).date(), datetime.max.time())
            return self._towards(talk, refined, Window(start, None), words.nothing_else)
        if says_earlier(text):
            return self._towards(talk, refined, Window(None, min(self.offers)), words.nothing_earlier)
        if says_later(text):
            return self._towards(talk, refined, Window(after(self.offers), None), words.nothing_later)
        return None

    def _towards(self, talk: Talk, wish: Wish, window: Window, otherwise: str) -> Turn:
        there = replace(wish, days=(window,), weekdays=frozenset())
        task = replace(self, wish=there, search="wish", lines=(), rounds=self.rounds + 1)
        limit = OFFERED if window.end is None else _SEARCHED
        request = FindTimeSlots(self.motif, there.windows("wish", talk.local), self.persons, limit=limit)
        return ask_records(talk, replace(task, otherwise=talk.phrase(otherwise)), request)

    def ask_day(self, talk: Talk, lines: tuple[str, ...] = ()) -> Turn:
        """When it would suit; times are offered instead where days are not well heard."""
        task = replace(self, at=None, offers=(), search="wish")
        if talk.state.ears.of("date") != "free":
            return task.look(talk, lines)
        return ask(talk, task, lines, talk.phrase(talk.town.booking.which_day), expects="date")

    def others(self, talk: Talk) -> Result:
        """None of these: the next ones, then a question, then a person."""
        rounds = self.rounds + 1
        if rounds >= _MAX_ROUNDS:
            return self._unsettled(talk)
        avoided = (*self.avoided, *self.offers)
        if rounds % 2 == 0:
            return replace(self, rounds=rounds, avoided=avoided).ask_day(talk)
        return self.again(talk, self.wish, avoided=avoided, rounds=rounds)

    def press(self, talk: Talk, key: str) -> Result | None:
        if self.at is not None or not key.isdigit():
            return None
        talk = replace(talk, state=understood(talk.state))
        if not self.offers:
            return self.look(talk)
        if len(self.offers) == 1:
            if key == "1":
                return self.hold(talk, self.offers[0])
            return self.others(talk) if key == "2" else None
        if key == _OTHERS_KEY:
            return self.others(talk)
        place = int(key) - 1
        return self.hold(talk, self.offers[place]) if 0 <= place < len(self.offers) else None

    # ----------------------------------------------------------------- records

    def hold(self, talk: Talk, at: datetime) -> Turn:
        return ask_records(talk, self, HoldTimeSlot(self.motif, at, self.persons))

    def answered(self, talk: Talk, request: Request, reply: Reply) -> Result:
        match reply:
            case TimeSlotsFound(starts):
                return self._found(talk, starts)
            case Held(held):
                assert isinstance(request, HoldTimeSlot)
                if held:
                    # Which one was meant may have been inferred (« plutôt le matin »): it is named.
                    taken = talk.phrase(talk.town.booking.time_slot_taken, quand=moment(request.at))
                    lines = self.lines if self.is_complete else (*self.lines, taken)
                    return replace(self, at=request.at, lines=()).proceed(talk, lines)
                return self.lost(talk, request.at)
        return self.committed(talk, reply)

    def lost(self, talk: Talk, at: datetime) -> Turn:
        """Somebody was quicker: what is nearest to it."""
        task = replace(self, at=None, offers=(), avoided=(*self.avoided, at), search="wish")
        return task.look(talk, (talk.phrase(talk.town.booking.time_slot_lost),))

    def _found(self, talk: Talk, starts: tuple[datetime, ...]) -> Result:
        words = talk.town.booking
        if self.otherwise:
            here = replace(self, otherwise="")
            if not starts:
                if self.wish.days[0].end is not None:  # « plus tôt »
                    here = replace(here, sooner=replace(self.wish, days=()))
                return here.ask(talk, (self.otherwise,))
            last = starts[-OFFERED:] if self.wish.days[0].end else starts
            return replace(here, offers=last).ask(talk)
        if not starts:
            return self._nothing(talk)
        anchor = self.wish.anchor(talk.local)
        if len(starts) > OFFERED:
            starts = nearest(starts, anchor, OFFERED) if anchor else starts[:OFFERED]
        exact = self.search == "wish" and self.wish.is_exact and len(starts) == 1
        if exact and self.is_complete:
            return self.hold(talk, starts[0])
        lines = self.lines
        task = replace(self, offers=starts, lines=())
        if self.search != "wish":
            lines = (*lines, talk.phrase(words.nothing_then))
            task = replace(task, sooner=self.wish if self.wish.days else self.sooner)
        return task.ask(talk, lines)

    def _nothing(self, talk: Talk) -> Result:
        """Nothing this way: the next search, then what was already offered, then a person."""
        searches, words = self.wish.searches(), talk.town.booking
        further = searches[searches.index(self.search) + 1 :]
        if further:
            return replace(self, search=further[0]).look(talk)
        if self.avoided:
            if self.rounds >= _MAX_ROUNDS:
                return self._unsettled(talk)
            line = talk.phrase(words.nothing_else)
            task = replace(self, avoided=(), search="wish", rounds=self.rounds + 1)
            return task.look(talk, (line,))
        if self.wish.never_hours or self.wish.never_days:  # « ni le matin ni l'après-midi »
            line = talk.phrase(words.nothing_then)
            return self.again(talk, ANY_TIME, lines=(*self.lines, line), rounds=self.rounds + 1)
        full = words.agenda_full if self.persons == 1 else words.agenda_full_persons
        line = talk.phrase(full, personnes=str(self.persons))
        return Person(talk.having(task=None).state, self.subject, (*self.lines, line), "unavailable")

    def _unsettled(self, talk: Talk) -> Person:
        line = talk.phrase(talk.town.booking.not_settled)
        return Person(talk.having(task=None).state, self.subject, (line,), "requested")

    def cannot(self, talk: Talk) -> Person:
        """The records cannot be had: nothing was done, and nothing is promised."""
        line = talk.phrase(talk.town.booking.unavailable)
        return Person(talk.having(task=None).state, self.subject, (line,), "unavailable")
