"""What the web pages need of the rest of the product, as ports wired where the product starts."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from prometheus_client import CollectorRegistry

from callbacks.notices import Notice
from callbacks.pages.desk import Desk
from prompts.pages.desk import AdminDesk
from standardiste.errors import CallRefused


@dataclass(frozen=True)
class Part:
    """How one part of the product is doing."""

    state: str
    """For whoever watches: "whisper:NAME", "keypad", "ok", "not configured", or what is wrong."""
    ready: bool = True
    """False where calls cannot be served because of it."""
    trouble: bool = False
    """Somebody has to look, though calls may go on."""


async def no_draft_call(_offer_sdp: str) -> str:
    raise CallRefused("Ce service n'a pas de brouillon à essayer.")


@dataclass(frozen=True)
class WebServices:
    town: Callable[[], str]
    """The town's name as it is published, « Sainte-Aurore »."""
    readiness: Callable[[], Awaitable[Mapping[str, Part]]]
    """Each part by name: speech, database, asterisk."""
    metrics: CollectorRegistry
    start_browser_call: Callable[[str], Awaitable[str]]
    """Answers a browser's SDP offer and starts its call.

    Raises UnusableOffer (telephony.browser_line), or CallRefused when no further call can be served.
    """
    desk: Desk
    """What the clerks' pages need."""
    start_draft_call: Callable[[str], Awaitable[str]] = no_draft_call
    """The same with the draft of the content."""
    admin: AdminDesk | None = None
    """What the admins' pages need; None where nobody changes the content."""
    notices: Callable[[], tuple[Notice, ...]] = field(default=tuple)
    """What is told of the service while not all is as usual."""
