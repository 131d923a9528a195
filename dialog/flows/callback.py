"""« On vous rappelle »: to which number, and before when, as the clerks' hours make honest."""

import re
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Literal

from dialog import wording
from dialog.flows.booking_words import gives_up
from dialog.flows.collect import (
    commits,
    has_landline,
    has_reserve,
    is_the_same,
    own_number,
    phone_in,
    phone_question,
    says_no,
    typed_phone,
)
from dialog.flows.topics import about_of
from dialog.matching import plain
from dialog.meaning import About, Understanding
from dialog.office import AskCallback, CallbackPromised, CallbackReason, Reply, Request, Window
from dialog.talk import Done, Result, Said, Talk, Task, Turn, ask, ask_records, understood

_ABOUT = re.compile(
    r"(?:oui |alors )?(?:c est |ce serait |c etait )?"
    r"(?:au sujet|a propos|concernant|par rapport|rapport a"
    r"|pour (?:une?|mon|ma|mes|le|la|les|l|des|du|savoir)\b)"
)
_NO_PHONE = re.compile(
    r"\b(?:ai (?:pas|plus) (?:de |le )?|pas de |sans |aucun )telephone\b"
    r"(?! (?:portable|mobile|fixe|sur|sous|avec))"
    r"|\b(?:aucun|sans) numero\b"
)
_SOON_DAYS = 31
"""Nobody asks to be called back later than this."""
_REFUSALS = 2
"""« Non » to the question for a number, once, may be a slip; twice, no call-back."""
_WRONG_NUMBERS = 2
"""« Non » to a number read back means that it is wrong; more often than this, no call-back."""


