"""Which ears and voice the settings ask for."""

from dialog.ears import GOOD_EARS, Ears
from prompts.content import Town
from prompts.labels import EXPECTS
from speech.models import ears_folder
from speech.settings import SpeechSettings
from speech.trust import TrustTable, read_trust
from standardiste.settings import Settings
from standardiste.town_voice import awaited_of


def speech_settings(settings: Settings, town: Town, ears: str | None = None) -> SpeechSettings:
    """The engines to load, told what this town's callers are awaited to say. Raises UnusableModel."""
    awaited = awaited_of(town)
    return SpeechSettings(
        model_dirs=settings.models_dirs,
        ears=ears or settings.ears,
        phrases=awaited.phrases,
        pronunciations=town.pronunciations.pairs(),
        keywords=awaited.keywords,
        sentences_dir=settings.data_dir / "sentences",
        cluster=None if ears else settings.speech_cluster,
    )


def ears_of(speech: SpeechSettings, elsewhere: TrustTable | None = None) -> Ears:
    """How far the dialogue may believe these ears. Raises UnusableModel.

    `elsewhere`: what the machines tell of theirs that hear for this one.
    """
    folder = ears_folder(speech) if elsewhere is None else None
    table = read_trust(folder) if folder else elsewhere
    if table is None:
        return GOOD_EARS
    return Ears(open=table.of(None), kinds=tuple((kind, table.of(kind)) for kind in EXPECTS))
