"""The process in which an engine runs: `python -m speech.worker`.

It reads on standard input which engine to load, then requests, and writes answers on standard output, each
a `Message`; it ends when its input closes, so that none outlives the process that started it. Speaks only
to `speech.pool`, which ends it: a signal to the whole process group (Ctrl+C, a terminal that closes) must
not take the voice from calls that are still being given away.
"""

import json
import os
import signal
import struct
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from speech.audio import Samples
from speech.awaited import Awaited
from speech.errors import SpeechError, UnusableModel

HEAD = struct.Struct("<II")
"""Sizes in bytes of the JSON part and of the samples that follow."""


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


Handler = Callable[[Message], Message]
SILENT: Samples = np.zeros(0, np.int16)


def load(what: dict[str, Any]) -> tuple[str, Handler]:
    """The engine asked for, loaded, as its name and its handler; raises UnusableModel."""
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


def _builtin(what: dict[str, Any]) -> tuple[str, Handler]:
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
        heard = ears.transcribe(request.samples, asked["expects"], asked["choices"], asked["awaited"])
        return Message(asdict(heard), SILENT)

    return ears.name, transcribe


def _awaited(values: dict[str, Any]) -> Awaited:
    return Awaited(tuple(values["phrases"]), tuple(values["keywords"]))


def _whisper(folder: Path) -> tuple[str, Handler]:
    from speech.engines.whisper import load_whisper

    recogniser = load_whisper(folder)

    def transcribe(request: Message) -> Message:
        return Message(asdict(recogniser.transcribe(request.samples, request.values["expects"])), SILENT)

    return recogniser.name, transcribe


def _voice(voice: Any) -> tuple[str, Handler]:
    def synthesise(request: Message) -> Message:
        return Message({}, voice.synthesise(request.values["text"], request.values["speed"]))

    return voice.name, synthesise


def main() -> int:
    """Loads the engine, says that it is ready, answers until the input closes."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    # Libraries print where they like: standard output is kept for answers alone.
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    requests = sys.stdin.buffer

    def answer(message: Message) -> None:
        answers.write(message.to_bytes())
        answers.flush()

    try:
        first = read_message(requests)
        if first is None:
            return 0
        name, handler = load(first.values)
    except UnusableModel as error:
        answer(Message({"unusable": str(error)}, SILENT))
        return 1
    answer(Message({"ready": name, "pid": os.getpid()}, SILENT))
    while (request := read_message(requests)) is not None:
        try:
            answer(handler(request))
        except SpeechError as error:
            answer(Message({"failed": str(error)}, SILENT))
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except BrokenPipeError:
        os._exit(0)
