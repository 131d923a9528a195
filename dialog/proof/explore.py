"""Every shape of state that a call can come to, breadth first, and what happens there on every event."""

from collections import deque
from collections.abc import Hashable, Iterator
from dataclasses import dataclass, field, replace

from dialog.actions import Action, Ask, Say
from dialog.events import (
    Answered,
    CallStarted,
    Event,
    Keys,
    Silence,
    TransferFinished,
)
from dialog.flows.person import SOME_DANGER
from dialog.manager import step
from dialog.proof.records import Records
from dialog.proof.sentences import Sentence, Sentences
from dialog.proof.shapes import shape_of
from dialog.proof.worlds import World
from dialog.talk import State, phrase
from prompts.content import Town

LISTENING = frozenset({"open", "more", "task", "closing"})
"""Stages in which it is the caller's turn."""
_KEYS = (*"0123456789*#", "0639981234", "639981234#", "11", "7310")
_MAX_SHAPES = 6000
"""Of one world: a dialogue that has more is not explored to its end, and the proof says so."""


@dataclass(frozen=True)
class Node:
    """One state that stands for all of its shape."""

    state: State
    asks: tuple[Ask, ...]
    """Of the records, awaiting their answer."""
    heard: str
    """All that was said to the caller in the turn that led here."""


@dataclass(frozen=True)
class Move:
    """One event in one state, and what came of it."""

    node: Node
    name: str
    event: Event
    after: State
    actions: tuple[Action, ...]


@dataclass(frozen=True)
class Raised:
    node: Node
    name: str
    error: Exception


@dataclass
class Map:
    """What was found in one world."""

    world: World
    nodes: dict[Hashable, Node] = field(default_factory=dict)
    ways: dict[Hashable, set[Hashable]] = field(default_factory=dict)
    """From each shape, the shapes that follow it by something other than a hang-up."""
    whole: bool = True


class Explorer:
    """Walks one world; `moves` yields all that can happen, `map` holds where it leads."""

    def __init__(self, town: Town, world: World) -> None:
        self._town, self._world = town, world
        self.sentences = Sentences(town, world.now)
        self._records = Records(town, world.now)
        self.map = Map(world)
        self._waiting: deque[Hashable] = deque()
        self._opened = False

    def moves(self) -> Iterator[Move | Raised]:
        """Every event in every state that can be reached."""
        start = Node(State(), (), "")
        yield self._try(start, "début de l'appel", CallStarted(self._world.caller, self._world.ears))
        while self._waiting:
            shape = self._waiting.popleft()
            node = self.map.nodes[shape]
            for name, event in self._events(node):
                found = self._try(node, name, event, shape)
                yield found

    def play(self, state: State, event: Event) -> tuple[State, tuple[Action, ...]]:
        """One step apart from the walk."""
        return step(self._town, state, event, self._world.now)

    def order(self, danger: Sentence) -> str:
        """What is said first of this danger."""
        name = danger.event.found.danger or SOME_DANGER
        return phrase(self._town, self._town.comprehension.dangers[name].sentence)

    def _try(self, node: Node, name: str, event: Event, shape: Hashable = None) -> Move | Raised:
        try:
            after, actions = step(self._town, node.state, event, self._world.now)
        except Exception as error:  # noqa: BLE001 - whatever the dialogue raises is what is looked for
            return Raised(node, name, error)
        self._arrive(shape, after, actions, node)
        return Move(node, name, event, after, actions)

    def _arrive(self, origin: Hashable, after: State, actions: tuple[Action, ...], node: Node) -> None:
        after = replace(after, turns=0, misses=0, silences=0, keys_left="")
        asks = tuple(action for action in actions if isinstance(action, Ask))
        shape = shape_of(after, asks)
        self.map.ways.setdefault(origin, set()).add(shape)
        if shape in self.map.nodes:
            return
        if len(self.map.nodes) >= _MAX_SHAPES:
            self.map.whole = False
            return
        heard = " ".join(action.text for action in actions if isinstance(action, Say))
        self.map.nodes[shape] = Node(after, asks, heard or node.heard)
        self._waiting.append(shape)

    def _events(self, node: Node) -> Iterator[tuple[str, Event]]:
        state = node.state
        if state.stage == "ended":
            return
        if state.stage == "records":
            for asked in node.asks:
                for reply in self._records.replies(asked.request):
                    yield f"réponse {type(reply).__name__}", Answered(asked.request, reply)
            return
        if state.stage == "transfer":
            yield "quelqu'un a décroché", TransferFinished(state.extension, True)
            yield "personne n'a décroché", TransferFinished(state.extension, False)
            return
        yield "silence", Silence(8.0)
        for keys in _KEYS:
            yield f"touches {keys}", Keys(keys)
        for sentence in self._said(state):
            yield sentence.name, sentence.event

    def _said(self, state: State) -> Iterator[Sentence]:
        yield from self.sentences.at(state)
        yield from self.sentences.doubtful_yes()
        if not self._opened and state.stage == "open":
            self._opened = True
            yield from self.sentences.requests()
