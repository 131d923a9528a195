"""The towns of a platform: a folder each, with a settings file of its own, and what is theirs alone.

A town's file says what a town of its own says in its environment. What is the machine's (Asterisk, the
models, the share of the processor) is the platform's: a town's file may not have it.
"""

import re
from argparse import Namespace
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import urlsplit

from callbacks.database import async_url, schema_of
from callbacks.errors import UnusableDatabase
from standardiste.errors import Unusable
from standardiste.settings import Settings, read_settings
from telephony.ari.caller_id import e164

FILE = "reglages.env"
NUMBERS = "STANDARDISTE_NUMBERS"
POST = "STANDARDISTE_POST"
POST_FROM = "STANDARDISTE_POST_FROM"
POST_PASSWORD_FILE = "STANDARDISTE_POST_PASSWORD_FILE"
OF_THE_PLATFORM = frozenset(
    f"STANDARDISTE_{name}"
    for name in (
        "ARI_URL", "ARI_USER", "ARI_PASSWORD", "ARI_PASSWORD_FILE", "ARI_PRIVATE_NETWORK", "MODELS", "EARS",
        "OVERLOAD", "CPU_SHARE", "WAIT_MS", "ANSWER_MS", "DRAIN_S", "LOG_LEVEL", "LOG_JSON", "TRACES_URL",
        "WITNESS_MINUTES",
    )
)  # fmt: skip
NOBODYS = frozenset({"STANDARDISTE_HOST", "STANDARDISTE_PORT", "STANDARDISTE_ARI_APP"})
"""The platform opens one door for all, and names each town in Asterisk by itself."""
OWN_PATHS = frozenset(
    {"STANDARDISTE_COMMUNE", "STANDARDISTE_DATA", "STANDARDISTE_VOICEMAIL", POST_PASSWORD_FILE}
)
"""Beside every `…_FILE`, paths that may be written from the town's folder on."""
VOICEMAIL = "/var/spool/asterisk/voicemail"
KEPT_CONNECTIONS = 2
"""To each town's database: the one that leads (`standardiste.leading`), and one while nobody calls."""
_NAME = re.compile(r"[a-z][a-z0-9-]{0,30}")
_LINE = re.compile(r"\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)=(.*)")
_HOST = re.compile(r"[a-z0-9](?:[a-z0-9.-]{0,250}[a-z0-9])?")


@dataclass(frozen=True)
class Post:
    """The town hall's own telephone."""

    address: str
    """SIP, such as sip:accueil@192.0.2.20."""
    calls_from: str | None = None
    """Address or network; None: its own address."""
    password: str | None = field(default=None, repr=False)


@dataclass(frozen=True)
class TownPlace:
    """One town, as its folder says."""

    name: str
    """Of the folder: a-z, 0-9 and hyphens."""
    folder: Path
    settings: Settings
    host: str
    """Of its pages."""
    numbers: tuple[str, ...]
    """That lead to it, E.164."""
    post: Post | None = None

    @property
    def ways_to_dial(self) -> frozenset[str]:
        """Its numbers, in each form in which operators deliver them."""
        return frozenset(form for number in self.numbers for form in forms_of(number))


def forms_of(number: str) -> tuple[str, ...]:
    """« +596596500000 », « 596596500000 », « 00596596500000 » and « 0596500000 » of an E.164 number."""
    digits = number.removeprefix("+")
    national = next((digits[len(code) :] for code in ("33", "262", "590", "594", "596")
                     if digits.startswith(code) and len(digits) == len(code) + 9), None)  # fmt: skip
    return (number, digits, f"00{digits}", *(() if national is None else (f"0{national}",)))


@dataclass(frozen=True)
class Found:
    """The towns in a platform's folder."""

    places: tuple[TownPlace, ...]
    wrong: Mapping[str, str]
    """Why a town cannot be served, by the name of its folder."""


