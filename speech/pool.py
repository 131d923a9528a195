"""Hearing and speaking for the whole product: the engines' processes and their two clients."""

import asyncio
import copy
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from speech.audio import RATE_HZ, Samples
from speech.awaited import Awaited
from speech.cluster_settings import EARS, VOICE
from speech.diction import Diction
from speech.engine import Alternative, Priority, Synthesiser, Transcriber, Transcript, Word
from speech.engine_group import EngineGroup
from speech.errors import EngineBusy
from speech.models import chosen_ears, chosen_voice
from speech.prompt_cache import PromptCache
from speech.pronunciations import Pronunciations
from speech.settings import SpeechSettings
from speech.speaking import PoolSynthesiser, Progress, speak_all, untold
from speech.trust import Measured, TrustTable
from speech.vad import silero_session
from speech.worker import Message
from speech.worker_group import GroupStatus, WorkerGroup


@dataclass(frozen=True)
class PoolStatus:
    """What `/readyz` says of speech."""

    ears: GroupStatus | None
    """None where no recogniser is installed or wanted: the keypad serves."""
    voice: GroupStatus
    sentences: Mapping[str, int]
    """How many came from memory, from the disk, and had to be spoken."""

    @property
    def ready(self) -> bool:
        """Whether everything that was chosen can work now."""
        return self.voice.ready > 0 and (self.ears is None or self.ears.ready > 0)


