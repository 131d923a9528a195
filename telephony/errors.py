"""What can go wrong between us and the telephone."""


class TelephonyError(Exception):
    """Something between us and the telephone failed."""


class AriError(TelephonyError):
    """Asterisk's remote control failed."""


class AriRefused(AriError):
    """Asterisk refused our user name or password, or does not know ARI at this address."""


class AriUnreachable(AriError):
    """No Asterisk answers at this address."""


class AriUntrusted(AriError):
    """The certificate at this address is unknown, out of date or another's: nothing was said there."""

    def __init__(self, message: str, code: int) -> None:
        """`code`: OpenSSL's of what is wrong with it (X509_V_ERR_…)."""
        super().__init__(message)
        self.code = code


class AriClosed(AriError):
    """The connection to Asterisk ended; what was under way may or may not have been done."""


class AriTimeout(AriError):
    """Asterisk did not answer a request in time; it may still carry it out."""


class AriRequestFailed(AriError):
    """Asterisk answered that it cannot do this."""

    def __init__(self, method: str, path: str, status: int, message: str) -> None:
        super().__init__(f"{method} {path}: {status} {message}")
        self.status = status
        """As in HTTP: 404 is gone, 409 and 422 is not possible in this state."""
        self.message = message


class MalformedAriMessage(AriError):
    """A message of Asterisk that is not what its interface says."""


class MediaError(TelephonyError):
    """The sound of one call cannot pass."""


class MediaUnreachable(MediaError):
    """The media socket could not be opened, or does not carry the sound we asked for."""


class MalformedMediaMessage(MediaError):
    """A message on the media socket that is not what chan_websocket says it sends."""
