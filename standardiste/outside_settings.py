"""The secrets of a town's other agendas, from the environment or from files it names."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from standardiste.message_settings import from_file

CALENDAR = "STANDARDISTE_CALENDAR_"
HUB = "STANDARDISTE_HUB_TOKEN"
COORDINATION = "STANDARDISTE_COORDINATION_TOKEN"
RDVSP_PASSWORD = "STANDARDISTE_RDVSP_PASSWORD"
RDVSP_SECRET = "STANDARDISTE_RDVSP_SECRET"


@dataclass(frozen=True)
class OutsideSecrets:
    """What is not given is None: what needs it does not run."""

    calendars: Mapping[str, str] = field(default_factory=dict, repr=False)
    """The password of each calendar, by its name in the town's content."""
    hub: str | None = field(default=None, repr=False)
    """What the France Titres hub proves itself with."""
    coordination: str | None = field(default=None, repr=False)
    """What we prove ourselves with to its de-duplication service."""
    rdvsp_password: str | None = field(default=None, repr=False)
    rdvsp_secret: str | None = field(default=None, repr=False)
    """What signs the news of RDV-Service-Public."""

    def all(self) -> tuple[str, ...]:
        """Every one that is given."""
        own = (self.hub, self.coordination, self.rdvsp_password, self.rdvsp_secret)
        return tuple(secret for secret in (*self.calendars.values(), *own) if secret)


NO_SECRETS = OutsideSecrets()


def read_outside_secrets(environ: Mapping[str, str]) -> OutsideSecrets:
    """Raises Unusable, naming the variable."""

    def secret(name: str) -> str | None:
        return from_file(environ, name) or environ.get(name) or None

    names = {name.removesuffix("_FILE") for name in environ if name.startswith(CALENDAR)}
    calendars = {name.removeprefix(CALENDAR).lower(): found for name in names if (found := secret(name))}
    return OutsideSecrets(
        calendars, secret(HUB), secret(COORDINATION), secret(RDVSP_PASSWORD), secret(RDVSP_SECRET)
    )
