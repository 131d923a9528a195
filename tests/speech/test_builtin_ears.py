"""The built-in recogniser with its decoder: who hears which question."""

from collections.abc import Callable

import numpy as np
import pytest

from speech.audio import RATE_HZ, Samples
from speech.awaited import Awaited
from speech.calibration import read_calibration
from speech.engines.builtin_ears import BuiltinEars
from speech.engines.ct2_file import whisper_version
from speech.engines.whisper import load_whisper
from speech.grammar.kinds import NoGrammar
from speech.models import BUILTIN, BUILTIN_WRITER, WITH_WRITER, chosen_ears, ears_folder
from speech.settings import SpeechSettings
from speech.telephone_band import over_telephone
from speech.trust import OPEN, UNMEASURED, read_trust

AWAITED = Awaited(("les horaires de la mairie",), ("passeport",))


@pytest.fixture(scope="module")
def ears() -> BuiltinEars:
    return BuiltinEars(BUILTIN, AWAITED, load_whisper(BUILTIN_WRITER))


@pytest.fixture(scope="module")
def without_writer() -> BuiltinEars:
    return BuiltinEars(BUILTIN, AWAITED)


def test_a_closed_answer_is_heard_by_its_grammar(
    ears: BuiltinEars, without_writer: BuiltinEars, say: Callable[..., Samples]
) -> None:
    answer = over_telephone(say("mercredi matin", "fr+linda"))
    heard = ears.transcribe(answer, "date", (), AWAITED.digest)
    assert heard.text == "mercredi matin"
    assert heard.confidence == without_writer.transcribe(answer, "date", (), AWAITED.digest).confidence


def test_an_open_question_is_written_down(ears: BuiltinEars, say: Callable[..., Samples]) -> None:
    text = "je voudrais un rendez-vous pour un passeport"
    heard = ears.transcribe(over_telephone(say(text, "fr+linda")), None, (), AWAITED.digest)
    assert "rendez-vous" in heard.text
    assert "passeport" in heard.text
    assert not heard.rejected


def test_what_is_written_freely_is_as_sure_as_it_was_measured_to_be(
    ears: BuiltinEars, say: Callable[..., Samples]
) -> None:
    told = read_calibration(BUILTIN_WRITER, whisper_version(BUILTIN_WRITER))
    assert told is not None, "the calibration is of another model"
    sound = over_telephone(say("je voudrais un rendez-vous pour un passeport", "fr+linda"))
    bare = load_whisper(BUILTIN_WRITER)
    bare.calibration = None
    own = bare.transcribe(sound, None)
    heard = ears.transcribe(sound, None, (), AWAITED.digest)
    assert heard.text == own.text
    assert heard.confidence == round(told.confidence(OPEN, own.confidence), 4) != own.confidence


def test_kinds_without_a_grammar_are_heard_by_the_decoder_and_refused_without_one(
    ears: BuiltinEars, without_writer: BuiltinEars, say: Callable[..., Samples]
) -> None:
    answer = over_telephone(say("devant l'école", "fr+linda"))
    assert ears.transcribe(answer, "place", (), AWAITED.digest).text
    with pytest.raises(NoGrammar):
        without_writer.transcribe(answer, "place", (), AWAITED.digest)


@pytest.mark.parametrize("expects", [None, "yes_no"])
def test_where_nobody_speaks_nothing_is_heard(ears: BuiltinEars, expects: str | None) -> None:
    for sound in (np.zeros(RATE_HZ, np.int16), np.random.default_rng(0).normal(0, 400, RATE_HZ)):
        heard = ears.transcribe(np.asarray(sound, np.int16), expects, (), AWAITED.digest)
        assert (heard.text, heard.audio_ms) == ("", 1000)


def test_both_together_are_chosen_by_name_and_believed_no_more_than_measured() -> None:
    heard = SpeechSettings(ears=WITH_WRITER, phrases=AWAITED.phrases)
    told = {"phrases": [*AWAITED.phrases], "keywords": []}
    chosen = {"builtin": str(BUILTIN), "writer": str(BUILTIN_WRITER), **told}
    assert chosen_ears(heard) == chosen
    folder = ears_folder(heard)
    assert folder is not None
    assert read_trust(folder) == UNMEASURED
