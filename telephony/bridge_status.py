"""How the bridge to Asterisk is doing, and what the town's IT should read of it."""

from dataclasses import dataclass
from enum import Enum

from telephony.ari.client import AsteriskSettings
from telephony.errors import AriClosed, AriError, AriRefused, AriUnreachable, AriUntrusted

_OUT_OF_DATE, _OF_ANOTHER = frozenset({9, 10}), frozenset({62, 64})
"""X509_V_ERR_CERT_NOT_YET_VALID, …_HAS_EXPIRED; …_HOSTNAME_MISMATCH, …_IP_ADDRESS_MISMATCH."""


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
            wrong, remedy = why_refused(error.code)
            return f"Le certificat d'Asterisk ({settings.url}) {wrong} : {remedy}"
        case AriClosed():
            return f"La connexion à Asterisk ({settings.url}) est perdue ; nouvel essai en cours."
        case _:
            return f"Asterisk ({settings.url}) ne fait pas ce qu'on lui demande : {error}"


def why_refused(code: int) -> tuple[str, str]:
    """What is wrong with a certificate that OpenSSL refuses with this code, and what to do."""
    if code in _OUT_OF_DATE:
        return "n'est pas valable aujourd'hui", "le renouveler, ou remettre les machines à l'heure."
    if code in _OF_ANOTHER:
        return "n'est pas à ce nom", "donner l'adresse avec le nom qu'il porte, ou le refaire à celui-ci."
    return (
        "n'est signé par personne que cette machine connaisse",
        "y faire connaître l'autorité qui l'a signé (update-ca-certificates).",
    )


def replaced_in_french(settings: AsteriskSettings) -> str:
    """Another agent has our calls."""
    return (
        f"Un autre standardiste s'est connecté à Asterisk sous le nom « {settings.app} » "
        "et prend les appels : n'en laisser tourner qu'un, puis relancer celui-ci."
    )
