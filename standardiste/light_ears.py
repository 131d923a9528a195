"""The smaller model that listens when many call at once, where the installation has one."""

import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

from dialog.ears import Ears
from prompts.content import Town
from speech.awaited import Awaited
from speech.models import BUILTIN, BUILTIN_WRITER, chosen_ears, ears_folder, installed
from speech.pool import PoolTranscriber
from speech.settings import SpeechSettings
from speech.worker_group import GroupStatus, WorkerGroup
from standardiste.speech_choice import ears_of
from standardiste.town_voice import awaited_of
from telephony.stepped import LightEars

log = logging.getLogger("standardiste")

LightFor = Callable[[Town], LightEars]
"""The smaller ears, told what this content's callers are awaited to say."""
MUCH_SMALLER = 0.6
"""A model above this share of the chosen one's size would spare nothing."""


@dataclass(frozen=True)
class SmallerEars:
    """Those that are loaded."""

    _group: WorkerGroup
    _ear: PoolTranscriber
    _ears: Ears

    def light_for(self, town: Town) -> LightEars:
        """See LightFor."""
        return LightEars(self._ear.awaiting(awaited_of(town)), self._ears)

    @property
    def worker_pids(self) -> frozenset[int]:
        """The processes that are ready to work."""
        return self._group.pids

    def status(self) -> GroupStatus:
        """How they are doing now."""
        return self._group.status()


def lighter(speech: SpeechSettings) -> SpeechSettings | None:
    """The settings of the next smaller ears than the chosen ones; None where there are none.

    Where other machines hear, they are this one's own. Raises UnusableModel where the chosen ones are not
    there.
    """
    if speech.cluster is not None and speech.ears != "none":
        return replace(speech, ears="builtin", cluster=None)
    folder = ears_folder(speech)
    if folder is None or folder == BUILTIN:
        return None
    if folder != BUILTIN_WRITER:
        size = sum(file.stat().st_size for file in folder.iterdir() if file.is_file())
        smaller = [
            model for model in installed(speech.model_dirs)
            if model.kind == "ears" and model.problem is None and model.size_bytes <= MUCH_SMALLER * size
        ]  # fmt: skip
        if smaller:
            return replace(speech, ears=str(max(smaller, key=lambda model: model.size_bytes).path))
    return replace(speech, ears="builtin")


@asynccontextmanager
async def light_ears(speech: SpeechSettings | None) -> AsyncIterator[SmallerEars | None]:
    """The smaller ears, loaded in one worker; None where there are none. Raises UnusableModel."""
    less = lighter(speech) if speech else None
    engine = chosen_ears(less) if less else None
    if less is None or engine is None:
        yield None
        return
    group = WorkerGroup(
        engine,
        workers=1,
        queue_size=less.queue_size,
        timeout_s=less.decode_timeout_s,
        wait_s=less.queue_wait_s,
    )
    awaited = Awaited(less.phrases, less.keywords) if "builtin" in engine else None
    smaller = SmallerEars(group, PoolTranscriber(group, awaited), ears_of(less))
    await group.start()
    try:
        log.info("when many call at once, %s listens", group.name)
        yield smaller
    finally:
        await group.aclose()