def read_places(folder: Path, environ: Mapping[str, str], models_dirs: tuple[Path, ...]) -> Found:
    """The towns of this folder. Raises Unusable where it holds none."""
    folders = sorted(file.parent for file in folder.glob(f"*/{FILE}"))
    if not folders:
        raise Unusable(f"« {folder} » ne contient aucune commune : un dossier par commune, avec {FILE}.")
    places, wrong = [], {}
    for one in folders:
        try:
            places.append(read_place(one, environ, models_dirs))
        except (Unusable, UnusableDatabase) as error:
            wrong[one.name] = str(error)
    return Found(tuple(places), wrong)


def own_settings(folder: Path) -> dict[str, str]:
    """What the town's file says, as systemd reads such a file (systemd.exec(5), EnvironmentFile).

    Raises Unusable, naming the line or the variable.
    """
    file = folder / FILE
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise Unusable(f"« {file} » ne se lit pas.") from error
    found: dict[str, str] = {}
    for number, line in enumerate(lines, 1):
        if not line.strip() or line.lstrip()[0] in "#;":
            continue
        said = _LINE.fullmatch(line)
        if said is None:
            raise Unusable(f"{file}, ligne {number} : attendu NOM=valeur.")
        name, value = said[1], said[2].strip()
        if len(value) > 1 and value[0] == value[-1] and value[0] in "'\"":
            value = value[1:-1]
        if is_platforms(name) or name in NOBODYS or not name.startswith("STANDARDISTE_"):
            raise Unusable(f"{file}, ligne {number} : {name} se règle pour toute la plateforme, pas ici.")
        is_path = name in OWN_PATHS or name.endswith("_FILE")
        found[name] = str(folder / value) if is_path and value else value
    return found


def is_platforms(name: str) -> bool:
    """Whether this is set once, for all towns: what is the machine's, or the machines' that speak for it."""
    return name in OF_THE_PLATFORM or name.startswith("STANDARDISTE_SPEECH")


def town_environ(folder: Path, environ: Mapping[str, str]) -> dict[str, str]:
    """What a verb that works for this town alone finds in its environment. Raises Unusable."""
    name = folder.name
    if not _NAME.fullmatch(name):
        raise Unusable(
            f"« {name} » : le dossier d'une commune se nomme en minuscules sans accent, chiffres et tirets."
        )
    usual = {
        "STANDARDISTE_COMMUNE": str(folder / "contenu"),
        "STANDARDISTE_DATA": str(folder / "donnees"),
        "STANDARDISTE_VOICEMAIL": f"{VOICEMAIL}/{name}.mairie/101",
    }
    shared = {key: value for key, value in environ.items() if is_platforms(key)}
    return usual | shared | own_settings(folder) | {"STANDARDISTE_ARI_APP": f"{name}.accueil"}


def read_place(folder: Path, environ: Mapping[str, str], models_dirs: tuple[Path, ...]) -> TownPlace:
    """The town of this folder. Raises Unusable and UnusableDatabase, naming what is wrong."""
    folder = folder.absolute()
    own = town_environ(folder, environ)
    settings = read_settings(own, Namespace())
    database_key(settings.database_url)
    ari = settings.ari and replace(settings.ari, town=f"{folder.name}.")
    settings = replace(settings, ari=ari, models_dirs=models_dirs, kept_connections=KEPT_CONNECTIONS)
    host, numbers = _host(settings.public_url), _numbers(own.get(NUMBERS, ""))
    return TownPlace(folder.name, folder, settings, host, numbers, _post(own))


def _host(public_url: str | None) -> str:
    try:
        host = (urlsplit(public_url or "").hostname or "").lower()
    except ValueError:
        host = ""
    if not _HOST.fullmatch(host):
        raise Unusable(
            "STANDARDISTE_PUBLIC_URL est nécessaire : c'est le nom de ses pages, https://NOM.example."
        )
    return host


def _numbers(text: str) -> tuple[str, ...]:
    found = []
    for written in re.split(r"[,;\s]+", text.strip()) if text.strip() else ():
        number = e164(written)
        if number is None:
            raise Unusable(f"{NUMBERS} : « {written} » n'est pas un numéro (0596500000, +596596500000).")
        found.append(number)
    return tuple(found)


