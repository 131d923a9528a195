"""`standardiste bench tts`: how soon a sentence is heard, by engine, freshly spoken and kept.

Engines and caches are the product's own; the first sound is measured through the Mouth of a real pipeline.
"""

import asyncio
import shutil
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from pipecat.pipeline.pipeline import Pipeline
from pipecat.pipeline.worker import PipelineParams, PipelineWorker
from pipecat.workers.runner import WorkerRunner

from bench.random_piper import random_piper
from bench.report import keep, summary
from speech.audio import RATE_HZ, Samples, Sound
from speech.engine import Synthesiser
from speech.engines.levelling import loudness_lufs, true_peak_dbtp
from speech.models import installed
from speech.pool import SpeechPool
from speech.settings import SpeechSettings
from telephony.frames import SayFrame
from telephony.line import Line, LineEvent
from telephony.line_processors import LineOutput
from telephony.mouth import Mouth

SENTENCES = {
    "short": ("C'est noté.", "Un instant.", "Je vous écoute.", "À quel nom ?", "Oui, demain."),
    "medium": (
        "La mairie est ouverte demain, mercredi 25 novembre, de 7 h 30 à 13 h.",
        "Vous pouvez aussi appeler le 05 96 00 12 71.",
        "Votre rendez-vous porte la référence R4821.",
        "Le timbre fiscal pour un passeport d'adulte coûte 86 €.",
    ),
    "long": (
        "Il vous faut un justificatif de domicile de moins d'un an, une photo d'identité de moins de six "
        "mois, votre ancienne carte, et la déclaration de perte si vous ne l'avez plus.",
        "La déchèterie est ouverte du lundi au vendredi, de 8 h à 12 h et de 14 h à 17 h, le samedi de 8 h "
        "à 16 h, et elle est fermée le dimanche et les jours fériés.",
    ),
}
"""As the dialogue writes them: about 1, 4 and 10 seconds."""
FIRST_SOUND_LIMIT_MS = 40.0
SLOWER = 0.8


def run(model_dirs: tuple[Path, ...], *, quick: bool) -> dict[str, Any]:
    """The whole bench; gives the report, which is kept in bench/results/ too."""
    return keep("tts", asyncio.run(_measure(model_dirs, rounds=2 if quick else 8)))


async def _measure(model_dirs: tuple[Path, ...], rounds: int) -> dict[str, Any]:
    voices = [model for model in installed(model_dirs) if model.kind == "voice" and model.problem is None]
    engines: dict[str, Any] = {"built-in": await _engine(SpeechSettings(voice="espeak"), rounds)}
    for voice in voices:
        engines[f"piper {voice.name}"] = await _engine(SpeechSettings(voice=str(voice.path)), rounds)
    if not voices:
        with tempfile.TemporaryDirectory(prefix="bench-piper-") as folder:
            random_voice = random_piper(Path(folder))
            figures = await _engine(SpeechSettings(voice=str(random_voice)), rounds)
        note = "random weights in a medium voice's shape, for speed alone: no Piper voice is installed here"
        engines["piper, random weights"] = {"note": note, **figures}
    engines["espeak-ng, a process for each sentence"] = await _process_for_each(rounds)
    return {
        "engines": engines,
        "sentences": {kind: len(texts) for kind, texts in SENTENCES.items()},
        "rounds": rounds,
        "limits": {"first_sound_kept_ms": FIRST_SOUND_LIMIT_MS},
    }


async def _engine(settings: SpeechSettings, rounds: int) -> dict[str, Any]:
    """One engine, each round in a process that has just started, over what the round before left on disk."""
    cold: dict[str, list[float]] = {kind: [] for kind in SENTENCES}
    disk: dict[str, list[float]] = {kind: [] for kind in SENTENCES}
    memory: dict[str, list[float]] = {kind: [] for kind in SENTENCES}
    starts: list[float] = []
    sounds: list[Sound] = []
    real_time: list[float] = []
    first_ms: list[float] = []
    for _ in range(rounds):
        with tempfile.TemporaryDirectory(prefix="bench-tts-") as folder:
            kept = replace(settings, sentences_dir=Path(folder))
            began = time.perf_counter()
            async with SpeechPool(kept) as pool:
                starts.append(1000 * (time.perf_counter() - began))
                for kind, texts in SENTENCES.items():
                    for text in texts:
                        # Published: so it is written to the disk as well, which costs a little more.
                        took_ms = await _timed(pool.warm([text]))
                        cold[kind].append(took_ms)
                        sound = await pool.synthesiser.synthesise(text)
                        sounds.append(sound)
                        real_time.append(took_ms / sound.duration_ms)
            async with SpeechPool(kept) as pool:
                for times in (disk, memory):
                    for kind, texts in SENTENCES.items():
                        for text in texts:
                            times[kind].append(await _timed(pool.synthesiser.synthesise(text)))
                first_ms += await first_sounds(pool.synthesiser)
                slower = [await pool.synthesiser.synthesise(t, speed=SLOWER) for t in SENTENCES["medium"]]
                normal = [await pool.synthesiser.synthesise(t) for t in SENTENCES["medium"]]
                worker_mib = max(_rss_mib(pid) for pid in pool.worker_pids)
                name = pool.synthesiser.name
    return {
        "engine": name,
        "load_ms": summary(starts),
        "spoken_afresh_ms": {kind: summary(times) for kind, times in cold.items()},
        "found_on_disk_ms": {kind: summary(times, 2) for kind, times in disk.items()},
        "found_in_memory_ms": {kind: summary(times, 3) for kind, times in memory.items()},
        "real_time_factor": summary(real_time, 4),
        "first_sound_kept_ms": summary(first_ms, 2),
        "loudness_lufs": summary([loudness_lufs(sound.samples) for sound in sounds], 2),
        "true_peak_dbtp": summary([true_peak_dbtp(sound.samples) for sound in sounds], 2),
        "length_at_speed_0.8": round(_seconds(slower) / _seconds(normal), 2),
        "worker_mib": round(worker_mib, 1),
    }


