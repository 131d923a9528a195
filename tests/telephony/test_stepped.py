"""At each step of a crowd the dialogue asks for what the ears of that step can hear."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

import numpy as np
import pytest

from dialog.actions import Say
from dialog.ears import Ears
from dialog.events import CallStarted, Heard
from dialog.manager import State
from dialog.office import Reply, Request, Unavailable
from prompts.content import Town
from prompts.load import load_town
from speech.audio import Samples, Sound
from speech.engine import Priority, Transcript
from speech.listening import Listener
from telephony.admission import Step
from telephony.call import CallServices
from telephony.stepped import LightEars, at_step

NOW = datetime(2026, 11, 24, 14, 0, tzinfo=UTC)
SAID: Samples = np.ones(16_000, np.int16)
WEAK = Ears("confirm", (("yes_no", "confirm"),))


@dataclass
class NotingEar:
    """Writes its own name, and notes what it was asked."""

    name: str
    asked: list[str | None] = field(default_factory=list)

    async def transcribe(
        self,
        samples: Samples,  # noqa: ARG002
        *,
        expects: str | None = None,
        choices: Sequence[str] = (),  # noqa: ARG002
        priority: Priority = Priority.FINAL,  # noqa: ARG002
    ) -> Transcript:
        self.asked.append(expects)
        return Transcript(self.name, 0.9)


class Silent:
    name = "muet"

    def pieces(self, text: str) -> list[str]:
        return [text]

    async def synthesise(self, text: str, *, speed: float = 1.0) -> Sound:
        raise AssertionError((text, speed))


async def no_records(_call_id: str, _request: Request) -> Reply:
    return Unavailable()


@pytest.fixture(scope="module")
def town() -> Town:
    return load_town()


def services(town: Town, ear: NotingEar | None) -> CallServices:
    return CallServices(town, Silent(), ear, lambda _: Listener(), lambda: NOW, no_records)


def greeting(given: CallServices, caller: str | None = None) -> tuple[State, str]:
    state, actions = given.step(given.town, State(), CallStarted(caller, given.ears), NOW)
    return state, " ".join(action.text for action in actions if isinstance(action, Say))


async def heard(given: CallServices, expects: str | None) -> Transcript:
    assert given.transcriber is not None
    return await given.transcriber.transcribe(SAID, expects=expects)


async def test_in_full_everything_is_heard_by_the_best_ear(town: Town) -> None:
    given = at_step(services(town, NotingEar("grand")), Step.SPEECH, None, lambda: False)
    assert (await heard(given, None)).text == "grand"
    assert greeting(given)[1].endswith(town.sentences.invitation)


async def test_the_smaller_model_hears_as_far_as_it_may_be_believed(town: Town) -> None:
    light = LightEars(NotingEar("petit"), WEAK)
    given = at_step(services(town, NotingEar("grand")), Step.LIGHT, light, lambda: False)
    assert (await heard(given, None)).text == "petit"
    assert given.ears == WEAK


async def test_by_keys_only_closed_questions_are_heard_and_nothing_else_is_decoded(town: Town) -> None:
    small = NotingEar("petit")
    given = at_step(services(town, NotingEar("grand")), Step.KEYS, LightEars(small, WEAK), lambda: False)
    assert (await heard(given, "yes_no")).text == "petit"
    free = await heard(given, None)
    assert (free.text, free.rejected, free.audio_ms) == ("", True, 1000)
    assert small.asked == ["yes_no"]
    assert greeting(given)[1].endswith(town.sentences.menu)
    assert given.ears.of("yes_no") == "confirm"
    assert given.ears.of("phone") == "keys"


async def test_for_a_call_back_a_yes_is_heard_and_the_number_is_asked_by_keys(town: Town) -> None:
    small = NotingEar("petit")
    given = at_step(services(town, NotingEar("grand")), Step.CALL_BACK, LightEars(small, WEAK), lambda: False)
    state, said = greeting(given, "+596696112233")
    assert "nous vous rappelons" in said
    assert state.expects == "yes_no"
    assert (await heard(given, "yes_no")).text == "petit"
    unknown, asked = greeting(given, None)
    assert unknown.expects == "phone"
    assert "tapez" in asked.lower()
    assert (await heard(given, "phone")).rejected
    assert small.asked == ["yes_no"]


def test_without_a_recogniser_the_keys_serve_as_always_and_a_crowd_is_called_back(town: Town) -> None:
    keypad = services(town, None)
    assert greeting(at_step(keypad, Step.KEYS, None, lambda: False)) == greeting(keypad)
    assert "nous vous rappelons" in greeting(at_step(keypad, Step.CALL_BACK, None, lambda: False))[1]


async def test_a_call_that_must_give_way_asks_by_keys_and_is_heard_again_afterwards(town: Town) -> None:
    ear, late = NotingEar("grand"), [False]
    given = at_step(services(town, ear), Step.SPEECH, None, lambda: late[0])
    state, _ = greeting(given)
    late[0] = True
    assert (await heard(given, None)).rejected
    state, actions = given.step(town, state, Heard("", 0.0), NOW)
    assert [a.text for a in actions if isinstance(a, Say)][-1] == town.sentences.menu
    late[0] = False
    assert (await heard(given, None)).text == "grand"
    state, actions = given.step(town, state, Heard("les horaires de la déchèterie", 0.95), NOW)
    assert state.ears == Ears()
    assert "7 h" in " ".join(a.text for a in actions if isinstance(a, Say))
