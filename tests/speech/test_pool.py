"""The engines in their processes: what is heard, what is said, and what happens when one dies."""

from pathlib import Path

from speech.pool import SpeechPool
from speech.settings import SpeechSettings
from speech.telephone_band import active_level_dbfs, over_telephone


async def test_what_the_voice_says_the_ear_hears(recogniser_dir: Path) -> None:
    settings = SpeechSettings(ears=str(recogniser_dir), voice="fr+f3", ear_workers=1)
    async with SpeechPool(settings) as pool:
        assert pool.transcriber is not None
        sound = await pool.synthesiser.synthesise("Oui.")
        transcript = await pool.transcriber.transcribe(over_telephone(sound.samples))
        status = pool.status()
    assert transcript.text == "oui"
    assert 0 < transcript.confidence < 1
    assert [word.text for word in transcript.words] == ["oui"]
    assert transcript.audio_ms == int(sound.duration_ms)
    assert status.ready
    assert -23 < active_level_dbfs(sound.samples) < -18
