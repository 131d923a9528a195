"""The stock way through `WhisperModel.transcribe()`, on a model stretched to Whisper's usual 30 s window.

What it writes means little (its positions were never trained): that it runs and answers in our terms counts.
"""

import shutil
import struct
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from speech.audio import RATE_HZ, Samples
from speech.engines.ct2_file import whisper_shape
from speech.engines.whisper import StockWhisper, Whisper, load_whisper
from speech.telephone_band import over_telephone

POSITIONS = "encoder/position_encodings/encodings"


def stretched(data: bytes) -> bytes:
    """The model file with its encoder's positions repeated up to 1500."""
    name = POSITIONS.encode() + b"\0"
    start = data.index(name) + len(name)
    rank, positions, width, kind, n_bytes = struct.unpack_from("<BIIBI", data, start)
    head = struct.calcsize("<BIIBI")
    body = np.frombuffer(data, np.float32, positions * width, start + head).reshape(positions, width)
    longer = np.resize(body, (1500, width)).astype(np.float32).tobytes()
    new_head = struct.pack("<BIIBI", rank, 1500, width, kind, len(longer))
    return data[:start] + new_head + longer + data[start + head + n_bytes :]


@pytest.fixture(scope="module")
def stock(recogniser_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Whisper:
    if not whisper_shape(recogniser_dir).short:
        return load_whisper(recogniser_dir)
    folder = tmp_path_factory.mktemp("stock")
    for name in ("config.json", "vocabulary.json", "tokenizer.json"):
        shutil.copyfile(recogniser_dir / name, folder / name)
    (folder / "model.bin").write_bytes(stretched((recogniser_dir / "model.bin").read_bytes()))
    return load_whisper(folder)


def test_a_stock_model_is_recognised_as_such(stock: Whisper) -> None:
    assert isinstance(stock, StockWhisper)


def test_a_stock_model_answers_in_our_terms(stock: Whisper, say: Callable[..., Samples]) -> None:
    samples = over_telephone(say("Oui, bonjour, je voudrais un rendez-vous."))
    transcript = stock.transcribe(samples, None)
    assert transcript.audio_ms == len(samples) * 1000 // RATE_HZ
    assert 0 <= transcript.confidence <= 1
    assert all(word.end_ms >= word.start_ms >= 0 for word in transcript.words)
    assert stock.transcribe(np.zeros(RATE_HZ, np.int16), None).text == ""
