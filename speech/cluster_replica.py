"""One engine of a cluster: a worker process as on any machine, behind messages that come over the network."""

import asyncio
import hmac
import io
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

from speech.audio import RATE_HZ, Samples
from speech.awaited import Awaited
from speech.engine import Priority
from speech.engines.espeak import Espeak, EspeakVoice
from speech.errors import EngineBusy, EngineFailed
from speech.telephone_band import over_telephone
from speech.trust import read_trust
from speech.voice_identity import voice_identity
from speech.worker import SILENT, Message, read_message
from speech.worker_group import WorkerGroup

PROVEN_S = 8.0
"""An engine that has just answered a caller need not be examined."""
KNOWN_WORD = "oui"
EXPECTED = "yes_no"
SHORTEST_WORD = RATE_HZ // 10
"""A voice may say it a little longer or shorter each time."""


class Refused(Exception):
    """Who asked has not the right to."""


class EngineReplica:
    """`load` it, `ask` it, `examine` it now and then, `aclose` it."""

    def __init__(self, secret: str | None) -> None:
        """`secret`: what who asks must have; None: nothing."""
        self._secret = secret
        self._group: WorkerGroup | None = None
        self._who: dict[str, Any] = {}
        self._hears = False
        self._in_hand = 0
        self._proven = 0.0
        self._known: Message | None = None
        self._expected = ""

    async def load(self, config: dict[str, Any]) -> None:
        """The engine of `engine_config`, in place of another one. Raises UnusableModel."""
        engine = config["engine"]
        self._hears = config["hears"]
        group = WorkerGroup(
            engine,
            workers=1,
            queue_size=config["queue_size"],
            timeout_s=config["timeout_s"],
            wait_s=config["wait_s"],
            at_once=config["at_once"],
        )
        await group.start()
        former, self._group = self._group, group
        if former is not None:
            await former.aclose()
        self._who = {"ready": group.name, **await asyncio.to_thread(_about, engine, self._hears)}
        self._known = await asyncio.to_thread(_known_work, self._hears, engine)
        self._expected = await self._do_known_work(group, self._known)

    async def ask(self, body: bytes, priority: str, authorization: str) -> bytes:
        """The answer to a message of `speech.cluster_group`. Raises Refused."""
        if self._secret is not None and not hmac.compare_digest(
            authorization.encode(), f"Bearer {self._secret}".encode()
        ):
            raise Refused
        request = read_message(io.BytesIO(body))
        if request is None or not priority.isdecimal() or int(priority) not in list(Priority):
            return Message({"failed": "cette demande ne se lit pas"}, SILENT).to_bytes()
        return (await self._answer(request, Priority(int(priority)))).to_bytes()

    async def examine(self) -> None:
        """Raises EngineFailed unless a known sound is heard, or a known word said, as on the first day."""
        if time.monotonic() - self._proven < PROVEN_S:
            return
        if self._group is None or self._known is None:
            raise EngineFailed("le moteur n'est pas chargé")
        try:
            found = await self._do_known_work(self._group, self._known)
        except EngineBusy:
            return  # it works for callers
        if found != self._expected:
            raise EngineFailed(f"le moteur ne répond plus comme au départ : « {found} »")

    async def aclose(self) -> None:
        """Ends the worker."""
        if self._group is not None:
            await self._group.aclose()

    async def _answer(self, request: Message, priority: Priority) -> Message:
        if "who" in request.values:
            return Message(self._who, SILENT)
        if self._group is None:
            return Message({"busy": "le moteur se charge"}, SILENT)
        if self._hears and priority is Priority.INTERIM and self._in_hand:
            return Message({"busy": "aucun moteur n'est libre pour une première lecture"}, SILENT)
        self._in_hand += 1
        try:
            answer = await self._group.ask(request, priority)
        except EngineBusy as error:
            return Message({"busy": str(error)}, SILENT)
        except EngineFailed as error:
            return Message({"failed": str(error)}, SILENT)
        finally:
            self._in_hand -= 1
        self._proven = time.monotonic()
        return answer

    async def _do_known_work(self, group: WorkerGroup, work: Message) -> str:
        answer = await group.ask(work, Priority.INTERIM)
        return str(answer.values["text"]) if self._hears else str(len(answer.samples) >= SHORTEST_WORD)


def engine_config(
    engine: dict[str, Any], *, hears: bool, queue_size: int, timeout_s: float, wait_s: float, at_once: int = 1
) -> dict[str, Any]:
    """What `EngineReplica.load` is told, in JSON's own types. `engine` is what a worker loads, `at_once` how
    much of what waits it may be given in one go."""
    return {
        "engine": engine,
        "hears": hears,
        "queue_size": queue_size,
        "timeout_s": timeout_s,
        "wait_s": wait_s,
        "at_once": at_once,
    }


def _about(engine: dict[str, Any], hears: bool) -> dict[str, Any]:
    """What its clients must know of an engine that is not on their machine. Raises UnusableModel."""
    if not hears:
        return {"voice": voice_identity(engine)}
    table = read_trust(Path(engine.get("writer") or engine.get("whisper") or engine["builtin"]))
    return {"measured": {kind: asdict(one) for kind, one in table.measured.items()}}


def _known_work(hears: bool, engine: dict[str, Any]) -> Message:
    if not hears:
        return Message({"text": KNOWN_WORD, "speed": 1.0}, SILENT)
    asked: dict[str, Any] = {"expects": EXPECTED, "choices": []}
    if "builtin" in engine:
        phrases, keywords = tuple(engine["phrases"]), tuple(engine["keywords"])
        digest = Awaited(phrases, keywords).digest
        asked |= {"awaited": digest, "phrases": phrases, "keywords": keywords}
    return Message(asked, _known_sound())


def _known_sound() -> Samples:
    said: Samples = Espeak(EspeakVoice()).synthesise(KNOWN_WORD, 1.0)
    return over_telephone(said)
