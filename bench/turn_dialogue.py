"""The dialogue of the bench: a key asks for a question of one kind, whatever is said then is answered.

The caller decides what is asked, so that every system hears the same questions in the same order, by voice
even where the town's own dialogue would ask for keys.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from bench.turns.scripts import CHOICES, OPEN
from dialog.actions import Action, EndCall, Listen, Say
from dialog.events import CallStarted, Event, Heard, HungUp, Keys, Silence
from dialog.talk import State
from prompts.content import Town
from prompts.labels import Expects

PATIENCE_S = 60.0
ANSWER = "C'est noté, je vous remercie, et je passe à la question suivante."
"""To whatever was said; as a town's fixed sentences are, it is published, so ours is spoken ahead."""
LONG = "long"
"""Not a question: the agent tells something long, to be interrupted."""
STORY = (
    "La mairie vous informe que les demandes de papiers se font sur rendez-vous au guichet de la place du "
    "marché où les agents vous reçoivent toute la semaine sauf le mercredi et que les pièces demandées sont "
    "toutes celles de la liste que vous trouverez sur le site de la commune avec un justificatif de domicile "
    "récent et deux photographies prises depuis moins de six mois dans un endroit bien éclairé"
)
"""One sentence without a pause, so that a silence in it is the agent's own doing."""


@dataclass(frozen=True)
class Question:
    key: str
    text: str
    expects: Expects | None
    choices: tuple[str, ...] = ()


QUESTIONS: dict[str, Question] = {
    "yes_no": Question("1", "D'accord ?", "yes_no"),
    "choice": Question("2", "Pour quoi ?", "choice", CHOICES),
    "date": Question("3", "Quel jour ?", "date"),
    "time": Question("4", "Quelle heure ?", "time"),
    "phone": Question("5", "Le numéro ?", "phone"),
    "name": Question("6", "Le nom ?", "name"),
    "reference": Question("7", "La référence ?", "reference"),
    OPEN: Question("8", "J'écoute.", None),
    LONG: Question("9", STORY, None),
}
BY_KEY = {question.key: question for question in QUESTIONS.values()}
PUBLISHED = (ANSWER, *(question.text for question in QUESTIONS.values()))


def step(_town: Town, state: State, event: Event, _now: datetime) -> tuple[State, tuple[Action, ...]]:
    """The place of `dialog.manager.step` in a measured call."""
    match event:
        case CallStarted() | Silence():
            return _listening(state), (Listen(patience_s=PATIENCE_S),)
        case Keys(keys) if (question := BY_KEY.get(keys[-1])) is not None:
            asked = _listening(state, question.expects, question.choices)
            return asked, (Say(question.text), Listen(question.expects, PATIENCE_S, question.choices))
        case Heard():
            return _listening(state), (Say(ANSWER), Listen(patience_s=PATIENCE_S))
        case HungUp():
            return replace(state, stage="ended", expects=None), (EndCall(),)
        case _:
            return state, ()


def _listening(state: State, expects: Expects | None = None, choices: tuple[str, ...] = ()) -> State:
    return replace(
        state,
        stage="open" if expects is None else "task",
        expects=expects,
        choices=choices,
        turns=state.turns + 1,
    )
