"""A sentence that somebody has recorded, made ready for the line: `python -m speech.recorded`.

A file from outside goes in, a WAV at the line's loudness comes out, or one French sentence that says why not.
It runs in a process of its own: a file that breaks its reader must not break calls.
"""

import io
import resource
import sys
import wave
from itertools import groupby

import av
import numpy as np
import numpy.typing as npt
from av.stream import Disposition

from speech.audio import RATE_HZ, Samples
from speech.audio_files import decoded, resample, to_float
from speech.engines.levelling import PEAK_DBTP, TARGET_LUFS, loudness_lufs, true_peak_dbtp
from speech.errors import SpeechError, UnusableAudio
from speech.telephone_band import active_level_dbfs, with_gain
from speech.vad import holds_speech

MOST_S = 90
"""Two minutes before the first question, and nobody listens any more."""
LEAST_S = 0.25
FAINTEST_DBFS = -50.0
"""A voice fainter than that, made louder, is mostly hiss."""
FLOOR_DB = 32.0
"""How far below the voice something is taken for the room: there the sentence begins and ends."""
LEAD_MS, TAIL_MS, FADE_MS = 60, 120, 10
FRAME_MS = 10
CLICK_FRAMES = 6
"""What is loud for less than that is a click, not a voice."""
LIMIT_MS = 5
"""How long before and after a peak the sound is turned down for it."""
FULL_SCALE = 32_400
"""A sample beyond that has reached the converter's end (-0.1 dBFS)."""
CLIPPED_RUN, MOST_CLIPPED_RUNS_PER_S = 4, 2.0
"""So many samples on end at full scale are a flattened peak; a few of those are not heard."""
CPU_S = 30

_KINDS = ((b"ID3", "mp3"), (b"OggS", "ogg"), (b"fLaC", "flac"), (b"\x1aE\xdf\xa3", "matroska"))
"""How a file of each kind begins. Nothing else is opened: libav knows formats that name other files."""
_VIDEO = "C'est une vidéo : il faut le son seul, en WAV, MP3, OGG ou M4A."
_NO_AUDIO = "Ce fichier n'est pas un enregistrement sonore : choisissez un fichier WAV, MP3, OGG ou M4A."


class UnusableRecording(SpeechError):
    """It cannot be said to callers; the message is French, for who recorded it."""


def ready(data: bytes) -> Samples:
    """The sentence in an audio file: 16 kHz, its silent ends cut, at the voice's loudness.

    Raises UnusableRecording.
    """
    samples, rate_hz = _read(data)
    if len(samples) > MOST_S * rate_hz:
        raise UnusableRecording(_too_long(len(samples) / rate_hz))
    if _is_clipped(samples, rate_hz):
        raise UnusableRecording(
            "Le son est saturé : la voix a été enregistrée trop fort et grésille. "
            "Baissez le niveau du micro, ou éloignez-vous, et recommencez."
        )
    samples = _centred(resample(samples, rate_hz, RATE_HZ))
    if active_level_dbfs(samples) < FAINTEST_DBFS:
        raise UnusableRecording(
            "On n'entend rien, ou presque, dans cet enregistrement : "
            "vérifiez le micro, parlez plus près, et recommencez."
        )
    if not holds_speech(samples):
        raise UnusableRecording("On n'entend personne parler dans cet enregistrement : recommencez.")
    spoken = trimmed(samples)
    if len(spoken) < LEAST_S * RATE_HZ:
        raise UnusableRecording("Cet enregistrement est trop court : il ne contient pas une phrase.")
    return at_voice_loudness(spoken)


