"""Which numbers an SMS reaches."""

_MOBILE = (
    "+336",
    "+337",
    "+590690",
    "+590691",
    "+594694",
    "+596696",
    "+596697",
    "+262692",
    "+262693",
    "+262639",
)
"""ARCEP's numbering plan; abroad, an SMS may cost anything: none is sent there."""


def takes_sms(phone: str) -> bool:
    return phone.startswith(_MOBILE)
