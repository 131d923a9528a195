"""What can go wrong with the town hall's records."""


class RecordsError(Exception):
    """A fault of the records that the caller of this room must handle."""


class DatabaseUnavailable(RecordsError):
    """The database cannot be reached, is locked, or has no room: nothing was read or written."""


class UnusableDatabase(RecordsError):
    """This database cannot be used at all: an unknown kind of URL, or one made by a newer version."""
