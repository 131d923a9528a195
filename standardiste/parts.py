"""How the parts of the product are doing, in the words of /readyz."""

from speech.pool import SpeechPool
from standardiste.web.services import Part
from telephony.bridge import BridgeStatus, Connection


def speech_part(pool: SpeechPool) -> Part:
    """`keypad` is ready: without a model the keys serve."""
    status = pool.status()
    if status.ears is None:
        return Part("keypad", ready=status.voice.ready > 0)
    return Part(status.ears.engine.replace(" ", ":", 1), ready=status.ready)


def asterisk_part(status: BridgeStatus | None) -> Part:
    if status is None:
        return Part("not configured")
    if status.connection is Connection.CONNECTED:
        return Part("ok")
    return Part(status.last_error or status.connection.value, ready=False)
