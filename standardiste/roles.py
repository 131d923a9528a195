"""What one process of `serve` is there for: everything, or one part of a town that outgrew one machine."""

from enum import Enum

from standardiste.errors import Unusable
from standardiste.settings import Settings


class Role(Enum):
    ALL = None
    """Calls, pages and jobs."""
    TELEPHONY = "telephony"
    """Asterisk's calls; of pages only how it is doing."""
    WEB = "web"
    """The pages and the jobs, and of calls only those of the browser."""
    SPEECH = "speech"
    """The engines of the others."""

    @property
    def takes_calls(self) -> bool:
        """Whether Asterisk's calls are its own."""
        return self in (Role.ALL, Role.TELEPHONY)

    @property
    def has_pages(self) -> bool:
        """Whether people open its pages; the jobs go with them."""
        return self in (Role.ALL, Role.WEB)

    def pid_file(self, settings: Settings) -> str:
        """The file that names its process: one for each that may be drained apart from the others."""
        match self:
            case Role.ALL:
                return "standardiste.pid"
            case Role.TELEPHONY if settings.ari is not None:
                return f"standardiste-telephony-{settings.ari.app}.pid"
            case _:
                return f"standardiste-{self.value}.pid"


ROLES = tuple(role.value for role in Role if role.value is not None)


def check_role(role: Role, settings: Settings) -> None:
    """Raises Unusable where the settings leave this role nothing to do, or to share."""
    if role in (Role.ALL, Role.SPEECH):
        return
    if not settings.database_url.startswith(("postgresql:", "postgresql+", "postgres:")):
        raise Unusable(
            f"--role {role.value} : plusieurs processus se partagent les dossiers de la mairie, et SQLite ne "
            "le permet pas d'une machine à l'autre. Indiquez une base PostgreSQL (STANDARDISTE_DATABASE ou "
            "--database postgresql://…)."
        )
    if role is Role.TELEPHONY and settings.ari is None:
        raise Unusable(
            "--role telephony : sans Asterisk il n'y a pas d'appels. Indiquez STANDARDISTE_ARI_URL."
        )
