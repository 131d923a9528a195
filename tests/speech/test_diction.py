"""A recorded text is heard wherever it is said whole, and nowhere else."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from speech.audio import Samples
from speech.diction import AS_ANY_VOICE, Diction
from speech.spoken import sentences_in

GREETING = "Bonjour. Vous parlez à un agent vocal."


def sound(length: int) -> Samples:
    return np.zeros(length, np.int16)


def test_a_recording_of_two_sentences_is_one_piece_where_both_are_said() -> None:
    said = Diction(recorded={GREETING: sound(5)})
    assert said.pieces(f"{GREETING} Que puis-je faire ?") == [GREETING, "Que puis-je faire ?"]
    assert said.pieces("Bonjour. Que puis-je faire ?") == ["Bonjour.", "Que puis-je faire ?"]
    found = said.recording_of(GREETING)
    assert found is not None
    assert len(found.samples) == 5
    assert said.recording_of("Bonjour.") is None


def test_the_longest_recording_counts_and_capitals_and_spaces_do_not() -> None:
    said = Diction(recorded={"Bonjour.": sound(1), GREETING: sound(2)})
    assert said.pieces("BONJOUR. Vous  parlez à un agent\u00a0vocal.") == [
        "BONJOUR. Vous parlez à un agent vocal."
    ]
    assert said.recording_of("bonjour.") is not None


def test_what_was_recorded_cannot_be_changed_by_who_plays_it() -> None:
    found = Diction(recorded={"Bonjour.": sound(1)}).recording_of("Bonjour.")
    assert found is not None
    assert not found.samples.flags.writeable


@given(st.text(alphabet="abC .!?«É\u00a0", max_size=60))
def test_nothing_is_lost_or_added_whatever_is_recorded(text: str) -> None:
    whole = " ".join(text.split())
    sentences = [" ".join(each.split()) for each in sentences_in(text)]
    said = Diction(recorded={"A. B. C.": sound(1), "C !": sound(1)})
    assert " ".join(said.pieces(text)).split() == whole.split()
    assert AS_ANY_VOICE.pieces(text) == sentences