@dataclass(frozen=True)
class CallbackTask(Task):
    extension: str
    reason: CallbackReason
    phone: str | None = None
    """E.164, to be confirmed."""
    about: About | None = None
    moment: str | None = None
    window: Window | None = None
    """When the caller would rather be called, in their words and as understood."""
    language: str | None = None
    urgent: bool = False
    own_number: Literal["unasked", "offered", "refused"] = "unasked"
    refusals: int = 0
    wrong: int = 0
    """Numbers read back that were not theirs."""

    def ask(self, talk: Talk, lines: tuple[str, ...] = ()) -> Turn:
        offered = self.phone
        task = self
        if offered is None and talk.state.caller is not None and self.own_number != "refused":
            offered = talk.state.caller
            task = replace(self, phone=offered, own_number="offered")
        words = talk.town.requests
        service = talk.town.commune.extensions[self.extension].name
        first = talk.phrase(words.callback_offered, service=service) if self.refusals == 0 else ""
        question, expects = phone_question(talk, offered)
        return ask(talk, task, (*lines, first) if first else lines, question, expects=expects)

    def hear(self, talk: Talk, said: Said) -> Result | None:
        limits = talk.town.thresholds
        own, preferred = own_number(talk, said), self.preferring(talk, said.found)
        read_back = self.phone is not None and (own == self.phone or is_the_same(said.text))
        if read_back and not said.found.entities and _agrees(talk, said):
            return self._commit(talk)
        number = phone_in(said.found) or own
        if number is not None:
            return replace(preferred, phone=number, refusals=max(1, self.refusals)).ask(_heard(talk))
        if gives_up(said.text) and said.heard >= limits.confirm:  # « non merci, je rappellerai demain »
            return self._leave(talk)
        if preferred != self and said.found.intent in ("oui", "reponse", "correction", "incompris", "rappel"):
            # « Oui, demain matin plutôt » : the moment is taken, and read back with the number.
            line = talk.phrase(talk.town.requests.callback_moment, moment=preferred.moment or "")
            return replace(preferred, refusals=max(1, self.refusals)).ask(_heard(talk), (line,))
        if _ABOUT.match(plain(said.text)) and said.heard >= limits.confirm:
            return self._concerning(_heard(talk), said)
        if said.yes_or_no == "yes" and self.phone is not None and commits(talk, said):
            return self._commit(talk)
        if has_landline(said.text) and said.heard >= limits.confirm:
            return replace(self, refusals=max(1, self.refusals)).ask(_heard(talk))
        if self.phone is None and said.heard >= limits.answer and _NO_PHONE.search(plain(said.text)):
            return self._unreachable(talk)
        return self._refused(talk) if says_no(talk, said) else None

    def _unreachable(self, talk: Talk) -> Done:
        """Who has no telephone is not asked for a number again, and told how else to reach the town."""
        contact, words = talk.town.commune.contact, talk.town.sentences
        refused = talk.phrase(talk.town.requests.callback_refused)
        otherwise = talk.phrase(
            words.reach_us, telephone=wording.spoken_phone(contact.phone), courriel=contact.email
        )
        return Done(understood(talk.having(task=None).state), (refused, otherwise))

    def _concerning(self, talk: Talk, said: Said) -> Turn:
        """« C'est au sujet de mon permis »: kept for whoever calls, and it may be for other people."""
        entry = talk.town.comprehension.names.get(said.found.service)
        extension = talk.town.entry(said.found.service).extension if entry else self.extension
        told = about_of(talk, replace(said.found, text=said.text))
        about = told if self.about is None else self.about.and_also(told)
        same = extension == self.extension
        task = replace(self, about=about, extension=extension, refusals=max(1, self.refusals) if same else 0)
        return task.ask(talk)

    def preferring(self, talk: Talk, found: Understanding) -> "CallbackTask":
        """The same with the moment that this sentence asks for, where it does.

        « La facture de septembre » is no moment to be called: it is too far, or too long.
        """
        soon = talk.local + timedelta(days=_SOON_DAYS)
        wanted = next(
            (
                one
                for one in found.entities
                if one.type == "time"
                or (one.type == "date" and one.grain != "month" and (one.start is None or one.start < soon))
            ),
            None,
        )
        if wanted is None:
            return self
        window = Window(wanted.start, wanted.end) if wanted.start or wanted.end else None
        return replace(self, moment=wanted.text, window=window)

    def press(self, talk: Talk, key: str) -> Result | None:
        if self.phone is not None and key in ("1", "2"):
            return self._commit(talk) if key == "1" else self._refused(talk)
        return None

    def typed(self, talk: Talk, digits: str) -> Result | None:
        number = typed_phone(talk, digits)
        if number is None:
            return None
        return replace(self, phone=number, refusals=max(1, self.refusals)).ask(_heard(talk))

    def answered(self, talk: Talk, request: Request, reply: Reply) -> Result:
        assert isinstance(request, AskCallback)
        talk = talk.having(task=None, phone=request.phone)
        words = talk.town.requests
        if not isinstance(reply, CallbackPromised):
            return Done(understood(talk.state), (talk.phrase(words.records_unavailable),))
        line = talk.phrase(
            words.callback_promised,
            service=talk.town.commune.extensions[self.extension].name,
            telephone=wording.spoken_phone(request.phone),
            quand=wording.before(reply.due, talk.today),
        )
        return Done(understood(talk.state), (line,))

    def _commit(self, talk: Talk) -> Turn:
        assert self.phone is not None
        request = AskCallback(
            self.extension, self.phone, self.reason, talk.state.name, self.moment, self.window,
            talk.kept(self.about), self.language, self.urgent,
        )  # fmt: skip
        return ask_records(talk, self, request)

    def _refused(self, talk: Talk) -> Result:
        if self.phone is not None and self.wrong < _WRONG_NUMBERS:
            other = replace(self, phone=None, own_number="refused", wrong=self.wrong + 1, refusals=1)
            return other.ask(_heard(talk))
        refusals = self.refusals + 1
        if refusals >= _REFUSALS:
            return self._leave(talk)
        return replace(self, phone=None, own_number="refused", refusals=refusals).ask(_heard(talk))

    def _leave(self, talk: Talk) -> Done:
        line = talk.phrase(talk.town.requests.callback_refused)
        return Done(understood(talk.having(task=None).state), (line,))


def _heard(talk: Talk) -> Talk:
    return replace(talk, state=understood(talk.state))


def _agrees(talk: Talk, said: Said) -> bool:
    """Whether who names the number just read back as theirs may be believed."""
    heard = said.heard >= talk.town.thresholds.answer and said.trust != "keys"
    return heard and not has_reserve(said.text)
