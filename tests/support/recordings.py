"""Files as people send them: a voice recorded badly or well, in the formats that telephones write."""

import io

import av
import numpy as np

from speech.audio import RATE_HZ, Samples
from speech.audio_files import resample
from speech.engines.espeak import Espeak, EspeakVoice


def a_voice(text: str, voice: str = "fr+Annie") -> Samples:
    """Somebody reads this, 16 kHz."""
    return Espeak(EspeakVoice(voice)).synthesise(text)


def in_a_room(
    samples: Samples, *, gain_db: float = -14.0, lead_s: float = 0.8, tail_s: float = 1.1
) -> Samples:
    """Fainter, with the hum of a room around it, and the click of the button that began it."""
    gain = 10 ** (gain_db / 20)
    whole = np.concatenate([np.zeros(int(lead_s * RATE_HZ)), samples * gain, np.zeros(int(tail_s * RATE_HZ))])
    whole += np.random.default_rng(1).normal(0, 12, len(whole))
    whole[800:806] += 4000
    room: Samples = np.clip(whole, -32768, 32767).astype(np.int16)
    return room


def encoded(samples: Samples, kind: str, rate_hz: int = 44_100) -> bytes:
    """As a file: « wav », « mp3 », « ogg », « m4a »."""
    codec, container = {
        "wav": ("pcm_s16le", "wav"), "mp3": ("libmp3lame", "mp3"), "ogg": ("libopus", "ogg"),
        "m4a": ("aac", "ipod"),
    }[kind]  # fmt: skip
    out = io.BytesIO()
    with av.open(out, mode="w", format=container) as file:
        stream = file.add_stream(codec, rate=rate_hz, layout="mono")
        assert isinstance(stream, av.AudioStream)
        frame = av.AudioFrame.from_ndarray(
            resample(samples, RATE_HZ, rate_hz).reshape(1, -1), format="s16", layout="mono"
        )
        frame.sample_rate = rate_hz
        for packet in (*stream.encode(frame), *stream.encode(None)):
            file.mux(packet)
    return out.getvalue()


def a_video() -> bytes:
    """Half a second of grey, as a telephone films it."""
    out = io.BytesIO()
    with av.open(out, mode="w", format="mp4") as file:
        stream = file.add_stream("mpeg4", rate=10)
        stream.width = stream.height = 64
        stream.pix_fmt = "yuv420p"
        for _ in range(5):
            frame = av.VideoFrame.from_ndarray(np.full((64, 64, 3), 90, np.uint8), format="rgb24")
            for packet in stream.encode(frame):
                file.mux(packet)
        for packet in stream.encode(None):
            file.mux(packet)
    return out.getvalue()
