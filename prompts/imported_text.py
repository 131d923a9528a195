"""Text of other people's files as one line of ours. Pure."""


def one_line(text: str) -> str:
    """The text with its spaces made one, and without what cannot be printed: YAML would refuse it."""
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())
