"""The recognisers of this machine, asked as the product asks them: through their worker processes."""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.asr_material import FREE, OPEN, Item, Words
from bench.asr_scoring import Trial
from speech.audio import Samples
from speech.calibration import CALIBRATION_FILE
from speech.engine import Transcriber
from speech.engines.ct2_file import whisper_version
from speech.engines.phoneme_ctc import read_card
from speech.errors import EngineFailed
from speech.models import BUILTIN, BUILTIN_WRITER, PHONEME_CARD, WITH_WRITER, installed
from speech.pool import SpeechPool
from speech.settings import SpeechSettings

AT_ONCE = 2


@dataclass(frozen=True)
class Engine:
    """A recogniser to measure."""

    name: str
    folder: Path
    chosen: str = ""
    """How the settings name it, where not by its folder."""

    @property
    def hears_by_grammar(self) -> bool:
        """Whether it hears only what is awaited, and rejects the rest."""
        return (self.folder / PHONEME_CARD).is_file()

    @property
    def writes_freely(self) -> bool:
        """Whether it writes whatever it hears, to any question."""
        return not self.hears_by_grammar and not self.chosen


def engines(model_dirs: tuple[Path, ...]) -> list[Engine]:
    """The built-in ones, then every usable recogniser that is installed."""
    found = [Engine("built-in, phonemes under a grammar", BUILTIN)]
    for model in installed((BUILTIN, *model_dirs)):
        if model.kind == "ears" and model.problem is None and model.path != BUILTIN:
            inside = BUILTIN in model.path.parents
            found.append(Engine(f"built-in, {model.name}" if inside else model.name, model.path))
    if any(engine.folder == BUILTIN_WRITER for engine in found):
        found.append(Engine("built-in, grammar and writer together", BUILTIN_WRITER, WITH_WRITER))
    return found


def version_of(engine: Engine) -> str:
    """Which model it is, whatever its folder is called."""
    return read_card(engine.folder).version if engine.hears_by_grammar else whisper_version(engine.folder)


@asynccontextmanager
async def opened(engine: Engine, words: Words, workers: int = AT_ONCE) -> AsyncIterator[SpeechPool]:
    """The engine's workers, ready."""
    settings = SpeechSettings(
        ears=engine.chosen or str(engine.folder),
        phrases=words.phrases,
        keywords=words.keywords,
        voice="espeak",
        ear_workers=workers,
        queue_size=64,
        queue_wait_s=600,
        decode_timeout_s=120,
    )
    async with SpeechPool(settings) as pool:
        yield pool


@asynccontextmanager
async def uncalibrated(engine: Engine) -> AsyncIterator[Engine]:
    """The same engine, telling its own figures."""
    with tempfile.TemporaryDirectory(prefix="bench-asr-") as folder:
        for path in engine.folder.iterdir():
            if path.name != CALIBRATION_FILE:
                (Path(folder) / path.name).symlink_to(path.resolve())
        yield Engine(engine.name, Path(folder))


def ears_of(pool: SpeechPool) -> Transcriber:
    """The pool's recogniser, which these pools all have."""
    assert pool.transcriber is not None
    return pool.transcriber


async def heard(
    pool: SpeechPool, items: Sequence[Item], sounds: Sequence[Samples], asked: str | None = None
) -> list[Trial]:
    """Every item as the engine heard it, over these sounds; `asked` is another question than its own."""
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(item: Item, samples: Samples) -> Trial:
        kind = asked or item.kind
        expects = None if kind in (OPEN, FREE) else kind
        async with gate:
            try:
                told = await ears_of(pool).transcribe(samples, expects=expects, choices=item.choices)
            except EngineFailed:
                # A kind that this engine cannot hear: the product takes it as not understood.
                return Trial(kind, item.said, "", 0.0, True, item.speaker, ())
        others = tuple(other.text for other in told.alternatives)
        return Trial(kind, item.said, told.text, told.confidence, told.rejected, item.speaker, others)

    return list(await asyncio.gather(*(one(item, s) for item, s in zip(items, sounds, strict=True))))
