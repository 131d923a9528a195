"""What Whisper writes when nobody speaks: subtitles' credits it was trained on. Taken as silence."""

import re
import unicodedata

_CREDITS = re.compile(
    r"""sous.?titr(?:es?|age)\b.*(?:realise|amara|par|st'?\s?501|communaute|societe)
    | ^\W*sous.?titrage\W*(?:st'?\s?501)?\W*$
    | soustitreur | amara\.org
    | ^\W*(?:merci\ (?:a\ tous\ )?d'avoir\ (?:regarde|visionne|suivi)\b.*)
    | abonnez.vous | n'oubliez\ pas\ de\ (?:vous\ abonner|liker)
    | ^\W*(?:♪|🎵|\.|…|musique|\[.*\]|\(.*\)|\*.*\*)*\W*$
    | ^\W*(?:transcription|traduction)\ (?:et\ .*)?(?:par|de)\b
    | thanks?\ for\ watching | subtitles?\ by""",
    re.VERBOSE | re.IGNORECASE,
)

MAX_REPEATS = 6
"""A word or pair of words said more often in a row than this is the decoder going round in circles."""


def plain(text: str) -> str:
    """Lower case without accents, with straight apostrophes."""
    decomposed = unicodedata.normalize("NFKD", text.lower().replace("’", "'"))
    return "".join(char for char in decomposed if not unicodedata.combining(char))


def is_invention(text: str) -> bool:
    """Whether the whole text is something Whisper writes over silence, music or noise."""
    return bool(_CREDITS.search(plain(text)))


def goes_in_circles(text: str) -> bool:
    """Whether one word, or the same two words, come more often in a row than anybody says them."""
    words = plain(text).split()
    for size in (1, 2, 3):
        run = 0
        for place in range(size, len(words)):
            run = run + 1 if words[place] == words[place - size] else 0
            if run >= MAX_REPEATS * size:
                return True
    return False
