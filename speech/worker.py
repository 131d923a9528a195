"""The process in which an engine runs: `python -m speech.worker`.

It reads on standard input which engine to load, then requests, one or several at a time, and writes answers
on standard output, one for each in their order, each a `Message`; it ends when its input closes, so that none
outlives the process that started it. Speaks only to `speech.pool`, which ends it: a signal to the whole
process group (Ctrl+C, a terminal that closes) must not take the voice from calls that are still being given
away.
"""

import json
import os
import signal
import struct
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO, Protocol

import numpy as np

from speech.audio import Samples
from speech.awaited import Awaited
from speech.engine import Transcript
from speech.engines.together import Together, Utterance
from speech.errors import SpeechError, UnusableModel

HEAD = struct.Struct("<II")
"""Sizes in bytes of the JSON part and of the samples that follow."""
COUNT = struct.Struct("<I")
"""Stands before requests: how many come at once."""


@dataclass(frozen=True, eq=False)
class Message:
    """What travels between pool and worker: a few named values, and sound."""

    values: dict[str, Any]
    samples: Samples

    def to_bytes(self) -> bytes:
        text = json.dumps(self.values).encode()
        sound = self.samples.astype("<i2", copy=False).tobytes()
        return HEAD.pack(len(text), len(sound)) + text + sound


def read_message(stream: BinaryIO) -> Message | None:
    """The next message, or None when the stream closes."""
    head = stream.read(HEAD.size)
    if len(head) < HEAD.size:
        return None
    n_text, n_sound = HEAD.unpack(head)
    text, sound = stream.read(n_text), stream.read(n_sound)
    if len(text) < n_text or len(sound) < n_sound:
        return None
    return Message(json.loads(text), np.frombuffer(sound, "<i2").astype(np.int16, copy=False))


def read_requests(stream: BinaryIO) -> list[Message] | None:
    """What is to be done at once, or None when the stream closes."""
    head = stream.read(COUNT.size)
    if len(head) < COUNT.size:
        return None
    requests = [read_message(stream) for _ in range(COUNT.unpack(head)[0])]
    whole = [request for request in requests if request is not None]
    return whole if len(whole) == len(requests) else None


def requests_to_bytes(requests: Sequence[Message]) -> bytes:
    """As `read_requests` reads them."""
    return COUNT.pack(len(requests)) + b"".join(request.to_bytes() for request in requests)


Handler = Callable[[Sequence[Message]], Iterator[Message]]
"""Answers requests in their order, each as soon as it is done; raises SpeechError at one that cannot be."""
SILENT: Samples = np.zeros(0, np.int16)


@dataclass(frozen=True)
class Engine:
    """What a worker holds."""

    name: str
    answer: Handler
    together: Together | None = None
    """Which requests it can do in one go."""


def load(what: dict[str, Any]) -> Engine:
    """The engine asked for, loaded; raises UnusableModel."""
    if "whisper" in what:
        return _whisper(Path(what["whisper"]))
    if "builtin" in what:
        return _builtin(what)
    if "piper" in what:
        from speech.engines.piper import PiperVoice

        return _voice(PiperVoice(Path(what["piper"])))
    if "espeak" in what:
        from speech.engines.espeak import Espeak, EspeakVoice

        return _voice(Espeak(EspeakVoice(**what["espeak"])))
    raise UnusableModel("aucun moteur connu n'est demandé")


def _builtin(what: dict[str, Any]) -> Engine:
    from speech.engines.builtin_ears import BuiltinEars
    from speech.engines.whisper import load_whisper

    writer = load_whisper(Path(what["writer"])) if "writer" in what else None
    ears = BuiltinEars(Path(what["builtin"]), _awaited(what), writer)

    def transcribe(request: Message) -> Message:
        asked = request.values
        if not ears.knows(asked["awaited"]):
            if "phrases" not in asked:
                return Message({"unknown": asked["awaited"]}, SILENT)
            ears.learn(_awaited(asked))
        return _told(ears.transcribe(request.samples, asked["expects"], asked["choices"], asked["awaited"]))

    return Engine(ears.name, partial(map, transcribe))


def _awaited(values: dict[str, Any]) -> Awaited:
    return Awaited(tuple(values["phrases"]), tuple(values["keywords"]))


def _whisper(folder: Path) -> Engine:
    from speech.engines.whisper import load_whisper

    recogniser = load_whisper(folder)

    def hear(requests: Sequence[Message]) -> Iterator[Message]:
        asked = [Utterance(request.samples, request.values["expects"]) for request in requests]
        return map(_told, recogniser.hear_many(asked))

    return Engine(recogniser.name, hear, recogniser.together)


def _told(heard: Transcript) -> Message:
    return Message(asdict(heard), SILENT)


class _Voice(Protocol):
    name: str

    def synthesise(self, text: str, speed: float = 1.0) -> Samples: ...


def _voice(voice: _Voice) -> Engine:
    def speak(request: Message) -> Message:
        return Message({}, voice.synthesise(request.values["text"], request.values["speed"]))

    return Engine(voice.name, partial(map, speak))


def answers(engine: Engine, requests: Sequence[Message]) -> Iterator[Message]:
    """One for each, in order; what cannot be done fails alone, and the engine goes on with what is left."""
    left = list(requests)
    while left:
        try:
            for done in engine.answer(left):
                left = left[1:]
                yield done
        except SpeechError as error:
            left = left[1:]
            yield Message({"failed": str(error)}, SILENT)


def main() -> int:
    """Loads the engine, says that it is ready, answers until the input closes."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    # Libraries print where they like: standard output is kept for answers alone.
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    requests = sys.stdin.buffer

    def answer(message: Message) -> None:
        out.write(message.to_bytes())
        out.flush()

    try:
        first = read_message(requests)
        if first is None:
            return 0
        engine = load(first.values)
    except UnusableModel as error:
        answer(Message({"unusable": str(error)}, SILENT))
        return 1
    together = asdict(engine.together) if engine.together else None
    answer(Message({"ready": engine.name, "pid": os.getpid(), "together": together}, SILENT))
    while (several := read_requests(requests)) is not None:
        for done in answers(engine, several):
            answer(done)
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except BrokenPipeError:
        os._exit(0)