def trimmed(samples: Samples) -> Samples:
    """The sentence without what comes before and after it in a room, faded in and out."""
    n_frame = FRAME_MS * RATE_HZ // 1000
    n_frames = len(samples) // n_frame
    frames = samples[: n_frames * n_frame].astype(np.float64).reshape(n_frames, n_frame)
    level_db = 10 * np.log10((frames**2).mean(axis=1) / 32768.0**2 + 1e-12)
    loud = level_db > active_level_dbfs(samples) - FLOOR_DB
    # Some frames on end: the click of a button is not the beginning of a sentence.
    if n_frames < CLICK_FRAMES:
        return samples[:0]
    voiced = np.flatnonzero(np.lib.stride_tricks.sliding_window_view(loud, CLICK_FRAMES).all(axis=1))
    if not len(voiced):
        return samples[:0]
    start = max(0, int(voiced[0]) * n_frame - LEAD_MS * RATE_HZ // 1000)
    end = min(len(samples), (int(voiced[-1]) + CLICK_FRAMES) * n_frame + TAIL_MS * RATE_HZ // 1000)
    kept = samples[start:end].astype(np.float64)
    n_fade = min(FADE_MS * RATE_HZ // 1000, len(kept) // 2)
    ramp = np.linspace(0.0, 1.0, n_fade)
    kept[:n_fade] *= ramp
    kept[len(kept) - n_fade :] *= ramp[::-1]
    return kept.astype(np.int16)


def at_voice_loudness(samples: Samples) -> Samples:
    """As loud as the synthesised voice (ITU-R BS.1770), its highest peaks turned down where they must be."""
    gain_db = TARGET_LUFS - loudness_lufs(samples)
    louder = to_float(samples).astype(np.float64) * 10 ** (gain_db / 20)
    limited = _limited(louder, 10 ** (PEAK_DBTP / 20))
    result: Samples = np.clip(np.rint(limited * 32768.0), -32768, 32767).astype(np.int16)
    return with_gain(result, min(0.0, PEAK_DBTP - true_peak_dbtp(result)))


def _limited(values: npt.NDArray[np.float64], ceiling: float) -> npt.NDArray[np.float64]:
    """The sound turned down around the samples that pass the ceiling, slowly enough not to be heard."""
    n_around = LIMIT_MS * RATE_HZ // 1000
    needed = np.minimum(1.0, ceiling / np.maximum(np.abs(values), 1e-9))
    padded = np.pad(needed, 2 * n_around, constant_values=1.0)
    lowest = np.lib.stride_tricks.sliding_window_view(padded, 2 * n_around + 1).min(axis=1)
    window = np.hanning(2 * n_around + 3)[1:-1]
    smooth = np.convolve(lowest, window / window.sum(), mode="valid")
    turned_down: npt.NDArray[np.float64] = values * smooth
    return turned_down


def _read(data: bytes) -> tuple[Samples, int]:
    """All of the sound, or a little more than is allowed, mono at its own rate. Raises UnusableRecording."""
    kind = _kind_of(data)
    try:
        with av.open(io.BytesIO(data), mode="r", format=kind) as container:
            if any(not stream.disposition & Disposition.attached_pic for stream in container.streams.video):
                raise UnusableRecording(_VIDEO)
            told_s = (container.duration or 0) / av.time_base
            if told_s > MOST_S:
                raise UnusableRecording(_too_long(told_s))
            samples, rate_hz = decoded(container, MOST_S + 1)
    except (av.FFmpegError, UnusableAudio, ValueError, IndexError) as error:
        raise UnusableRecording(_NO_AUDIO) from error
    if not len(samples):
        raise UnusableRecording("Cet enregistrement est vide : il ne contient aucun son.")
    return samples, rate_hz


def _kind_of(data: bytes) -> str:
    """The format by its first bytes. Raises UnusableRecording."""
    if not data:
        raise UnusableRecording("Ce fichier est vide : choisissez l'enregistrement à envoyer.")
    if data[:4] == b"RIFF" and data[8:12] == b"WAVE":
        return "wav"
    if data[:4] == b"RIFF" and data[8:12] == b"AVI ":
        raise UnusableRecording(_VIDEO)
    if data[4:8] == b"ftyp":
        return "mp4"
    for first, kind in _KINDS:
        if data.startswith(first):
            return kind
    if len(data) > 1 and data[0] == 0xFF and data[1] & 0xE0 == 0xE0:
        return "aac" if data[1] & 0xF6 == 0xF0 else "mp3"
    raise UnusableRecording(_NO_AUDIO)


def _too_long(seconds: float) -> str:
    lasts = f"{seconds / 60:.0f} minutes" if seconds >= 120 else f"{seconds:.0f} secondes"
    return f"Cet enregistrement dure {lasts} : {MOST_S} secondes au plus, pour qu'un appelant l'écoute."


def _is_clipped(samples: Samples, rate_hz: int) -> bool:
    flat = np.abs(samples.astype(np.int32)) >= FULL_SCALE
    runs = sum(1 for is_flat, run in groupby(flat.tolist()) if is_flat and len(list(run)) >= CLIPPED_RUN)
    return runs > MOST_CLIPPED_RUNS_PER_S * max(1.0, len(samples) / rate_hz)


def _centred(samples: Samples) -> Samples:
    """Without the constant that cheap sound cards add."""
    values = samples.astype(np.float64)
    centred: Samples = np.clip(np.rint(values - values.mean()), -32768, 32767).astype(np.int16)
    return centred


def wav(samples: Samples) -> bytes:
    """Mono, 16 bits, 16 kHz."""
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setparams((1, 2, RATE_HZ, 0, "NONE", ""))
        file.writeframes(samples.astype("<i2", copy=False).tobytes())
    return out.getvalue()


def main() -> int:
    """The file on standard input, the WAV on standard output; 2 with the sentence on standard error."""
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_S, CPU_S))
    try:
        samples = ready(sys.stdin.buffer.read())
    except UnusableRecording as error:
        sys.stderr.buffer.write(str(error).encode())
        return 2
    sys.stdout.buffer.write(wav(samples))
    return 0


if __name__ == "__main__":
    sys.exit(main())
