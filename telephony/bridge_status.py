"""How the bridge to Asterisk is doing, and what the town's IT should read of it."""

from dataclasses import dataclass
from enum import Enum

from telephony.ari.client import AsteriskSettings
from telephony.errors import AriClosed, AriError, AriRefused, AriUnreachable, AriUntrusted


class Connection(Enum):
    CONNECTING = "connecting"
    CONNECTED = "connected"
    REPLACED = "replaced"
    """Another agent took our application's name; we wait and take no calls."""


@dataclass(frozen=True)
class BridgeStatus:
    """For /readyz and /metrics."""

    connection: Connection
    last_error: str | None
    """French, for the town's IT; None while connected."""
    active_calls: int
    total_calls: int
    refused_calls: int
    """Given to the humans at once because we were full."""
    relieved_calls: int
    """Given to the agent that takes over from us, or to the humans, because we take no more."""
    failed_calls: int
    """Given to the humans because of a failure of ours."""
    recovered_calls: int
    """Left behind by an agent that died, and given to the humans."""
    malformed_events: int


def error_in_french(error: AriError, settings: AsteriskSettings) -> str:
    """What the town's IT should read and do."""
    match error:
        case AriRefused():
            return (
                f"Asterisk ({settings.url}) refuse le compte ARI « {settings.user} » : "
                "vérifier le nom et le mot de passe dans ari.conf et dans les réglages du standardiste."
            )
        case AriUnreachable():
            return (
                f"Asterisk ne répond pas à {settings.url} : vérifier qu'il tourne et que http.conf écoute là."
            )
        case AriUntrusted():
            return (
                f"Le certificat d'Asterisk ({settings.url}) est refusé ({error}) : il doit être à ce nom, et "
                "signé par une autorité que cette machine connaît (update-ca-certificates)."
            )
        case AriClosed():
            return f"La connexion à Asterisk ({settings.url}) est perdue ; nouvel essai en cours."
        case _:
            return f"Asterisk ({settings.url}) ne fait pas ce qu'on lui demande : {error}"
