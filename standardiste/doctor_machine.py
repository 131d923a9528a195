"""Of the doctor: Python, its libraries, the machine, its clock, and the program's own files."""

import ctypes
import importlib
import os
import re
import shutil
import sys
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from packaging.requirements import Requirement

import callbacks.pages
import prompts.pages
import standardiste.web
from standardiste.doctor import Finding, Patient, bad, doubtful, good

OLDEST_PYTHON, NEWEST_PYTHON = (3, 11), (3, 13)
NATIVE = ("onnxruntime", "av", "soundfile", "soxr", "webrtcvad", "espeakng_loader", "sqlite3", "ssl")
"""Libraries whose binary part may be missing or made for another machine."""
LEAST_FREE_MB, GOOD_FREE_MB = 200, 2000
LEAST_MEMORY_MB = 1500
WRITTEN = datetime(2026, 1, 1, tzinfo=UTC)
"""No clock is right that is before this program."""
REINSTALL = "Réinstaller : make setup (ou pip install standardiste)."
_TIME_ERROR = 5
"""adjtimex(2): the clock is not synchronised."""
_ASSET = re.compile(r'(?:src|href)="(/[^"{?#]+\.(?:css|js|svg|png|ico))')


async def check_python(_patient: Patient) -> list[Finding]:
    return [python_finding(sys.version_info[:2], sys.maxsize > 2**32)]


def python_finding(found: tuple[int, int], is_64_bit: bool) -> Finding:
    told = f"{found[0]}.{found[1]}, {'64' if is_64_bit else '32'} bits"
    if not is_64_bit or not OLDEST_PYTHON <= found <= NEWEST_PYTHON:
        return bad("Python", told, "Il faut Python 3.11, 3.12 ou 3.13 en 64 bits.")
    return good("Python", told)


async def check_libraries(_patient: Patient) -> list[Finding]:
    return [libraries_finding(requires("standardiste") or (), NATIVE)]


def libraries_finding(required: Iterable[str], native: Iterable[str]) -> Finding:
    """`required`: requirements (PEP 508) without those of extras; `native`: modules that must load."""
    wrong = [*_wrong_versions(required), *_unloadable(native)]
    if wrong:
        return bad("Bibliothèques", " ; ".join(wrong), REINSTALL)
    return good("Bibliothèques", "toutes là, aux bonnes versions")


def _wrong_versions(required: Iterable[str]) -> Iterator[str]:
    for requirement in map(Requirement, required):
        if requirement.marker is not None and not requirement.marker.evaluate({"extra": ""}):
            continue
        try:
            found = version(requirement.name)
        except PackageNotFoundError:
            yield f"{requirement.name} manque"
            continue
        if not requirement.specifier.contains(found, prereleases=True):
            yield f"{requirement.name} {found} au lieu de {requirement.specifier}"


def _unloadable(native: Iterable[str]) -> Iterator[str]:
    for name in native:
        try:
            importlib.import_module(name)
        except (ImportError, OSError) as error:
            yield f"{name} ne se charge pas ({error})"


async def check_machine(patient: Patient) -> list[Finding]:
    memory_mb = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") >> 20
    place = existing(patient.settings.data_dir)
    return [
        machine_finding(os.cpu_count() or 1, memory_mb),
        disk_finding(place, free_mb_at(place), os.access(place, os.W_OK)),
    ]


def existing(folder: Path) -> Path:
    """This folder, or where it will be made."""
    while not folder.exists():
        folder = folder.parent
    return folder


def free_mb_at(folder: Path) -> int:
    """Megabytes that may still be written there."""
    return shutil.disk_usage(existing(folder)).free >> 20


def machine_finding(cores: int, memory_mb: int) -> Finding:
    told = f"{cores} cœur{'s' if cores > 1 else ''}, {memory_mb / 1024:.1f} Gio de mémoire"
    if cores < 2 or memory_mb < LEAST_MEMORY_MB:
        return doubtful("Machine", told, "Il faut deux cœurs et 2 Gio de mémoire pour parler sans attendre.")
    return good("Machine", told)


def disk_finding(place: Path, free_mb: int, is_writable: bool) -> Finding:
    if not is_writable:
        return bad("Disque", f"« {place} » ne peut pas être écrit", f"sudo chown -R $(id -un) {place}")
    told = f"{free_mb / 1024:.1f} Gio libres dans « {place} »"
    if free_mb < LEAST_FREE_MB:
        return bad(
            "Disque",
            told,
            "Libérer de la place : les demandes des appelants ne pourraient plus être écrites.",
        )
    if free_mb < GOOD_FREE_MB:
        return doubtful("Disque", told, "Libérer de la place avant qu'elle ne manque.")
    return good("Disque", told)


async def check_clock(patient: Patient) -> list[Finding]:
    return [clock_finding(patient, is_synchronised)]


def is_synchronised() -> bool | None:
    """Whether the system keeps its clock by others; None where it cannot say."""
    try:
        state = ctypes.CDLL(None, use_errno=True).adjtimex(ctypes.create_string_buffer(512))
    except (OSError, AttributeError):
        return None
    return None if state < 0 else bool(state != _TIME_ERROR)


def clock_finding(patient: Patient, synchronised: Callable[[], bool | None]) -> Finding:
    try:
        zone = patient.town.tz if patient.town else ZoneInfo("Europe/Paris")
    except ZoneInfoNotFoundError:
        return bad("Horloge", "les fuseaux horaires manquent", REINSTALL)
    told = f"{patient.now.astimezone(zone):%d/%m/%Y %H:%M} ({zone.key})"
    if patient.now < WRITTEN:
        return bad(
            "Horloge", f"{told} : c'est dans le passé", "Mettre à l'heure : sudo timedatectl set-ntp true"
        )
    if synchronised() is False:
        return doubtful(
            "Horloge", f"{told}, mais elle n'est pas synchronisée", "sudo timedatectl set-ntp true"
        )
    return good("Horloge", told)


async def check_pages(_patient: Patient) -> list[Finding]:
    folders = {
        "/static/": Path(standardiste.web.__file__).parent,
        "/admin/static/": Path(prompts.pages.__file__).parent,
        "/guichet/": Path(callbacks.pages.__file__).parent,
    }
    return [pages_finding(folders)]


def pages_finding(folders: dict[str, Path]) -> Finding:
    """`folders`: of each room's pages, by where its `static` is served."""
    missing, assets = [], set()
    for folder in folders.values():
        templates = list((folder / "templates").rglob("*.html"))
        assets |= {found for each in templates for found in _ASSET.findall(each.read_text("utf-8"))}
        if not templates:
            missing.append(f"{folder.parent.name}/{folder.name}/templates")
    for mount, folder in folders.items():
        own = [asset for asset in sorted(assets) if asset.startswith(mount)]
        missing += [asset for asset in own if not (folder / "static" / asset.removeprefix(mount)).is_file()]
    if missing:
        return bad("Pages web", f"il manque {', '.join(missing)}", REINSTALL)
    return good("Pages web", "feuilles de style et scripts en place")
