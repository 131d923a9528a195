"""The voice as the product uses it: a sentence is spoken once and kept, on disk too where it is published."""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from speech.audio import RATE_HZ, Samples, Sound
from speech.engine import Priority
from speech.errors import EngineBusy, EngineFailed
from speech.prompt_cache import PromptCache, SpokenKey
from speech.pronunciations import PLAIN, Pronunciations
from speech.spoken import sentences_in, spoken
from speech.voice_identity import voice_identity
from speech.worker import SILENT, Message
from speech.worker_group import WorkerGroup

log = logging.getLogger(__name__)

SENTENCE_PAUSE_MS = 300
"""Silence between two sentences."""
RETRY_S = 1.0
"""How long speaking ahead steps back when calls need the voice."""


class PoolSynthesiser:
    """The voice: sends sentences to the workers, and keeps what it has said.

    Memory keeps any sentence, the disk only published ones: what is said to one caller may hold a name or a
    number, which has no business on a disk.
    """

    def __init__(
        self,
        group: WorkerGroup,
        engine: Mapping[str, Any],
        cached_sentences: int,
        kept: PromptCache | None,
        pronounced: Pronunciations = PLAIN,
    ) -> None:
        """`engine` is what the group's workers load; without `kept` there is memory alone."""
        self._pronounced = pronounced
        self._group = group
        self._engine = engine
        self._size = cached_sentences
        self._kept = kept
        self._identity = ""
        self._published: set[str] = set()
        self._sounds: OrderedDict[tuple[str, float], Sound] = OrderedDict()

    @property
    def name(self) -> str:
        return self._group.name

    def pronounce(self, pronounced: Pronunciations) -> None:
        """From now on, words are said like this; what was said otherwise is spoken again."""
        changed = [place for place in self._sounds if pronounced(place[0]) != self._pronounced(place[0])]
        for place in changed:
            del self._sounds[place]
        self._pronounced = pronounced

    async def identify(self) -> None:
        """Learns which voice this is, for what is kept of it; raises UnusableModel where it is unreadable."""
        if self._kept is not None:
            self._identity = await asyncio.to_thread(voice_identity, self._engine)

    async def synthesise(self, text: str, *, speed: float = 1.0) -> Sound:
        """See `speech.engine.Synthesiser`. The text is as written; it is said as a clerk would.

        Several sentences are put together from what is kept of each.
        """
        sounds = [await self._spoken(sentence, speed, Priority.SPEAK) for sentence in sentences_in(text)]
        return joined(sounds)

    async def publish(self, text: str, *, speed: float = 1.0) -> None:
        """Has one sentence spoken that all callers may hear, kept on disk too, when no call needs the voice.

        Raises EngineBusy and EngineFailed.
        """
        self._published.add(text)
        await self._spoken(text, speed, Priority.INTERIM)

    async def _spoken(self, text: str, speed: float, priority: Priority) -> Sound:
        if (sound := self._sounds.get((text, speed))) is not None:
            self._sounds.move_to_end((text, speed))
            return sound
        said = spoken(self._pronounced(text))
        key = SpokenKey(self._identity, said, speed)
        samples = await asyncio.to_thread(self._kept.get, key) if self._kept else None
        if samples is None:
            samples = (
                await self._group.ask(Message({"text": said, "speed": speed}, SILENT), priority)
            ).samples
            if self._kept and text in self._published:
                await asyncio.to_thread(self._kept.put, key, samples)
        return self._remember(text, speed, samples)

    def _remember(self, text: str, speed: float, samples: Samples) -> Sound:
        # The same sound is given out many times: nobody may change it.
        samples.setflags(write=False)
        self._sounds[text, speed] = sound = Sound(samples)
        while len(self._sounds) > self._size:
            self._sounds.popitem(last=False)
        return sound


def joined(sounds: Sequence[Sound], pause_ms: int = SENTENCE_PAUSE_MS) -> Sound:
    """One sound after another. Each begins and ends in silence (`levelling.trimmed`), so no joint clicks."""
    if len(sounds) == 1:
        return sounds[0]
    pause = np.zeros(pause_ms * RATE_HZ // 1000, np.int16)
    pieces = [piece for sound in sounds for piece in (pause, sound.samples)]
    return Sound(np.concatenate([SILENT, *pieces[1:]]))


async def speak_all(
    texts: Iterable[str],
    synthesiser: PoolSynthesiser,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> int:
    """Speaks published texts ahead, sentence by sentence in their order; gives how many could not be spoken.

    One at a time and after everything that calls ask for; `progress` is told how many are done, of how many.
    Cancel it at any time: the next start finds what was spoken on disk.
    """
    sentences = list(dict.fromkeys(sentence for text in texts for sentence in sentences_in(text)))
    n_failed = 0
    for done, sentence in enumerate(sentences, 1):
        if not await _published(sentence, synthesiser):
            n_failed += 1
        progress(done, len(sentences))
    return n_failed


async def _published(sentence: str, synthesiser: PoolSynthesiser) -> bool:
    for pause_s in (RETRY_S, 4 * RETRY_S, None):
        try:
            await synthesiser.publish(sentence)
        except (EngineBusy, EngineFailed) as error:
            if pause_s is None:
                log.warning("a sentence cannot be spoken ahead (%s): %s", error, sentence)
                return False
            await asyncio.sleep(pause_s)
        else:
            return True
    return False