def _post(own: Mapping[str, str]) -> Post | None:
    address = own.get(POST)
    if not address:
        return None
    if not re.fullmatch(r"sips?:[A-Za-z0-9._+-]{1,60}@[A-Za-z0-9.-]{1,120}(:\d{1,5})?", address):
        raise Unusable(f"{POST} vaut « {address} » ; attendu : sip:POSTE@ADRESSE.")
    calls_from = own.get(POST_FROM)
    if calls_from and not re.fullmatch(r"[0-9a-fA-F.:]{2,45}(/\d{1,3})?", calls_from):
        raise Unusable(f"{POST_FROM} vaut « {calls_from} » ; attendu : une adresse ou un réseau.")
    password = None
    if file := own.get(POST_PASSWORD_FILE):
        try:
            password = Path(file).read_text(encoding="utf-8").split("\n", 1)[0].strip()
        except (OSError, UnicodeDecodeError) as error:
            raise Unusable(f"{POST_PASSWORD_FILE} : « {file} » ne se lit pas.") from error
        if not re.fullmatch(r"[A-Za-z0-9._:@/+=%*!?~^-]{8,100}", password):
            raise Unusable(f"{POST_PASSWORD_FILE} : au moins huit lettres sans accent et chiffres.")
    return Post(address, calls_from or None, password)


# ---- what must be apart


def shared_between(places: Sequence[TownPlace]) -> Mapping[str, tuple[str, ...]]:
    """What each town shares with another though it must be its own, in sentences; nothing for most."""
    holders: dict[tuple[str, str], list[str]] = {}
    for place in places:
        for thing in _own_things(place):
            holders.setdefault(thing, []).append(place.name)
    told: dict[str, list[str]] = {}
    for (what, _), names in holders.items():
        for name in names:
            if others := [other for other in names if other != name]:
                told.setdefault(name, []).append(f"{what} est aussi à {', '.join(others)}")
    for place in places:
        for other in places:
            if other is not place and _holds(place.settings.data_dir, other.settings.data_dir):
                both = f"le dossier {place.settings.data_dir} contient celui de {other.name}"
                told.setdefault(place.name, []).append(both)
                told.setdefault(other.name, []).append(both)
    return {name: tuple(sentences) for name, sentences in told.items()}


def _own_things(place: TownPlace) -> frozenset[tuple[str, str]]:
    """How each is told, and what it is: a secret is told by what it opens."""
    settings = place.settings
    shown = (
        f"le nom {place.host}",
        f"le dossier {settings.data_dir.resolve()}",
        f"la base {database_key(settings.database_url)}",
        f"la messagerie {settings.voicemail.resolve()}",
        *(f"le numéro {number}" for number in place.numbers),
        *(() if settings.commune_dir is None else (f"le contenu {settings.commune_dir.resolve()}",)),
        *(() if (key := settings.recordings_key) is None else (f"la clé des appels {key.resolve()}",)),
    )
    secrets = {
        "le secret des réponses aux SMS": settings.answers_secret,
        "le secret de France Titres": settings.outside.hub,
        "le secret de RDV-Service-Public": settings.outside.rdvsp_secret,
    }
    hidden = ((told, secret) for told, secret in secrets.items() if secret)
    return frozenset([*((told, "") for told in shown), *hidden])


def database_key(url: str) -> str:
    """Which database this address leads to, without its password. Raises UnusableDatabase."""
    parsed = async_url(url)
    schema = schema_of(parsed)
    if parsed.get_backend_name() == "sqlite":
        return str(Path(parsed.database or ":memory:").resolve())
    host = parsed.host or parsed.query.get("host") or ""
    return f"{host}:{parsed.port or 5432}/{parsed.database} {schema or 'public'}"


def _holds(folder: Path, other: Path) -> bool:
    return folder.resolve() in other.resolve().parents
