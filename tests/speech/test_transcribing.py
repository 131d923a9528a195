"""Recordings transcribed at once and as over the telephone."""

import itertools
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest

from speech.audio import RATE_HZ, Samples
from speech.audio_files import write_wav
from speech.engine import Priority, Transcript
from speech.errors import UnusableAudio
from speech.pool import SpeechPool
from speech.settings import SpeechSettings
from speech.telephone_band import over_telephone
from speech.transcribing import transcribe_file


async def test_a_recording_is_transcribed_at_once_and_streamed(
    tmp_path: Path, recogniser_dir: Path, say: Callable[..., Samples]
) -> None:
    quiet = np.zeros(RATE_HZ // 2, np.int16)
    write_wav(tmp_path / "a.wav", np.concatenate((quiet, over_telephone(say("Oui, oui.", "fr+linda")))))
    (tmp_path / "b.wav").write_bytes(b"not a sound")
    async with SpeechPool(SpeechSettings(ears=str(recogniser_dir), ear_workers=1)) as pool:
        assert pool.transcriber is not None
        at_once = await transcribe_file(tmp_path / "a.wav", pool.transcriber)
        streamed = await transcribe_file(tmp_path / "a.wav", pool.transcriber, expects="yes_no", stream=True)
        with pytest.raises(UnusableAudio):
            await transcribe_file(tmp_path / "b.wav", pool.transcriber)
    assert "oui" in at_once.transcript.text
    assert set(at_once.to_dict()) == {
        "file", "text", "confidence", "rejected", "words", "audio_ms", "decode_ms", "alternatives", "sound",
    }  # fmt: skip
    line = streamed.to_dict()
    assert "oui" in line["text"]
    texts = [partial["text"] for partial in line["partials"]]
    assert all(after.startswith(before) for before, after in itertools.pairwise(texts))
    times = [partial["at_ms"] for partial in line["partials"]]
    assert times == sorted(times)
    assert line["final_after_ms"] >= 240
    assert line["words"][-1]["end_ms"] <= line["audio_ms"] + 200


async def test_a_sentence_is_shown_word_by_word_before_it_ends(
    tmp_path: Path, recogniser_dir: Path, say: Callable[..., Samples]
) -> None:
    """By the Whisper that the project brings, decoding a growing sentence again and again."""
    text = "Bonjour, je voudrais un rendez-vous pour un passeport, mardi matin si c'est possible."
    spoken = over_telephone(say(text, "fr+linda"))
    write_wav(tmp_path / "a.wav", np.concatenate((np.zeros(RATE_HZ // 2, np.int16), spoken)))
    async with SpeechPool(SpeechSettings(ears=str(recogniser_dir), ear_workers=2)) as pool:
        assert pool.transcriber is not None
        line = (await transcribe_file(tmp_path / "a.wav", pool.transcriber, stream=True)).to_dict()
    assert line["partials"]
    assert line["partials"][0]["at_ms"] < line["audio_ms"]
    texts = [partial["text"] for partial in line["partials"]]
    assert all(after.startswith(before) for before, after in itertools.pairwise(texts))
    assert line["text"]
    assert line["final_after_ms"] >= 240


class _Doubtful:
    """A recogniser that hears a sentence and does not take it for an answer."""

    name = "doubtful"

    async def transcribe(
        self,
        samples: Samples,
        *,
        expects: str | None = None,  # noqa: ARG002
        choices: Sequence[str] = (),  # noqa: ARG002
        priority: Priority = Priority.FINAL,  # noqa: ARG002
    ) -> Transcript:
        return Transcript("un petit chat", 0.2, rejected=True, audio_ms=len(samples) // 16)


async def test_what_was_rejected_stays_rejected_when_streamed(
    tmp_path: Path, say: Callable[..., Samples]
) -> None:
    write_wav(tmp_path / "a.wav", over_telephone(say("Oui, oui, oui.", "fr+linda")))
    doubted = await transcribe_file(tmp_path / "a.wav", _Doubtful(), expects="yes_no", stream=True)
    line = doubted.to_dict()
    assert (line["text"], line["rejected"], line["partials"]) == ("un petit chat", True, [])
