"""Where a message goes out: to a telephone, to an address, or to the clerks."""

from typing import Literal

Channel = Literal["sms", "email", "clerks"]
ALL_CHANNELS: frozenset[Channel] = frozenset({"sms", "email", "clerks"})
