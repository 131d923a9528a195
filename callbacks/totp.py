"""The second factor: codes of six digits from the clerk's own telephone (RFC 6238)."""

import hmac
from datetime import datetime

import pyotp
import segno

PERIOD_S = 30
DRIFT = 1
"""Codes just before and after are taken too: telephones' clocks differ (RFC 6238 §5.2)."""


def new_secret() -> str:
    return pyotp.random_base32()


def enrolment_link(secret: str, login: str, town: str) -> str:
    """What an authenticator reads, as a link or a QR code."""
    return pyotp.TOTP(secret, interval=PERIOD_S).provisioning_uri(name=login, issuer_name=f"Mairie de {town}")


def drawn(link: str) -> str:
    """The link as a QR code, in SVG without scripts or styles: dark on white, whatever the page's colours."""
    return segno.make(link, error="m", micro=False).svg_inline(
        scale=4, border=4, dark="#000", light="#fff", omitsize=True, svgclass=None, lineclass=None
    )


def step_of(secret: str, code: str, now: datetime) -> int | None:
    """Which step of time this code is of, None for a wrong one. A step must be taken once only."""
    given = "".join(char for char in code if char in "0123456789")
    present = int(now.timestamp()) // PERIOD_S
    generator = pyotp.TOTP(secret, interval=PERIOD_S)
    for step in range(present - DRIFT, present + DRIFT + 1):
        if hmac.compare_digest(generator.generate_otp(step), given):
            return step
    return None


def is_secret(text: str) -> bool:
    """Whether this is one of `new_secret`'s."""
    return len(text) == len(new_secret()) and set(text) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")
