"""Sound files read as the product's sound, and written for people to listen to."""

import io
import wave
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt
import soxr

from speech.audio import RATE_HZ, Samples, Sound
from speech.errors import UnusableAudio

MAX_FILE_S = 3600
"""A longer recording is not a caller's turn; it is refused before it fills the memory."""


def to_float(samples: Samples) -> npt.NDArray[np.float32]:
    """(n_samples,) int16 as floats of -1 to 1."""
    return samples.astype(np.float32) / 32768.0


def resample(samples: Samples, from_hz: int, to_hz: int) -> Samples:
    """The same sound at another rate, (n_samples,) int16 mono."""
    if from_hz == to_hz or not len(samples):
        return samples
    return np.ascontiguousarray(soxr.resample(samples, from_hz, to_hz), dtype=np.int16)


def read_sound(path: Path) -> Sound:
    """The sound of any audio file (rate, width and channels of any kind) as 16 kHz mono.

    Raises UnusableAudio, with one sentence for people, when the file is missing, empty or not sound.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        what = "introuvable" if isinstance(error, FileNotFoundError) else "illisible"
        raise UnusableAudio(f"{path} : fichier {what}") from error
    return decode_sound(data, str(path))


def decode_sound(data: bytes, name: str = "son") -> Sound:
    """The sound of an audio file's bytes as 16 kHz mono; raises UnusableAudio as `read_sound` does."""
    if not data:
        raise UnusableAudio(f"{name} : le fichier est vide")
    try:
        samples = _decoded(data)
    except (av.FFmpegError, ValueError, IndexError) as error:
        raise UnusableAudio(f"{name} : ce fichier n'est pas un enregistrement lisible") from error
    if not len(samples):
        raise UnusableAudio(f"{name} : l'enregistrement ne contient aucun son")
    return Sound(samples)


def _decoded(data: bytes) -> Samples:
    """All audio of the first stream, mixed to mono at 16 kHz; raises what libav raises."""
    with av.open(io.BytesIO(data), mode="r") as container:
        samples, rate_hz = decoded(container, MAX_FILE_S)
    if len(samples) > MAX_FILE_S * rate_hz:
        raise ValueError("too long")
    return resample(samples, rate_hz, RATE_HZ)


def decoded(container: av.container.InputContainer, most_s: int) -> tuple[Samples, int]:
    """The first audio stream mixed to mono, and its rate in Hz; little more than `most_s` of it.

    Raises ValueError where there is none, and what libav raises.
    """
    if not container.streams.audio:
        raise ValueError("no audio stream")
    pieces: list[Samples] = []
    total, rate_hz = 0, RATE_HZ
    for frame in container.decode(container.streams.audio[0]):
        rate_hz = frame.sample_rate
        pieces.append(_mono(frame))
        total += frame.samples
        if total > most_s * rate_hz:
            break
    return (np.concatenate(pieces) if pieces else np.zeros(0, np.int16)), rate_hz


def _mono(frame: av.AudioFrame) -> Samples:
    """One decoded frame, its audio channels averaged, as int16."""
    values = frame.to_ndarray()
    n_channels = len(frame.layout.channels)
    if not frame.format.is_planar:
        values = values.reshape(-1, n_channels).T
    if values.dtype == np.uint8:
        scaled = (values.astype(np.float64) - 128.0) / 128.0
    elif np.issubdtype(values.dtype, np.integer):
        scaled = values.astype(np.float64) / 2.0 ** (8 * values.dtype.itemsize - 1)
    else:
        scaled = values.astype(np.float64)
    mixed = scaled.mean(axis=0)
    mono: Samples = np.clip(np.rint(mixed * 32768.0), -32768, 32767).astype(np.int16)
    return mono


def write_wav(path: Path, *audio_channels: Samples, rate_hz: int = RATE_HZ) -> None:
    """Writes a 16-bit WAV of one audio channel or more; the shorter ones are filled with silence."""
    length = max(len(channel) for channel in audio_channels)
    table = np.zeros((length, len(audio_channels)), np.int16)
    for column, channel in enumerate(audio_channels):
        table[: len(channel), column] = channel
    with wave.open(str(path), "wb") as out:
        out.setnchannels(len(audio_channels))
        out.setsampwidth(2)
        out.setframerate(rate_hz)
        out.writeframes(table.astype("<i2").tobytes())
