"""One whole call: its pipeline, its end, and what happens when something of ours breaks in the middle."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from pipecat.frames.frames import ErrorFrame
from pipecat.pipeline.pipeline import Pipeline
from pipecat.pipeline.worker import PipelineParams, PipelineWorker
from pipecat.processors.frame_processor import FrameProcessor
from pipecat.workers.runner import WorkerRunner

from dialog.ears import GOOD_EARS, Ears
from dialog.events import CallStarted
from dialog.manager import step
from dialog.office import KeepNoWords, Reply, Request
from prompts.content import Town
from speech.audio import RATE_HZ
from speech.engine import Synthesiser, Transcriber
from speech.errors import SpeechError
from speech.listening import Listener
from speech.turn_profiles import TurnProfiles
from telephony.dialog_processor import DialogPorts, DialogProcessor, Exchange, Step
from telephony.ear import Ear
from telephony.line import Line
from telephony.line_processors import LineInput, LineOutput
from telephony.mouth import Mouth
from telephony.playback import Playback
from telephony.tape import Recorder, Tape
from telephony.timings import TurnTimings
from telephony.turns import ear_ports, profiles_of

log = logging.getLogger("standardiste.telephony")

_CLEARING_UP: set[asyncio.Task[None]] = set()
"""Of calls that are over: nothing else keeps hold of these."""
LAST_WORDS_S = 15.0
"""How long the apology of a broken call may take before the caller is handed over without it."""


@dataclass(frozen=True)
class CallServices:
    """What every call needs; the same for all calls of a process."""

    town: Town
    synthesiser: Synthesiser
    transcriber: Transcriber | None
    """None: the keypad alone is understood."""
    new_listener: Callable[[TurnProfiles], Listener]
    now: Callable[[], datetime]
    answer: Callable[[str, Request], Awaitable[Reply]]
    """The town hall's records, asked on behalf of the call with this id."""
    ears: Ears = GOOD_EARS
    """How far the transcriber may be believed."""
    record: Recorder | None = None
    """What records this call once its caller was told; None where nothing does."""
    step: Step = step
    """The dialogue: an event in, the state after it and what is to be done out."""


@dataclass
class CallObserver:
    """Who watches a call: the rehearsal's printer, the browser's page, the metrics."""

    on_exchange: Callable[[Exchange], None] = field(default=lambda _: None)
    on_callers_turn: Callable[[], None] = field(default=lambda: None)
    on_answer_sent: Callable[[TurnTimings], None] = field(default=lambda _: None)
    """The first sound of an answer to something said went out."""


async def run_call(line: Line, services: CallServices, observer: CallObserver | None = None) -> None:
    """Talks with the caller until one of them leaves. Always ends with the line given up.

    Cancelled in mid-call, it hands the caller over to a person where the line can.
    Whatever breaks in the pipeline is logged with the call's id; the caller hears an apology and goes to a
    person where there is one.
    """
    watcher = observer or CallObserver()
    broken: asyncio.Future[ErrorFrame] = asyncio.get_running_loop().create_future()
    left = asyncio.Event()
    clock, playback = asyncio.get_running_loop().time, Playback()
    tape = Tape(services.record, playback, clock)
    worker = PipelineWorker(
        Pipeline(_processors(line, services, watcher, left, playback, tape)),
        params=PipelineParams(audio_in_sample_rate=RATE_HZ, audio_out_sample_rate=RATE_HZ),
        cancel_on_idle_timeout=False,
        cancel_runner_on_idle_timeout=False,
        idle_timeout_secs=None,
        enable_turn_tracking=False,
        enable_rtvi=False,
    )

    async def on_error(_worker: PipelineWorker, frame: ErrorFrame) -> None:
        if not broken.done():
            broken.set_result(frame)

    worker.add_event_handler("on_pipeline_error", on_error)
    runner = WorkerRunner(handle_sigint=False, handle_sigterm=False)
    await runner.add_workers(worker)
    running = asyncio.create_task(runner.run())
    ends: list[asyncio.Future[Any]] = [running, asyncio.create_task(left.wait()), broken]
    try:
        await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
    finally:
        ends[1].cancel()
        tape.end()
        await runner.cancel()
        # Whoever has no patience left must not break off this call's clearing up: its tasks would stay.
        _CLEARING_UP.add(running)
        running.add_done_callback(_CLEARING_UP.discard)
        await asyncio.shield(running)
        if broken.done() and not left.is_set():
            log.error(
                "call %s broke: %s", line.call_id, broken.result().error, exc_info=broken.result().exception
            )
            await _apologise(line, services)
        elif not left.is_set():  # the process is told to end: that is no reason to lose a caller
            await line.transfer("accueil")
        await line.hang_up()


def _processors(
    line: Line,
    services: CallServices,
    watcher: CallObserver,
    left: asyncio.Event,
    playback: Playback,
    tape: Tape,
) -> list[FrameProcessor]:
    clock = asyncio.get_running_loop().time

    async def answer(request: Request) -> Reply:
        if isinstance(request, KeepNoWords):
            await tape.refuse()
        return await services.answer(line.call_id, request)

    ports = DialogPorts(
        services.now,
        answer,
        watcher.on_exchange,
        watcher.on_callers_turn,
        tape.hide,
        left.set,
        clock,
        playback,
        hears=services.transcriber is not None,
        step=services.step,
    )
    to_ear = ear_ports(services.town, services.now, lambda: playback.played(clock()))
    listener = services.new_listener(profiles_of(services.town.turn_taking))
    ears = [Ear(listener, services.transcriber, clock, to_ear)] if services.transcriber else []
    return [
        LineInput(line, tape),
        *ears,
        DialogProcessor(services.town, CallStarted(line.caller, services.ears), ports),
        Mouth(services.synthesiser, clock),
        LineOutput(line, clock, watcher.on_answer_sent, playback, tape),
    ]


async def _apologise(line: Line, services: CallServices) -> None:
    """Last words of a call that broke: never a silence, never a dead line."""
    await line.flush()
    try:
        async with asyncio.timeout(LAST_WORDS_S):
            apology = await services.synthesiser.synthesise(services.town.sentences.broken)
            await line.send_audio(apology.samples)
            await asyncio.sleep(apology.duration_ms / 1000.0)
    except (SpeechError, TimeoutError) as error:
        log.error("call %s: no apology could be spoken: %s", line.call_id, error)
    await line.transfer("accueil")
