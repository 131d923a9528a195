"""What Whisper writes when nobody speaks: subtitles' credits it was trained on, loops, its own hint.

Taken as silence. Only what nobody says to a mairie stands here; what is doubtful keeps its low confidence,
and the dialogue asks again.
"""

import re
import unicodedata
import zlib

_CREDITS = re.compile(
    r"""sous.?titr(?:es?|age)\b.*(?:realise|amara|par|st'?\s?501|communaute|societe|radio|mfp|fr\ 20\d\d)
    | ^\W*(?:le\ )?sous.?titrage\W*(?:st'?\s?501|fr|mfp)?\W*(?:20\d\d)?\W*$
    | soustitreur | amara\.org | radio.canada\W*$
    | ^\W*(?:merci\ (?:a\ tous\ )?d'avoir\ (?:regarde|visionne|suivi)\b.*)
    | abonnez.vous | n'oubliez\ pas\ de\ (?:vous\ abonner|liker|mettre\ un\ pouce)
    | n'hesitez\ pas\ a\ (?:vous\ abonner|liker|partager\ (?:la|cette)\ video)
    | (?:a|pour)\ (?:une\ )?(?:bientot\ pour\ une\ )?(?:prochaine|nouvelle)\ video
    | (?:dans|de)\ (?:cette|la|ma\ prochaine)\ video\W*$
    | ^\W*(?:♪|🎵|\.|…|\[.*\]|\(.*\)|\*.*\*)*\W*$
    | ^\W*musique\ (?:douce|rythmee|dramatique|joyeuse|triste|entrainante|de\ fond|du\ generique)\W*$
    | ^\W*(?:transcription|traduction)\ (?:et\ .*)?(?:par|de)\b
    | ^\W*(?:https?://|www\.)\S+\W*$
    | thanks?\ (?:you\ )?for\ watching | please\ subscribe | subtitles?\ by
    | untertitel | sottotitoli | subtitulos\ (?:por|realizados)""",
    re.VERBOSE | re.IGNORECASE,
)

MAX_REPEATS = 6
"""A word or pair of words said more often in a row than this is the decoder going round in circles."""
MAX_LETTERS_PER_S = 40.0
"""Assumed: hurried French has about 20 letters and spaces a second; twice that was not said in this sound."""
RATE_FREE_LETTERS = 12
"""So short a text is never too much for its sound."""
COMPRESSED = 2.4
"""Text that shrinks to less than 1/2.4 repeats itself (the value of Whisper's own decoding)."""
NO_SPEECH_LIKELY = 0.6
AT_A_LOSS_LOGPROB = -1.0
"""Together, the model says itself that nobody spoke (the values of Whisper's own decoding)."""


def plain(text: str) -> str:
    """Lower case without accents, with straight apostrophes."""
    decomposed = unicodedata.normalize("NFKD", text.lower().replace("’", "'"))
    return "".join(char for char in decomposed if not unicodedata.combining(char))


def is_invented(text: str, *, hint: str, logprob: float, no_speech: float, seconds: float) -> bool:
    """Whether this text was not said, by everything that is known of it.

    `logprob` is the mean of its tokens, `no_speech` the model's own probability, `seconds` the
    sound's length.
    """
    return (
        is_invention(text)
        or goes_in_circles(text)
        or repeats_its_hint(text, hint)
        or (no_speech > NO_SPEECH_LIKELY and logprob < AT_A_LOSS_LOGPROB)
        or len(text) > RATE_FREE_LETTERS + MAX_LETTERS_PER_S * seconds
    )


def is_invention(text: str) -> bool:
    """Whether the whole text is something Whisper writes over silence, music or noise."""
    return bool(_CREDITS.search(plain(text)))


def goes_in_circles(text: str) -> bool:
    """Whether words come again and again, more often than anybody says them."""
    words = plain(text).split()
    for size in (1, 2, 3):
        run = 0
        for place in range(size, len(words)):
            run = run + 1 if words[place] == words[place - size] else 0
            if run >= MAX_REPEATS * size:
                return True
    data = plain(text).encode()
    return len(data) > COMPRESSED * len(zlib.compress(data))


def repeats_its_hint(text: str, hint: str) -> bool:
    """Whether the text is only the hint read back: four words of it or more, in its order."""
    said, given = _words(text), _words(hint)
    n = len(said)
    return n > 3 and any(given[start : start + n] == said for start in range(len(given) - n + 1))


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", plain(text))
