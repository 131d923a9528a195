"""What the versions of a town's content refuse, in words for whoever edits them."""

from datetime import datetime
from typing import Any

from prompts.errors import PromptsError
from prompts.versions_merge import Clash


class VersionsError(PromptsError):
    """Something about the versions failed; the message is French."""


class NoSuchVersion(VersionsError):
    """There is no version of that number."""

    def __init__(self, number: int) -> None:
        super().__init__(f"La version {number} n'existe pas.")


class DamagedVersion(VersionsError):
    """What is on the disk is not what was published."""

    def __init__(self, number: int) -> None:
        super().__init__(f"La version {number} est abîmée sur le disque : publiez-en une autre.")


class NothingToPublish(VersionsError):
    """The draft says what is published already, or there is none."""

    def __init__(self) -> None:
        super().__init__("Le brouillon dit la même chose que la version publiée : il n'y a rien à publier.")


class AlreadyScheduled(VersionsError):
    """One publication at a time waits for its date."""

    def __init__(self, at: datetime) -> None:
        super().__init__(
            f"Une publication est déjà prévue le {at:%d/%m/%Y à %H:%M} : annulez-la d'abord, ou attendez."
        )


class DraftMoved(VersionsError):
    """The draft is no longer what was looked at before publishing."""

    def __init__(self) -> None:
        super().__init__("Le brouillon a changé entre-temps : relisez-le avant de publier.")


class DraftJoined(VersionsError):
    """What was published since the draft began is in it now; nobody has looked at the two together."""

    def __init__(self) -> None:
        super().__init__(
            "Une version publiée entre-temps est maintenant réunie au brouillon : relisez-le, puis publiez."
        )


class DraftInTheWay(VersionsError):
    """What waits for its date cannot be the draft again while there is another."""

    def __init__(self) -> None:
        super().__init__(
            "Un autre brouillon est en cours : publiez-le ou écartez-le d'abord. La publication prévue "
            "pourra ensuite redevenir le brouillon ; d'ici là elle reste prévue."
        )


class EditConflict(VersionsError):
    """Somebody else changed this part after it was shown; nothing was written."""

    def __init__(self, theirs: Any, who: str | None, at: datetime | None) -> None:
        self.theirs, self.who, self.at = theirs, who, at
        super().__init__(f"{who or 'Quelqu’un'} a changé cette partie entre-temps.")


class MergeConflict(VersionsError):
    """The draft and a newer published version change the same part, each otherwise."""

    def __init__(self, clashes: tuple[Clash, ...]) -> None:
        self.clashes = clashes
        places = dict.fromkeys(" › ".join(str(step) for step in each.path) for each in clashes)
        super().__init__(
            "Une version publiée depuis a changé aussi : " + ", ".join(places) + ". Choisissez ce qui vaut."
        )
