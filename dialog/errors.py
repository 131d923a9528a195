"""What can go wrong in the dialogue room."""


class DialogError(Exception):
    """The dialogue was given something it cannot use; the message says what, in French."""


class UnusableHours(DialogError):
    """These opening hours cannot be evaluated honestly."""
