"""Sending one message, by whatever service the town uses: a port, and apprise behind it."""

import asyncio
import hashlib
import logging
import warnings
from collections.abc import Mapping, Sequence
from typing import Protocol
from urllib.parse import quote

import apprise

from callbacks.channels import Channel
from callbacks.errors import RecordsError
from callbacks.messages.wording import Written

RECIPIENT = "{destinataire}"
SEND_S = 60.0
"""Longer than any service takes; what is not sent by then counts as not sent."""
KEY_HEADER = "X-Standardiste-Message"
"""In every e-mail, the same for the same message: one that came twice can be told."""


class NotSent(RecordsError):
    """The service did not take the message, or did not answer: it may be tried again."""


class UnusableAddress(RecordsError):
    """This is not the address of a service that sends messages; the message says why, in French."""


class Sender(Protocol):
    def carries(self, channel: Channel) -> bool:
        """Whether there is a service for this channel."""

    async def send(self, channel: Channel, to: Sequence[str], written: Written, key: str) -> None:
        """Returns once the service has taken the message for all of these. Raises NotSent."""


class AppriseSender:
    """One apprise URL per channel; `{destinataire}` in it stands for whom the message is for."""

    def __init__(self, urls: Mapping[Channel, str]) -> None:
        """Raises UnusableAddress."""
        for channel, url in urls.items():
            if channel != "clerks" and RECIPIENT not in url:
                raise UnusableAddress(f"l'adresse d'envoi ({channel}) ne dit pas où mettre « {RECIPIENT} »")
            sample = "nom@commune.fr" if channel != "sms" else "+33600000000"
            with warnings.catch_warnings():
                # The first use loads all that apprise knows, one of them by an old module of Python.
                warnings.simplefilter("ignore", DeprecationWarning)
                is_known = apprise.Apprise().add(_filled(url, [sample]))
            if not is_known:
                raise UnusableAddress(f"l'adresse d'envoi ({channel}) n'est pas de celles qu'apprise connaît")
        self._urls = dict(urls)
        # Its lines may hold numbers and addresses of people; what matters is logged by the delivery.
        logging.getLogger("apprise").setLevel(logging.CRITICAL)

    def carries(self, channel: Channel) -> bool:
        """Clerks are written to by e-mail where they have no channel of their own."""
        return channel in self._urls or (channel == "clerks" and "email" in self._urls)

    async def send(self, channel: Channel, to: Sequence[str], written: Written, key: str) -> None:
        """Raises NotSent."""
        url = self._urls.get(channel) or self._urls["email"]
        service = apprise.Apprise()
        added = service.add(_with_key(_filled(url, to), key))
        if not added:
            raise NotSent("l'adresse du destinataire n'est pas juste")
        body = written.text
        title = "" if channel == "sms" else written.subject
        sending = asyncio.to_thread(
            service.notify, body, title, body_format=apprise.NotifyFormat.TEXT, timeout=SEND_S
        )
        if not await sending:
            raise NotSent("le service d'envoi n'a pas pris le message")


def _filled(url: str, to: Sequence[str]) -> str:
    """Numbers in digits alone: apprise's services want them so, and a « + » in a URL is a space to some."""
    return url.replace(RECIPIENT, ",".join(quote(one.removeprefix("+"), safe="@") for one in to))


def _with_key(url: str, key: str) -> str:
    """Only e-mail has headers. The key itself names a record: its digest says as much to who has it."""
    if not url.startswith(("mailto:", "mailtos:")):
        return url
    digest = hashlib.sha256(key.encode()).hexdigest()[:32]
    return f"{url}{'&' if '?' in url else '?'}+{KEY_HEADER}={digest}"
