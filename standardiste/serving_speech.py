"""`standardiste serve --role speech`: this machine hears and speaks for those that take calls."""

import asyncio
import json
import logging
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from speech.cluster_node import as_json, is_installed, node_command, node_environment, plan_of
from speech.cluster_settings import NodeSettings
from speech.models import chosen_ears, chosen_voice
from speech.settings import SpeechSettings
from standardiste.cluster_settings import check_speech_node
from standardiste.ending import Ending
from standardiste.errors import Unusable
from standardiste.service_manager import notify
from standardiste.settings import Settings

log = logging.getLogger("standardiste")

TRIES = 3
"""Ray gives itself half a minute to start, which a busy machine may not have had."""
STARTED = b"Ray runtime started"
STARTS_WITHIN_S = 240.0
ENDS_WITHIN_S = 15.0
LAST_WORDS = 3
"""Lines of what a process that did not start has said."""


class RayNotStarted(Unusable):
    """Ray's node is not there; another try may do."""


def serve_speech(settings: Settings) -> int:
    """Until it is told to end. Raises Unusable and UnusableModel."""
    if not is_installed():
        raise Unusable(
            "--role speech demande l'option « cluster » : pip install 'standardiste[cluster]' dans "
            "l'environnement du standardiste."
        )
    node = settings.speech_node
    assert node is not None
    check_speech_node(node)
    speech = SpeechSettings(model_dirs=settings.models_dirs, ears=settings.ears)
    return asyncio.run(_serve(node, speech))


async def _serve(node: NodeSettings, speech: SpeechSettings) -> int:
    # Before anything is started: a model that is not there is told at once.
    plan = as_json(plan_of(node, speech, chosen_ears(speech), chosen_voice(speech)))
    ending = Ending()
    with ending.listening():
        for last in (*[False] * (TRIES - 1), True):
            async with _ray_node(node) as ray:
                try:
                    there = await ending.unless_told(_start(node, ray, plan))
                except RayNotStarted as error:
                    if last:
                        raise
                    log.warning("%s", error)
                    continue
                if there:
                    await _until_told(node, ray, ending)
            return 0
    return 0


async def _until_told(node: NodeSettings, ray: asyncio.subprocess.Process, ending: Ending) -> None:
    """While it works for others. Raises Unusable where Ray ends by itself."""
    if node.leads:
        told = f"Le standardiste (parole) écoute : http://{node.host}:{node.port}"
    else:
        told = f"Le standardiste (parole) a rejoint {node.head}"
    print(f"{told} (Ctrl+C pour arrêter)", file=sys.stderr, flush=True)
    notify("READY=1")
    await ending.unless_told(_last(ray))
    notify("STOPPING=1")
    if ray.returncode is not None:
        raise Unusable(f"Ray s'est arrêté (code {ray.returncode}) ; son journal : /tmp/ray.")


@asynccontextmanager
async def _ray_node(node: NodeSettings) -> AsyncIterator[asyncio.subprocess.Process]:
    """Its processes end with it."""
    ray = await asyncio.create_subprocess_exec(
        *node_command(node),
        env={**os.environ, **node_environment(node)},
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        start_new_session=True,
    )
    try:
        yield ray
    finally:
        if ray.returncode is None:
            ray.terminate()
            try:
                async with asyncio.timeout(ENDS_WITHIN_S):
                    await _last(ray)
            except TimeoutError:
                ray.kill()
                await ray.wait()
        with suppress(ProcessLookupError):
            os.killpg(ray.pid, signal.SIGKILL)  # what a node that did not start has left behind


async def _start(node: NodeSettings, ray: asyncio.subprocess.Process, plan: str) -> bool:
    """True once this machine is one of the cluster and, where it leads, every engine is loaded.

    Raises RayNotStarted and Unusable, with what was wrong.
    """
    said: list[bytes] = []
    assert ray.stdout is not None
    try:
        async with asyncio.timeout(STARTS_WITHIN_S):
            while line := await ray.stdout.readline():
                said = [*said, line][-LAST_WORDS:]
                if STARTED in line:
                    break
            else:
                raise RayNotStarted(f"Ray n'a pas démarré : {_told(said)}")
            log.info("Ray is there")
            if node.leads:
                await _put_in_place(node, plan)
    except TimeoutError as error:
        raise Unusable(f"Ray n'a pas démarré en {STARTS_WITHIN_S:.0f} s : {_told(said)}") from error
    return True


async def _put_in_place(node: NodeSettings, plan: str) -> None:
    placing = await asyncio.create_subprocess_exec(
        *(sys.executable, "-P", "-m", "speech.cluster_node"),
        env={**os.environ, **node_environment(node)},
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        answer, _ = await placing.communicate(plan.encode())
    finally:
        if placing.returncode is None:
            placing.kill()
            await placing.wait()
    told = json.loads(answer or b"{}")
    if "ready" not in told:
        raise Unusable(f"Les moteurs ne se mettent pas en place : {told.get('unusable', 'voir le journal')}")


async def _last(ray: asyncio.subprocess.Process) -> None:
    """Until it ends; what it says meanwhile is not ours to keep."""
    assert ray.stdout is not None
    while await ray.stdout.read(1 << 16):
        pass
    await ray.wait()


def _told(lines: list[bytes]) -> str:
    return (
        " / ".join(line.decode("utf-8", "replace").strip() for line in lines if line.strip()) or "sans un mot"
    )
