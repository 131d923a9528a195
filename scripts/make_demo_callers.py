"""Makes the callers of the demonstration: the recordings in standardiste/demo_calls/.

Three voices that no training hears (speech/training/HELD_OUT.md), through a telephone; one in a canteen,
whose noise is other voices speaking at once. Run it again to change what they say:

    .venv/bin/python scripts/make_demo_callers.py
"""

import asyncio
from pathlib import Path

import numpy as np

from speech.audio import RATE_HZ, Samples
from speech.audio_files import resample, write_wav
from speech.pool import SpeechPool
from speech.settings import SpeechSettings
from speech.telephone_band import LINE_HZ, at_level, over_telephone

FOLDER = Path(__file__).parent.parent / "standardiste" / "demo_calls"
LEVEL_DBFS = -22.0
NOISE_BELOW_DB = 20.0

CALLERS = (
    ("1-mairie", "fr+steph", "Est-ce que la mairie est ouverte mardi ?", True),
    ("2-decheterie", "fr+linda", "Quels sont les horaires de la déchèterie samedi ?", False),
    ("3-passeport", "fr+Hugo", "Quels sont les documents nécessaires pour un passeport ?", False),
    ("4-merci", "fr+linda", "Merci, au revoir.", False),
)
CANTEEN = (
    ("fr+m3", "On a mangé du poisson hier, et toi, tu as pris le dessert ou seulement le café ?"),
    ("fr+f2", "Les enfants jouaient dehors pendant que nous attendions le bus devant le marché."),
    ("fr+m6", "Il faudrait vraiment repeindre ce mur avant que les pluies ne recommencent."),
    ("fr+f4", "Attends, je te rappelle plus tard, il y a trop de bruit ici pour que je t'entende."),
)


async def spoken(voice: str, text: str) -> Samples:
    async with SpeechPool(SpeechSettings(ears="none", voice=voice)) as pool:
        return (await pool.synthesiser.synthesise(text)).samples


def babble(voices: list[Samples], n_samples: int) -> Samples:
    """Several people at once, each from another moment of what they say."""
    mixed = np.zeros(n_samples, dtype=np.float64)
    for n, voice in enumerate(voices):
        mixed += np.resize(np.roll(voice, n * RATE_HZ), n_samples)
    return np.clip(mixed / len(voices), -32768, 32767).astype(np.int16)


async def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    canteen = [await spoken(voice, text) for voice, text in CANTEEN]
    for name, voice, text, noisy in CALLERS:
        said = at_level(await spoken(voice, text), LEVEL_DBFS)
        if noisy:
            said = np.pad(said, RATE_HZ // 3)
            noise = at_level(babble(canteen, len(said)), LEVEL_DBFS - NOISE_BELOW_DB)
            said = np.clip(said.astype(np.int32) + noise, -32768, 32767).astype(np.int16)
        line = resample(over_telephone(said), RATE_HZ, LINE_HZ)
        write_wav(FOLDER / f"{name}.wav", line, rate_hz=LINE_HZ)


if __name__ == "__main__":
    asyncio.run(main())
