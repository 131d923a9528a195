"""Names and numbers as they are compared, written as people write them."""

import re
import unicodedata


def name_key(text: str) -> str:
    """Lower case, without accents, hyphens or apostrophes; single spaces."""
    spread = unicodedata.normalize("NFKD", text.lower().replace("œ", "oe").replace("æ", "ae"))
    letters = "".join(char for char in spread if not unicodedata.combining(char))
    return " ".join(re.sub(r"[^a-z0-9]+", " ", letters).split())


def same_name(kept: str, said: str) -> bool:
    """Whether the name said is the name kept, accents, hyphens and a first name aside."""
    words, given = name_key(kept).split(), name_key(said).split()
    return bool(words) and any(
        given[start : start + len(words)] == words for start in range(len(given) - len(words) + 1)
    )


def file_key(number: str) -> str:
    """A file's number as it is compared: « DP 972 209 26 M0041 » is `DP972209260041`."""
    letters = "".join(char for char in number.upper() if char.isalnum())
    head = letters[:2] if letters[:2].isalpha() else ""
    return head + "".join(char for char in letters[len(head) :] if char.isdigit() or not head)


def cleaned(text: str | None, limit: int) -> str | None:
    """The text without what a database cannot hold, cut to its room; None where nothing is left."""
    if text is None:
        return None
    whole = text.encode("utf-8", "ignore").decode()
    kept = "".join(char for char in whole if char in "\n\t" or unicodedata.category(char) != "Cc")
    return kept.strip()[:limit] or None
