"""What a call is made of, for the dialogue: its state, the task under way, and what a turn can come to.

A *task* is a conversation of several turns with one aim (a list of documents, an appointment…). It is asked
in turn what it makes of what was said, typed or answered by the records; it gives a `Result`, and the
manager does the rest: interludes, hand-over, the next of two requests, « autre chose ? ».
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Literal, NamedTuple

from dialog import wording
from dialog.actions import Action, Ask, Listen, Say, Source
from dialog.ears import GOOD_EARS, Ears
from dialog.meaning import About, Language, Understanding
from dialog.office import CallbackReason, Reply, Request
from dialog.procedures import ProcedureTopic
from prompts.agreeing import elides, with_town
from prompts.content import Town
from prompts.labels import Expects, Intent, Service, Trust
from prompts.variants import Varied

PATIENCE_S = 8.0
"""Elderly speakers take their time (domain notes: 8 to 10 s)."""
LONG_PATIENCE_S = 20.0
"""« Un instant, je prends un stylo. »"""

TYPED: frozenset[Expects] = frozenset(
    {"phone", "dossier", "reference", "count", "birth_date", "postcode", "age"}
)
"""Kinds of answer whose keys, typed together, are one number."""

Stage = Literal["new", "open", "more", "task", "records", "transfer", "closing", "ended"]
"""Before the greeting; an open question; « autre chose ? »; a task's question; waiting for the records; for
a person; the few seconds after an emergency; over."""


def phrase(town: Town, template: str, **values: str) -> str:
    """A sentence of the town with its variables."""
    if elides(values.get("nom", "")):
        template = template.replace("de {nom}", "d'{nom}")
    return wording.sentence(with_town(template, town.name).format(**values))


@dataclass(frozen=True)
class State:
    stage: Stage = "new"
    task: "Task | None" = None
    paused: "Task | None" = None
    """Taken up again once the present task is done."""
    queue: tuple[Understanding, ...] = ()
    """Requests made in the same breath, still to be served."""
    expects: Expects | None = None
    choices: tuple[str, ...] = ()
    """What may be answered, in words, to a question with a choice."""
    keys_left: str = ""
    """Typed ahead, while the records were asked."""
    turns: int = 0
    """Events since the call began."""
    misses: int = 0
    """In a row, since something was understood."""
    silences: int = 0
    """In a row, since something was heard."""
    handovers: int = 0
    """Times a person was needed because we did not get on, and could not be had."""
    said: tuple[str, ...] = ()
    """The last answer, for « répétez »."""
    unheard: tuple[str, ...] = ()
    """Of the last answer, where it was cut short: from what was being said, for « répétez »."""
    begun: str = ""
    """Of a telephone number, what was said of it so far."""
    condoled: bool = False
    """Condolences were given."""
    question: str = ""
    """The last question."""
    waiting: bool = False
    """The caller asked for a moment."""
    told_kept: bool = False
    """What is kept of the call was told just now: « je refuse » objects to that."""
    slowly: bool = False
    """The caller asked for slower speech: kept for the whole call."""
    caller: str | None = None
    """E.164, None when withheld: a hint, never a proof."""
    name: str | None = None
    phone: str | None = None
    """As the caller gave them in this call, so as not to ask twice."""
    extension: str = "accueil"
    """Who is being rung."""
    reason: CallbackReason | None = None
    """Why, where a call-back in their place has a reason of its own."""
    about: About | None = None
    """What for, for whoever calls back."""
    words_refused: bool = False
    """The caller objects to their words being kept: no record holds any but what was read back to them."""
    recorded: bool = False
    """The caller was told that the sound of this call is recorded, and has not objected."""
    language: Language | None = None
    """What they speak, where it is not French."""
    booked: Service | None = None
    """What the last appointment of this call is for: « et les documents ? »"""
    hours_of: Service | None = None
    """Whose hours were told last: « et samedi ? »"""
    hours_day: date | None = None
    """On which day, the last one."""
    told_of: tuple[Intent, Service] | None = None
    """What was asked last, and told: « et la police municipale ? »"""
    case: ProcedureTopic | None = None
    """Whose facts were told last: « et ça coûte combien ? » is not asked the same questions again."""
    source: Source | None = None
    """Where the last told fact comes from."""
    told: int = 0
    """Facts told so far."""
    statuses: int = 0
    """Appointments and files told so far, on their reference and name."""
    refused: int = 0
    """Requests that are not the town's business."""
    insults: int = 0
    emergency: bool = False
    tries: int = 0
    """References that did not match in this call."""
    ears: Ears = GOOD_EARS
    forms: tuple[str, ...] = ()
    """Forms of varied sentences that were said, the last one last."""


