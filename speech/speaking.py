"""The voice as the product uses it: a sentence is spoken once and kept, on disk too where it is published."""

import asyncio
import copy
import logging
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from speech.audio import RATE_HZ, Samples, Sound
from speech.diction import AS_ANY_VOICE, Diction
from speech.engine import Priority
from speech.engine_group import EngineGroup
from speech.errors import EngineBusy, EngineFailed
from speech.prompt_cache import PromptCache, SpokenKey
from speech.spoken import sentences_in, spoken
from speech.voice_identity import voice_identity
from speech.worker import SILENT, Message

log = logging.getLogger(__name__)

SENTENCE_PAUSE_MS = 300
"""Silence between two sentences."""
SOURCES = ("memory", "disk", "spoken", "recorded")
"""Where the sound of a sentence comes from; `recorded` by somebody, `spoken` by the voice just then."""
RETRY_S = 1.0
"""How long speaking ahead steps back when calls need the voice."""


class PoolSynthesiser:
    """The voice: sends sentences to the workers, and keeps what it has said.

    Memory keeps any sentence, the disk only published ones: what is said to one caller may hold a name or a
    number, which has no business on a disk.
    """

    def __init__(
        self,
        group: EngineGroup,
        engine: Mapping[str, Any],
        cached_sentences: int,
        kept: PromptCache | None,
        diction: Diction = AS_ANY_VOICE,
    ) -> None:
        """`engine` is what the group's workers load; without `kept` there is memory alone."""
        self._diction = diction
        self._group = group
        self._engine = engine
        self._size = cached_sentences
        self._kept = kept
        self._identity = ""
        self._published: set[str] = set()
        self._sounds: OrderedDict[tuple[str, float], Sound] = OrderedDict()
        """By what is said, so that voices of one engine may share it whatever their diction."""
        self._counts = dict.fromkeys(SOURCES, 0)

    @property
    def name(self) -> str:
        return self._group.name

    def with_diction(self, diction: Diction) -> "PoolSynthesiser":
        """The same voice, and what is kept of it, saying another content; once it is identified."""
        other = copy.copy(self)
        other._diction = diction
        return other

    def pieces(self, text: str) -> list[str]:
        """See `speech.engine.Synthesiser`."""
        return self._diction.pieces(text)

    @property
    def counts(self) -> Mapping[str, int]:
        """How many sentences callers were given from each of SOURCES."""
        return self._counts

    async def identify(self, told: str | None = None) -> None:
        """Learns which voice this is, for what is kept of it; raises UnusableModel where it is unreadable.

        `told`: by the machine that it speaks on; None: this one.
        """
        if self._kept is not None:
            if told is None:
                told = await asyncio.to_thread(voice_identity, self._engine)
            self._identity = told

    async def synthesise(self, text: str, *, speed: float = 1.0) -> Sound:
        """See `speech.engine.Synthesiser`. The text is as written; it is said as a clerk would.

        Several sentences are put together from what is kept of each. Slower than usual, it is the voice
        that speaks, even where a recording stands for it.
        """
        return joined([await self._piece(piece, speed, Priority.SPEAK) for piece in self.pieces(text)])

    async def publish(self, text: str, *, speed: float = 1.0) -> None:
        """Has one piece spoken that all callers may hear, kept on disk too, when no call needs the voice.

        Raises EngineBusy and EngineFailed.
        """
        self._published.update(self._said(sentence) for sentence in sentences_in(text))
        await self._piece(text, speed, Priority.INTERIM)

    async def _piece(self, piece: str, speed: float, priority: Priority) -> Sound:
        if speed == 1.0 and (recorded := self._diction.recording_of(piece)) is not None:
            self._count("recorded", priority)
            return recorded
        return joined([await self._spoken(each, speed, priority) for each in sentences_in(piece)])

    async def _spoken(self, sentence: str, speed: float, priority: Priority) -> Sound:
        said = self._said(sentence)
        if (sound := self._sounds.get((said, speed))) is not None:
            self._sounds.move_to_end((said, speed))
            self._count("memory", priority)
            return sound
        key = SpokenKey(self._identity, said, speed)
        samples = await asyncio.to_thread(self._kept.get, key) if self._kept else None
        self._count("spoken" if samples is None else "disk", priority)
        if samples is None:
            samples = (
                await self._group.ask(Message({"text": said, "speed": speed}, SILENT), priority)
            ).samples
            if self._kept and said in self._published:
                await asyncio.to_thread(self._kept.put, key, samples)
        return self._remember(said, speed, samples)

    def _said(self, sentence: str) -> str:
        return spoken(self._diction.pronounced(sentence))

    def _count(self, source: str, priority: Priority) -> None:
        if priority is Priority.SPEAK:
            self._counts[source] += 1

    def _remember(self, said: str, speed: float, samples: Samples) -> Sound:
        # The same sound is given out many times: nobody may change it.
        samples.setflags(write=False)
        self._sounds[said, speed] = sound = Sound(samples)
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


Progress = Callable[[int, int], None]
"""How many are done, of how many."""


def untold(_done: int, _of: int) -> None:
    """Where nobody follows."""


async def speak_all(texts: Iterable[str], synthesiser: PoolSynthesiser, progress: Progress = untold) -> int:
    """Speaks published texts ahead, piece by piece in their order; gives how many could not be spoken.

    One at a time and after everything that calls ask for; `progress` is told how many are done, of how many.
    Cancel it at any time: the next start finds what was spoken on disk.
    """
    pieces = list(dict.fromkeys(piece for text in texts for piece in synthesiser.pieces(text)))
    n_failed = 0
    for done, piece in enumerate(pieces, 1):
        if not await _published(piece, synthesiser):
            n_failed += 1
        progress(done, len(pieces))
    return n_failed


async def _published(piece: str, synthesiser: PoolSynthesiser) -> bool:
    for pause_s in (RETRY_S, 4 * RETRY_S, None):
        try:
            await synthesiser.publish(piece)
        except (EngineBusy, EngineFailed) as error:
            if pause_s is None:
                log.warning("a sentence cannot be spoken ahead (%s): %s", error, piece)
                return False
            await asyncio.sleep(pause_s)
        else:
            return True
    return False
