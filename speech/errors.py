"""What can go wrong in the speech room."""


class SpeechError(Exception):
    """Something in hearing or speaking failed."""


class UnusableAudio(SpeechError):
    """This file or stream cannot be read as sound."""


class UnusableModel(SpeechError):
    """This model folder is missing, broken or of a kind no engine can load."""


class EngineBusy(SpeechError):
    """The engine's queue is full: the work was refused, nothing was done."""


class EngineFailed(SpeechError):
    """The engine died or timed out on this piece of work; it is being restarted."""


class FetchFailed(SpeechError):
    """A model could not be downloaded; what has come is kept, and the next fetch goes on from there."""
