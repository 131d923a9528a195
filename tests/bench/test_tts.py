"""The bench of the voice measures what callers hear."""

import statistics

from bench.tts import FIRST_SOUND_LIMIT_MS, SENTENCES, first_sounds
from speech.pool import SpeechPool
from speech.settings import SpeechSettings


async def test_a_kept_sentence_is_heard_within_40_ms() -> None:
    async with SpeechPool(SpeechSettings(voice="espeak")) as pool:
        for texts in SENTENCES.values():
            await pool.warm(texts)
        times_ms = await first_sounds(pool.synthesiser)
    assert len(times_ms) == sum(len(texts) for texts in SENTENCES.values())
    # The median: on a shared machine the kernel itself is late now and then.
    assert statistics.median(times_ms) < FIRST_SOUND_LIMIT_MS