@dataclass(frozen=True)
class Talk:
    """Where the call stands as something happens: what every rule is given."""

    town: Town
    state: State
    now: datetime
    """Aware."""

    def phrase(self, template: str, **values: str) -> str:
        """A sentence of the town with its variables."""
        return phrase(self.town, template, **values)

    def varied(self, name: Varied, first: str) -> "tuple[Talk, str]":
        """A sentence that may come again, and what remembers it: a form not heard yet, or the oldest."""
        forms = [self.phrase(form) for form in self.town.variants.of(name, first)]
        heard = self.state.forms
        form = min(forms, key=lambda one: heard.index(one) if one in heard else -1)
        return self.having(forms=(*(one for one in heard if one != form), form)), form

    def having(self, **changes: object) -> "Talk":
        """The same with the state changed."""
        return replace(self, state=replace(self.state, **changes))  # type: ignore[arg-type]

    def kept(self, about: About | None) -> str | None:
        """What a record may say that it is for."""
        if about is None:
            return None
        return about.named if self.state.words_refused else about.words

    @property
    def local(self) -> datetime:
        """The town's wall clock, naive."""
        return self.now.astimezone(self.town.tz).replace(tzinfo=None)

    @property
    def today(self) -> date:
        return self.local.date()


@dataclass(frozen=True)
class Said:
    """One utterance of the caller as a task gets it."""

    text: str
    found: Understanding
    heard: float
    """The recogniser's confidence."""
    trust: Trust
    """How far the present recogniser may be believed for the kind of answer that was awaited."""
    sure: bool
    """Whether `found` is above the town's threshold and the recogniser trusted: act without asking back."""

    @property
    def yes_or_no(self) -> Literal["yes", "no"] | None:
        """A plain yes or no; « oui mais plutôt quinze heures » is neither."""
        changed = "correction" in {self.found.intent, *(part.intent for part in self.found.parts)}
        if changed or self.found.entities or self.found.intent not in ("oui", "non"):
            return None
        return "yes" if self.found.intent == "oui" else "no"


class Turn(NamedTuple):
    """What is said and done; then it is the caller's turn, or the records', or the call is over."""

    state: State
    actions: tuple[Action, ...]


@dataclass(frozen=True)
class Done:
    """The task is over: these lines are said, then what comes next in the call."""

    state: State
    lines: tuple[str, ...]
    source: Source | None = None
    """Of the facts in the lines."""


@dataclass(frozen=True)
class Person:
    """Somebody must take over: rung if they are there, else called back."""

    state: State
    service: Service
    lines: tuple[str, ...] = ()
    reason: CallbackReason | None = None
    """Where a call-back has a reason of its own; else that nobody answered, or that it is closed."""
    extension: str | None = None
    """Rung instead of the service's own people."""


Result = Turn | Done | Person


class Task(ABC):
    """A conversation with one aim; subclasses are frozen dataclasses of what is known so far."""

    @abstractmethod
    def ask(self, talk: Talk, lines: tuple[str, ...] = ()) -> Turn:
        """Say these lines and ask what is still to be known; `task` is in the state it gives."""

    @abstractmethod
    def hear(self, talk: Talk, said: Said) -> Result | None:
        """What the utterance comes to; None when it is no answer to this."""

    @property
    def asks_once(self) -> bool:
        """Whether who answers with something else is left alone with it: then that is heard by itself."""
        return False

    def press(self, talk: Talk, key: str) -> Result | None:  # noqa: ARG002 - tasks without keys ignore them
        """What one key comes to; None when it means nothing here."""
        return None

    def chooses(self, key: str) -> bool:  # noqa: ARG002
        """Whether the question names this key, though a number could be typed as well."""
        return False

    def typed(self, talk: Talk, digits: str) -> Result | None:  # noqa: ARG002
        """What several digits typed together come to, where a number is awaited (« # » left out)."""
        return None

    def answered(self, talk: Talk, request: Request, reply: Reply) -> Result:  # noqa: ARG002
        """What the records' answer comes to."""
        raise AssertionError(f"{type(self).__name__} asked nothing of the records: {request}, {reply}")


def number_begins(state: State, keys: str) -> bool:
    """Whether these keys, typed together, are (the beginning of) one number rather than answers in turn."""
    task = state.task
    number = task is not None and state.stage == "task" and state.expects in TYPED
    return number and keys[:1].isdigit() and task is not None and not task.chooses(keys[0])


def ask(
    talk: Talk,
    task: Task | None,
    lines: tuple[str, ...],
    question: str,
    *,
    expects: Expects | None = None,
    choices: tuple[str, ...] = (),
    patience_s: float = PATIENCE_S,
    source: Source | None = None,
    stage: Stage = "task",
) -> Turn:
    """Say these lines, ask, and listen."""
    state = replace(
        talk.state,
        stage=stage,
        task=task,
        expects=expects,
        choices=choices,
        said=lines or talk.state.said,
        question=question or talk.state.question,
        unheard=(),
    )
    slowly = state.slowly
    said: tuple[Action, ...] = tuple(Say(line, source=source, slowly=slowly) for line in lines)
    asked: tuple[Action, ...] = (Say(question, slowly=slowly),) if question else ()
    return Turn(state, (*said, *asked, Listen(expects, patience_s, choices)))


def ask_records(talk: Talk, task: Task, request: Request, lines: tuple[str, ...] = ()) -> Turn:
    """Say these lines, if any, while the records are asked; the task gets the answer."""
    state = replace(talk.state, stage="records", task=task, expects=None, choices=())
    return Turn(state, (*(Say(line) for line in lines), Ask(request)))


def understood(state: State) -> State:
    """The counters after something was understood."""
    return replace(state, misses=0, silences=0)