async def _timed(work: Awaitable[object]) -> float:
    """How long it takes, in milliseconds."""
    began = time.perf_counter()
    await work
    return 1000 * (time.perf_counter() - began)


def _seconds(sounds: Sequence[Sound]) -> float:
    return sum(sound.duration_ms for sound in sounds) / 1000


def _rss_mib(pid: int) -> float:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    return 0.0


class _FirstSound:
    """A line that only notes when the first sound reaches it."""

    def __init__(self) -> None:
        self.call_id = "bench"
        self.caller: str | None = None
        self.arrived = asyncio.Event()

    async def received(self) -> AsyncIterator[LineEvent]:
        nothing: tuple[LineEvent, ...] = ()
        for event in nothing:
            yield event

    async def send_audio(self, samples: Samples) -> None:
        if samples.any():
            self.arrived.set()

    async def flush(self) -> None: ...

    async def mark(self, mark_id: str) -> None: ...

    async def hang_up(self) -> None: ...

    async def transfer(self, service: str) -> bool:  # noqa: ARG002
        return False


async def first_sounds(synthesiser: Synthesiser) -> list[float]:
    """From the sentence's order to its first sound given to the line, for sentences that are kept."""
    times: list[float] = []
    for text in [text for texts in SENTENCES.values() for text in texts]:
        line = _FirstSound()
        async with _mouth(line, synthesiser) as worker:
            began = time.perf_counter()
            await worker.queue_frame(SayFrame(text, protected=False, pause_ms=0, timings=None))
            async with asyncio.timeout(10):
                await line.arrived.wait()
            times.append(1000 * (time.perf_counter() - began))
    return times


@asynccontextmanager
async def _mouth(line: Line, synthesiser: Synthesiser) -> AsyncIterator[PipelineWorker]:
    """The speaking half of a call's pipeline, running."""
    clock = asyncio.get_running_loop().time
    worker = PipelineWorker(
        Pipeline([Mouth(synthesiser, clock), LineOutput(line, clock, lambda _: None)]),
        params=PipelineParams(audio_in_sample_rate=RATE_HZ, audio_out_sample_rate=RATE_HZ),
        cancel_on_idle_timeout=False,
        idle_timeout_secs=None,
        enable_turn_tracking=False,
        enable_rtvi=False,
    )
    started = asyncio.Event()

    async def on_started(_worker: PipelineWorker, _frame: Any) -> None:
        started.set()

    worker.add_event_handler("on_pipeline_started", on_started)
    runner = WorkerRunner(handle_sigint=False, handle_sigterm=False)
    await runner.add_workers(worker)
    running = asyncio.create_task(runner.run())
    try:
        async with asyncio.timeout(10):
            await started.wait()
        yield worker
    finally:
        await runner.cancel()
        await running


async def _process_for_each(rounds: int) -> dict[str, Any] | str:
    """What simpler agents do: the espeak-ng program, started for every sentence."""
    program = shutil.which("espeak-ng")
    if program is None:
        return "not measured: there is no espeak-ng program here"
    times: dict[str, list[float]] = {kind: [] for kind in SENTENCES}
    for _ in range(rounds):
        for kind, texts in SENTENCES.items():
            for text in texts:
                began = time.perf_counter()
                process = await asyncio.create_subprocess_exec(
                    program, "-v", "fr", "--stdout", text, stdout=asyncio.subprocess.PIPE
                )
                await process.communicate()
                times[kind].append(1000 * (time.perf_counter() - began))
    return {"spoken_afresh_ms": {kind: summary(values) for kind, values in times.items()}}
