"""Whisper's log-mel features in numpy: the one implementation for training and for the telephone.

As in OpenAI Whisper's `audio.py` and smart-turn's own preprocessing: sound of zero mean and unit variance,
400-sample periodic Hann, hop 160, 80 Slaney mel bands, log10 floored at 8 below the loudest, (x + 4) / 4.
"""

from functools import lru_cache

import numpy as np
import numpy.typing as npt

RATE_HZ = 16_000
N_FFT = 400
HOP = 160
N_MELS = 80
_LOG_STEP = np.log(6.4) / 27.0

Features = npt.NDArray[np.float32]
"""(n_mels, n_frames) float32, 100 frames a second."""


def _to_mel(hertz: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    safe = np.maximum(hertz, 1000.0)
    return np.asarray(np.where(hertz < 1000.0, hertz * 3.0 / 200.0, 15.0 + np.log(safe / 1000.0) / _LOG_STEP))


def _to_hertz(mel: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    return np.asarray(
        np.where(mel < 15.0, mel * 200.0 / 3.0, 1000.0 * np.exp(_LOG_STEP * (np.maximum(mel, 15.0) - 15.0)))
    )


@lru_cache(maxsize=64)
def mel_filters(warp: float = 1.0) -> npt.NDArray[np.float32]:
    """(n_mels, n_fft / 2 + 1): Slaney's triangles of unit area.

    `warp` moves the bands' centres (another vocal tract, for training): 1.1 hears formants as 10 % lower.
    """
    top = RATE_HZ / 2
    edges = _to_hertz(np.linspace(0.0, float(_to_mel(np.array([top]))[0]), N_MELS + 2))
    if warp != 1.0:
        knee = 0.8 * top / max(warp, 1.0)
        edges = np.where(edges < knee, edges * warp, top - (top - knee * warp) * (top - edges) / (top - knee))
    bins = np.linspace(0.0, top, N_FFT // 2 + 1)
    rising = (bins[None, :] - edges[:-2, None]) / np.diff(edges)[:-1, None]
    falling = (edges[2:, None] - bins[None, :]) / np.diff(edges)[1:, None]
    area = 2.0 / (edges[2:] - edges[:-2])
    return np.asarray(np.maximum(0.0, np.minimum(rising, falling)) * area[:, None], np.float32)


_WINDOW = np.hanning(N_FFT + 1)[:-1].astype(np.float32)


def log_mel(sound: npt.NDArray[np.float32], *, warp: float = 1.0) -> Features:
    """The features of (n_samples,) float32 at 16 kHz, any level; n_samples // 160 frames, at least one."""
    if len(sound) < N_FFT:
        sound = np.pad(sound, (0, N_FFT - len(sound)))
    level = sound - sound.mean(dtype=np.float64)
    level = (level / np.sqrt(np.mean(level * level, dtype=np.float64) + 1e-7)).astype(np.float32)
    padded = np.pad(level, N_FFT // 2, mode="reflect")
    n_frames = len(sound) // HOP
    frames = np.lib.stride_tricks.sliding_window_view(padded, N_FFT)[::HOP][:n_frames]
    spectrum = np.fft.rfft(frames * _WINDOW, axis=1)
    power = (spectrum.real**2 + spectrum.imag**2).astype(np.float32)
    log = np.log10(np.maximum(mel_filters(warp) @ power.T, 1e-10))
    return np.asarray((np.maximum(log, log.max() - 8.0) + 4.0) / 4.0, np.float32)
