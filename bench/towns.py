"""`standardiste bench towns`: what each town more costs a platform that nobody calls, or apart.

Memory of the main process and its share of a core at rest, with so many towns of different contents in it;
beside it `standardiste serve` with one town, which is what each would take apart.
"""

import asyncio
import shutil
import tempfile
import time
from datetime import datetime
from pathlib import Path
from typing import Any

import psutil

from bench.report import keep
from dialog.kept import keep_towns
from dialog.understanding import understand
from prompts.load import DEMO_TOWN, load_town
from tests.support.serve_process import serve_process
from tests.support.towns import platform_process

TOWNS, QUICK_TOWNS = (1, 10, 40), (1, 3)
REST_S, QUICK_REST_S = 30.0, 2.0
QUIET_CORES, QUIET_FOR = 0.2, 3
"""Below this, so many seconds in a row, what is spoken ahead at the start is done."""
SETTLED_WITHIN_S = 300.0
UNDERSTOOD = 30
ASKED, NOW = "je voudrais un rendez-vous pour un passeport mardi", datetime(2026, 11, 24, 10)


def run(*, quick: bool) -> dict[str, Any]:
    """Measures and keeps the report."""
    sizes, rest_s = (QUICK_TOWNS, QUICK_REST_S) if quick else (TOWNS, REST_S)
    called_mib = _understood(UNDERSTOOD)  # before anything else fills this process
    return keep("towns", asyncio.run(measure(sizes, rest_s)) | {"mib_more_once_called": called_mib})


async def measure(sizes: tuple[int, ...], rest_s: float) -> dict[str, Any]:
    """One row for each number of towns, and what each town more takes between the first and the last."""
    rows = [await _with_towns(size, rest_s) for size in sizes]
    first, last = rows[0], rows[-1]
    more = last["towns"] - first["towns"]
    return {
        "platform": rows,
        "alone": await _alone(rest_s),
        "mib_of_each_town": round((last["rss_mib"] - first["rss_mib"]) / more, 1),
        "cores_of_each_town": round((last["cores_at_rest"] - first["cores_at_rest"]) / more, 5),
        "note": "keypad only: engines that hear and speak are processes of their own, shared by all towns",
    }


async def _with_towns(n_towns: int, rest_s: float) -> dict[str, Any]:
    folder = Path(tempfile.mkdtemp(prefix="standardiste-towns-"))
    try:
        for number in range(n_towns):
            _write_town(folder / "villes", number)
        began = time.monotonic()
        async with platform_process(folder / "villes", folder / "data") as platform:
            await platform.until_served(n_towns, 60.0 + 10.0 * n_towns)
            served_s = time.monotonic() - began
            rest = await _at_rest(platform.pid, rest_s)
            files = psutil.Process(platform.pid).num_fds()
            return {"towns": n_towns, "served_after_s": round(served_s, 1), **rest, "open_files": files}
    finally:
        shutil.rmtree(folder)


async def _alone(rest_s: float) -> dict[str, Any]:
    folder = Path(tempfile.mkdtemp(prefix="standardiste-towns-"))
    environment = {
        "STANDARDISTE_DATA": str(folder),
        "STANDARDISTE_DATABASE": f"sqlite:///{folder / 'standardiste.db'}",
        "STANDARDISTE_EARS": "none",
        "STANDARDISTE_MODELS": "",
        "STANDARDISTE_WITNESS_MINUTES": "0",
    }
    try:
        async with serve_process(environment=environment) as agent:
            await agent.until_ready()
            return await _at_rest(agent.pid, rest_s)
    finally:
        shutil.rmtree(folder)


def _understood(n_towns: int) -> float:
    """What each town takes more once a caller was understood there: kept until the platform ends."""
    folder, process = Path(tempfile.mkdtemp(prefix="standardiste-towns-")), psutil.Process()
    try:
        for number in range(n_towns + 1):
            _write_town(folder, number)
        first, *towns = [load_town(folder / f"ville-{number}" / "contenu") for number in range(n_towns + 1)]
        keep_towns(n_towns)
        understand(ASKED, NOW, first.tz, None, first)  # what they have in common is counted once, elsewhere
        before = process.memory_info().rss
        for town in towns:
            understand(ASKED, NOW, town.tz, None, town)
        more_bytes: int = process.memory_info().rss - before
        return round(more_bytes / n_towns / 2**20, 1)
    finally:
        shutil.rmtree(folder)


def _write_town(folder: Path, number: int) -> None:
    """The demo town under another name: a content of its own, read and kept apart."""
    own = folder / f"ville-{number}"
    shutil.copytree(DEMO_TOWN, own / "contenu")
    commune = own / "contenu" / "commune.yaml"
    text = commune.read_text(encoding="utf-8").replace("Sainte-Aurore", f"Sainte-Aurore-{number}")
    commune.write_text(text, encoding="utf-8")
    (own / "reglages.env").write_text(
        f"STANDARDISTE_PUBLIC_URL=http://ville-{number}.example\nSTANDARDISTE_NUMBERS=02990{number:05d}\n",
        encoding="utf-8",
    )


async def _at_rest(pid: int, rest_s: float) -> dict[str, float]:
    """Memory, and the share of a core, once what is done at the start is over."""
    process, quiet = psutil.Process(pid), 0
    processes = [process, *process.children()]
    deadline = time.monotonic() + SETTLED_WITHIN_S
    while quiet < QUIET_FOR and time.monotonic() < deadline:
        quiet = quiet + 1 if await _cores(processes, 1.0) < QUIET_CORES else 0
    return {
        "cores_at_rest": round(await _cores([process], rest_s), 4),
        "rss_mib": round(process.memory_info().rss / 2**20, 1),
    }


async def _cores(processes: list[psutil.Process], lasting_s: float) -> float:
    def used() -> float:
        return sum(sum(process.cpu_times()[:2]) for process in processes)

    before, began = used(), time.monotonic()
    await asyncio.sleep(lasting_s)
    return (used() - before) / (time.monotonic() - began)
