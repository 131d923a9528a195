"""Where messages go out: one apprise URL per channel, from the environment or from a file it names."""

from collections.abc import Mapping
from pathlib import Path

from callbacks.channels import Channel
from standardiste.errors import Unusable

VARIABLES: dict[Channel, str] = {
    "sms": "STANDARDISTE_MESSAGES_SMS",
    "email": "STANDARDISTE_MESSAGES_EMAIL",
    "clerks": "STANDARDISTE_MESSAGES_CLERKS",
}

ANSWERS_SECRET = "STANDARDISTE_MESSAGES_ANSWERS_SECRET"


def read_message_urls(environ: Mapping[str, str]) -> dict[Channel, str]:
    """The channels that are configured; they hold passwords. Raises Unusable, naming the variable."""
    urls: dict[Channel, str] = {}
    for channel, name in VARIABLES.items():
        url = from_file(environ, name) or environ.get(name)
        if url:
            urls[channel] = url.strip()
    return urls


def read_answers_secret(environ: Mapping[str, str]) -> str | None:
    """What the provider proves itself with when it hands over the SMS that people answer. Raises Unusable."""
    return from_file(environ, ANSWERS_SECRET) or environ.get(ANSWERS_SECRET) or None


def from_file(environ: Mapping[str, str], name: str) -> str | None:
    file = environ.get(f"{name}_FILE")
    if not file:
        return None
    try:
        return Path(file).expanduser().read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise Unusable(f"{name}_FILE : « {file} » ne se lit pas.") from error
