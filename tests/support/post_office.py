"""A real SMTP server on loopback, which keeps what it is given."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


@dataclass
class PostOffice:
    port: int
    received: list[tuple[tuple[str, ...], EmailMessage]] = field(default_factory=list)
    refuses: bool = False

    @property
    def url(self) -> str:
        """For apprise: e-mail to whom the message is for; SMS come as e-mail too, to number@sms.example."""
        return (
            f"mailto://127.0.0.1:{self.port}/?from=mairie@rocheval.example&mode=insecure&to={{destinataire}}"
        )

    def texts_to(self, recipient: str) -> list[str]:
        return [text_of(message) for to, message in self.received if recipient in to]

    async def handle_DATA(  # noqa: N802 - aiosmtpd's name
        self, _server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        if self.refuses:
            return "451 later"
        content: Any = envelope.content
        message = message_from_bytes(content, policy=policy.default)
        assert isinstance(message, EmailMessage)
        self.received.append((tuple(envelope.rcpt_tos), message))
        return "250 kept"


def text_of(message: EmailMessage) -> str:
    body = message.get_body(("plain",))
    assert body is not None
    return str(body.get_content()).strip()


@contextmanager
def post_office() -> Iterator[PostOffice]:
    """The server, in a thread of its own."""
    with socket.create_server(("127.0.0.1", 0)) as door:
        port: int = door.getsockname()[1]
    office = PostOffice(port)
    controller = Controller(office, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield office
    finally:
        controller.stop()