A_BREATH: Samples = np.zeros(RATE_HZ // 10, np.int16)
VOICE_AWAITED_S = 10.0
"""Without ears a caller is asked again; without a voice nothing can be said at all: it is waited for."""
QUICK_DECODE_MS = 150
"""A recogniser this quick may give a first reading even where one worker alone is free."""


@dataclass
class _Load:
    """Of the ears, whoever they listen for."""

    in_hand: int = 0
    """Utterances that were asked and not yet answered."""
    last_decode_ms: int = 0


class PoolTranscriber:
    """The ear: sends utterances to the workers."""

    def __init__(self, group: EngineGroup, awaited: Awaited | None) -> None:
        """`awaited`: None for engines that hear anything."""
        self._group = group
        self._awaited = awaited
        self._load = _Load()

    @property
    def name(self) -> str:
        return self._group.name

    def awaiting(self, awaited: Awaited) -> "PoolTranscriber":
        """The same ear, told what the callers of another content are awaited to say, if it must be told."""
        if self._awaited is None or self._awaited.digest == awaited.digest:
            return self
        other = copy.copy(self)
        other._awaited = awaited
        return other

    async def transcribe(
        self,
        samples: Samples,
        *,
        expects: str | None = None,
        choices: Sequence[str] = (),
        priority: Priority = Priority.FINAL,
    ) -> Transcript:
        """See `speech.engine.Transcriber`. An utterance without a sample is answered at once, empty.

        A first reading (INTERIM) is refused as EngineBusy unless a worker stays free for what callers wait
        for: work that has begun cannot be taken back.
        """
        if not len(samples):
            return Transcript("", 0.0, sound="silence")
        if priority is Priority.INTERIM and not self._may_read_ahead():
            raise EngineBusy("aucun moteur n'est libre pour une première lecture")
        self._load.in_hand += 1
        try:
            answer = await self._ask({"expects": expects, "choices": list(choices)}, samples, priority)
        finally:
            self._load.in_hand -= 1
        transcript = transcript_of(answer.values)
        self._load.last_decode_ms = transcript.decode_ms
        return transcript

    async def learn(self) -> None:
        """Tells every worker that is free what is awaited, before a caller speaks. Raises as `transcribe`."""
        asked = [
            self._ask({"expects": None, "choices": []}, A_BREATH, Priority.INTERIM)
            for _ in range(self._group.spare(0))
        ]
        await asyncio.gather(*asked)

    async def _ask(self, values: dict[str, Any], samples: Samples, priority: Priority) -> Message:
        """A worker that does not know what is awaited yet is asked again with all of it."""
        if self._awaited is None:
            return await self._group.ask(Message(values, samples), priority)
        asked = {**values, "awaited": self._awaited.digest}
        answer = await self._group.ask(Message(asked, samples), priority)
        if "unknown" in answer.values:
            taught = {**asked, "phrases": self._awaited.phrases, "keywords": self._awaited.keywords}
            answer = await self._group.ask(Message(taught, samples), priority)
        return answer

    def _may_read_ahead(self) -> bool:
        free = self._group.spare(self._load.in_hand)
        return free >= (1 if self._load.last_decode_ms <= QUICK_DECODE_MS else 2)


def transcript_of(values: dict[str, Any]) -> Transcript:
    """The transcript in a worker's answer."""
    words = tuple(Word(**word) for word in values["words"])
    alternatives = tuple(Alternative(**other) for other in values["alternatives"])
    return Transcript(**{**values, "words": words, "alternatives": alternatives})


class SpeechPool:
    """All speech engines of this process. `start`, use, `aclose`; or `async with SpeechPool(...)`."""

    def __init__(self, settings: SpeechSettings) -> None:
        """Chooses the engines; raises UnusableModel when one that was named is not there."""
        self._ears, self._voice, ears, voice = _groups_of(settings)
        told = ears is None or "builtin" in ears  # machines elsewhere are told in any case: they may need it
        awaited = Awaited(settings.phrases, settings.keywords) if told else None
        self._transcriber = PoolTranscriber(self._ears, awaited) if self._ears else None
        folder = settings.sentences_dir
        kept = PromptCache(folder, settings.sentences_mb << 20) if folder else None
        diction = Diction(Pronunciations(settings.pronunciations))
        self._synthesiser = PoolSynthesiser(self._voice, voice, settings.cached_sentences, kept, diction)

    @property
    def transcriber(self) -> Transcriber | None:
        """The ear, or None where the keypad has to do."""
        return self._transcriber

    def ear(self, awaited: Awaited) -> Transcriber | None:
        """The ear, told what is awaited where it must be; None where the keypad has to do."""
        return self._transcriber and self._transcriber.awaiting(awaited)

    async def learn(self, awaited: Awaited) -> None:
        """Has the ears told ahead of the first caller. Raises EngineBusy and EngineFailed."""
        if self._transcriber is not None:
            await self._transcriber.awaiting(awaited).learn()

    @property
    def synthesiser(self) -> Synthesiser:
        """The voice."""
        return self._synthesiser

    def voice(self, diction: Diction) -> Synthesiser:
        """The voice, saying a content of that diction; once the pool is started."""
        return self._synthesiser.with_diction(diction)

    @property
    def trust(self) -> TrustTable | None:
        """How far the ears may be believed, as machines elsewhere tell it; None where they are this one's."""
        measured = self._ears.known.get("measured") if self._ears else None
        return None if measured is None else TrustTable({k: Measured(**v) for k, v in measured.items()})

    @property
    def worker_pids(self) -> frozenset[int]:
        """The processes that are ready to work, for measurements and tests."""
        return self._voice.pids | (self._ears.pids if self._ears else frozenset())

    def status(self) -> PoolStatus:
        """How the engines are doing now."""
        ears = self._ears.status() if self._ears else None
        return PoolStatus(ears, self._voice.status(), self._synthesiser.counts)

    async def warm(
        self, texts: Iterable[str], diction: Diction | None = None, progress: Progress = untold
    ) -> int:
        """Synthesises published sentences ahead of their first call; see `speech.speaking.speak_all`."""
        voice = self._synthesiser if diction is None else self._synthesiser.with_diction(diction)
        return await speak_all(texts, voice, progress)

    async def start(self) -> None:
        """Loads every engine. Raises UnusableModel, with nothing left running, if one cannot be loaded."""
        # The speech detector of the calls' own process is loaded here too, off the loop.
        loading = [asyncio.to_thread(silero_session), self._start_voice()]
        if self._ears:
            loading.append(self._ears.start())
        results = await asyncio.gather(*loading, return_exceptions=True)
        errors = [result for result in results if isinstance(result, BaseException)]
        if errors:
            await self.aclose()
            raise errors[0]

    async def _start_voice(self) -> None:
        await self._voice.start()
        await self._synthesiser.identify(self._voice.known.get("voice"))

    async def aclose(self) -> None:
        """Ends every worker process."""
        await asyncio.gather(*(group.aclose() for group in (self._voice, self._ears) if group))

    async def __aenter__(self) -> "SpeechPool":
        await self.start()
        return self

    async def __aexit__(self, *_exc: object) -> None:
        await self.aclose()


def _groups_of(
    settings: SpeechSettings,
) -> tuple[EngineGroup | None, EngineGroup, dict[str, Any] | None, dict[str, Any]]:
    """The ears and the voice, and what they load where they are this machine's own. Raises UnusableModel."""
    if settings.cluster is not None:
        from speech.cluster_group import ClusterGroup

        wait_s, cluster = settings.queue_wait_s, settings.cluster
        hearing = ClusterGroup(cluster, EARS, timeout_s=settings.decode_timeout_s, wait_s=wait_s)
        speaking = ClusterGroup(cluster, VOICE, timeout_s=settings.synthesis_timeout_s, wait_s=wait_s)
        return (None if settings.ears == "none" else hearing), speaking, None, {}
    ears, voice = chosen_ears(settings), chosen_voice(settings)
    own_ears = ears and WorkerGroup(
        ears,
        workers=settings.ear_workers,
        queue_size=settings.queue_size,
        timeout_s=settings.decode_timeout_s,
        wait_s=settings.queue_wait_s,
    )
    own_voice = WorkerGroup(
        voice,
        workers=settings.voice_workers,
        queue_size=settings.queue_size,
        timeout_s=settings.synthesis_timeout_s,
        wait_s=settings.queue_wait_s,
        restart_wait_s=VOICE_AWAITED_S,
    )
    return own_ears or None, own_voice, ears, voice
