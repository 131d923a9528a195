"""How the product is watched: where its traces go, and the call that it makes to itself."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from standardiste.errors import Unusable

TRACES = "STANDARDISTE_TRACES_URL"
MINUTES = "STANDARDISTE_WITNESS_MINUTES"
QUESTION = "STANDARDISTE_WITNESS_QUESTION"
ALARMS = "STANDARDISTE_ALARMS"
DEFAULT_MINUTES = 5.0
DEFAULT_QUESTION = "À quelle heure ouvre la mairie demain ?"


@dataclass(frozen=True)
class WitnessSettings:
    every_min: float = DEFAULT_MINUTES
    """0: never."""
    question: str = DEFAULT_QUESTION
    address: str | None = None
    """Who is written to when it fails; None: the clerks of the reception."""
    first_min: float | None = None
    """Before the first one; None: one whole interval."""


def read_traces_url(environ: Mapping[str, str]) -> str | None:
    """The collector's address for traces, whole. Raises Unusable."""
    url = environ.get(TRACES)
    if not url:
        return None
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise Unusable(f"{TRACES} vaut « {url} » ; attendu : http://COLLECTEUR:4318.")
    return url if parts.path.strip("/") else f"{url.rstrip('/')}/v1/traces"


def read_witness(environ: Mapping[str, str]) -> WitnessSettings:
    """Raises Unusable, naming the variable."""
    minutes = environ.get(MINUTES) or f"{DEFAULT_MINUTES:g}"
    if not re.fullmatch(r"\d{1,4}(\.\d{1,3})?", minutes, re.ASCII):
        raise Unusable(f"{MINUTES} vaut « {minutes} » ; attendu : un nombre de minutes, 0 pour jamais.")
    address = environ.get(ALARMS) or None
    if address is not None and not re.fullmatch(r"[^@\s,]+@[^@\s,]+", address):
        raise Unusable(f"{ALARMS} vaut « {address} » ; attendu : une adresse électronique.")
    return WitnessSettings(float(minutes), environ.get(QUESTION) or DEFAULT_QUESTION, address)


def password_in(url: str) -> str | None:
    """The password that an address holds before its host."""
    try:
        found = urlsplit(url).password
    except ValueError:
        return None
    return unquote(found) if found else None
