"""Recordings transcribed at once and as over the telephone."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from speech.audio import RATE_HZ, Samples
from speech.audio_files import write_wav
from speech.errors import UnusableAudio
from speech.pool import SpeechPool
from speech.settings import SpeechSettings
from speech.telephone_band import over_telephone
from speech.transcribing import transcribe_file


async def test_a_recording_is_transcribed_at_once_and_streamed(
    tmp_path: Path, recogniser_dir: Path, say: Callable[..., Samples]
) -> None:
    quiet = np.zeros(RATE_HZ // 2, np.int16)
    write_wav(tmp_path / "a.wav", np.concatenate((quiet, over_telephone(say("Oui, oui.", "fr+Michael")))))
    (tmp_path / "b.wav").write_bytes(b"not a sound")
    async with SpeechPool(SpeechSettings(ears=str(recogniser_dir), ear_workers=1)) as pool:
        assert pool.transcriber is not None
        at_once = await transcribe_file(tmp_path / "a.wav", pool.transcriber)
        streamed = await transcribe_file(tmp_path / "a.wav", pool.transcriber, expects="yes_no", stream=True)
        with pytest.raises(UnusableAudio):
            await transcribe_file(tmp_path / "b.wav", pool.transcriber)
    assert "oui" in at_once.transcript.text
    assert set(at_once.to_dict()) == {
        "file", "text", "confidence", "rejected", "words", "audio_ms", "decode_ms",
    }  # fmt: skip
    line = streamed.to_dict()
    assert "oui" in line["text"]
    assert line["partials"] == []
    assert 240 <= line["final_after_ms"] < 900
    assert line["words"][-1]["end_ms"] <= line["audio_ms"] + 200
