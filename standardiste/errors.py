"""What a verb says when it cannot do what it was asked."""


class StandardisteError(Exception):
    """The command line or the settings ask for something impossible."""


class Unusable(StandardisteError):
    """Unusable arguments, or nothing could be read: the message is one French sentence for whoever typed."""


class CallRefused(StandardisteError):
    """No further call can be served now: the message says why, in French."""
