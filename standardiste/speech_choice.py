"""Which ears and voice the settings ask for."""

from speech.settings import SpeechSettings
from standardiste.settings import Settings


def speech_settings(settings: Settings, ears: str = "auto") -> SpeechSettings:
    return SpeechSettings(
        model_dirs=settings.models_dirs, ears=ears, sentences_dir=settings.data_dir / "sentences"
    )
