"""The code with which an announcement is put in place by telephone: kept as a digest, few tries."""

import hashlib
import hmac
import secrets
from datetime import datetime, timedelta
from pathlib import Path

from prompts.versions_errors import VersionsError
from prompts.versions_files import locked, read_json, write_json

LEAST_DIGITS, MOST_DIGITS = 6, 12
TRIES = 5
WINDOW = timedelta(minutes=30)
_FILE = "code.json"


class UnusableCode(VersionsError):
    """It cannot be the code; the message says why."""


def set_code(root: Path, code: str) -> None:
    """From now on this is the code; empty: none, and nobody announces by telephone. Raises UnusableCode."""
    with locked(root):
        if not code:
            (root / _FILE).unlink(missing_ok=True)
            return
        if not (code.isascii() and code.isdecimal() and LEAST_DIGITS <= len(code) <= MOST_DIGITS):
            raise UnusableCode(f"Le code : de {LEAST_DIGITS} à {MOST_DIGITS} chiffres.")
        if len(set(code)) < 3 or code in "01234567890" or code in "09876543210":
            raise UnusableCode("Ce code se devine trop bien : choisissez-en un autre.")
        salt = secrets.token_bytes(16)
        write_json(root / _FILE, {"salt": salt.hex(), "digest": _digest(code, salt), "tries": []})


def has_code(root: Path) -> bool:
    return (root / _FILE).exists()


def is_code(root: Path, code: str, now: datetime) -> bool:
    """Whether this is the code. Wrong tries count over all calls: after a few nobody is right for a while."""
    with locked(root):
        known = read_json(root / _FILE)
        if known is None:
            return False
        tries = [each for each in known["tries"] if datetime.fromisoformat(each) > now - WINDOW]
        right = hmac.compare_digest(_digest(code, bytes.fromhex(known["salt"])), known["digest"])
        allowed = len(tries) < TRIES
        write_json(
            root / _FILE, {**known, "tries": tries if right and allowed else [*tries, now.isoformat()]}
        )
        return right and allowed


def _digest(code: str, salt: bytes) -> str:
    return hashlib.scrypt(code.encode(), salt=salt, n=2**14, r=8, p=1).hex()
