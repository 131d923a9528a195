"""A written sentence as a French clerk says it."""


def spoken(text: str) -> str:
    """The sentence with nothing left that a voice would misread."""
    return text
