"""What can go wrong with the town hall's records."""


class RecordsError(Exception):
    """A fault of the records that the caller of this room must handle."""


class DatabaseUnavailable(RecordsError):
    """The database cannot be reached, is locked, or has no room: nothing was read or written."""


class UnusableDatabase(RecordsError):
    """This database cannot be used at all: an unknown kind of URL, or one made by a newer version."""


class NoSuchRecord(RecordsError):
    """There is no such record, or it is gone."""


class AlreadyTaken(RecordsError):
    """Another clerk has claimed this call-back; the message says who, in French."""


class NotOpen(RecordsError):
    """This call-back is closed: reopen it before doing anything else with it."""


class TooManyCalls(RecordsError):
    """As many calls were made from the pages today as the town allows; the message says so, in French."""


class JournalUnusable(RecordsError):
    """The journal on disk takes no more: nothing was kept, nothing may be promised."""


class UnusableAccount(RecordsError):
    """This account cannot be made or changed so; the message says why, in French."""


class SignInRefused(RecordsError):
    """Nobody is signed in; the message says why, in French, and nothing about which accounts exist."""
