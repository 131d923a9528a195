"""A written sentence as a French clerk says it.

Hours, dates, amounts, telephone numbers, references and abbreviations become words, so that no voice has to
guess; plain numbers too. Pure: text in, text out. What comes out goes in again unchanged.
"""

import re
from collections.abc import Callable

from speech.french_numbers import LETTERS, digits, in_pairs, number, ordinal, spelled

SPELLED = ("ANTS", "CNI", "RSA", "APL", "HLM", "SMS", "PMR", "TVA", "CU", "JDC", "EDF", "CPAM", "PMI", "AESH",
           "IME", "AAH", "ASE", "DIA", "ERP", "EPCI", "FAQ", "IRM", "INE", "AR", "LRAR", "AEEH",
           "AMO", "AFM")  # fmt: skip
"""Abbreviations said letter by letter although a vowel would let them be read; all without one are, too."""
AS_WORDS = {
    "CAF": "caf", "PACS": "pacs", "CERFA": "cerfa", "RDV": "rendez-vous", "COMEDEC": "comedec",
    "PLU": "pé elle u", "RIB": "rib", "CCAS": "cé cé a esse", "INSEE": "insée", "ADIL": "adil",
    "EHPAD": "épade", "ANTAI": "antaï", "DGFIP": "dé gé effe i pé", "ALSH": "a elle esse ache",
    "ANAH": "ana", "CESU": "césu", "SCOT": "scotte", "SPANC": "spanque", "SIVOM": "sivome", "OFII": "ofi",
    "URSSAF": "ursaf", "ATSEM": "atsem", "IBAN": "ibane", "UDAF": "udaf", "CADA": "cada", "APA": "apa",
    "OPAH": "opa", "ZAC": "zac", "SDIS": "esse dis", "BAFA": "bafa", "CAP": "cé a pé",
}  # fmt: skip
"""Abbreviations that people say as a word, or in a way that spelling would not give."""

ABBREVIATIONS = {
    "M.": "monsieur", "MM.": "messieurs", "Mme": "madame", "Mmes": "mesdames", "Mlle": "mademoiselle",
    "Dr": "docteur", "Me": "maître", "av.": "avenue", "bd": "boulevard", "bld": "boulevard", "pl.": "place",
    "St": "saint", "Ste": "sainte", "tél.": "téléphone", "Tél.": "téléphone", "env.": "environ",
    "min.": "minutes", "etc.": "et cetera", "p. ex.": "par exemple", "c.-à-d.": "c'est-à-dire",
    "rdv": "rendez-vous", "resp.": "respectivement", "hab.": "habitants",
}  # fmt: skip
DAYS = {"lun.": "lundi", "mar.": "mardi", "mer.": "mercredi", "jeu.": "jeudi", "ven.": "vendredi",
        "sam.": "samedi", "dim.": "dimanche"}  # fmt: skip
MONTHS = ("janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre",
          "novembre", "décembre")  # fmt: skip
UNITS_SAID = {
    "m²|m2": "mètres carrés", "m³|m3": "mètres cubes", "km/h": "kilomètres à l'heure", "km": "kilomètres",
    "cm": "centimètres", "mm": "millimètres", "m": "mètres", "kg": "kilos", "min": "minutes",
    "ha": "hectares", "°C": "degrés", "°": "degrés", "l": "litres", "j": "jours",
}  # fmt: skip
SIGNS_SAID = {
    "&": "et",
    "+": "plus",
    "=": "égale",
    "*": "étoile",
    "#": "dièse",
    "€": "euros",
    "%": "pour cent",
}
FEMININE = ("heure", "minute", "seconde", "personne", "pièce", "copie", "photo", "places", "page", "semaine",
            "année", "fois", "journée", "attestation", "demande", "carte")  # fmt: skip
_MONTH = "|".join(MONTHS)
_SPACE = "[\u0020\u00a0\u202f\u2009]"
"""The spaces of French typography: plain, no-break, narrow and thin."""


def spoken(text: str) -> str:
    """The sentence with everything in words that a voice would misread."""
    for pattern, replace in _RULES:
        text = pattern.sub(replace, text)
    return re.sub(r"\s+", " ", text).strip()


def sentences_in(text: str) -> list[str]:
    """The sentences of a text, as written: each is spoken, and kept, by itself."""
    return [part for part in _SENTENCE_END.split(text.strip()) if part]


def _phone(match: re.Match[str]) -> str:
    plain = re.sub(r"\D", "", match[0])
    if match[0].startswith("+33") and len(plain) == 11:
        plain = "0" + plain[2:]
    elif match[0].startswith("+") and len(plain) == 12:
        # Overseas: +596 696 20 30 40 is dialled 0696 20 30 40 at home.
        plain = "0" + plain[3:]
    elif match[0].startswith("+"):
        return "plus " + in_pairs(plain)
    return in_pairs(plain)


def _short_phone(match: re.Match[str]) -> str:
    plain = re.sub(r"\D", "", match[0])
    return in_pairs(plain)


def _free_number(match: re.Match[str]) -> str:
    """0 800 123 456 is read as it is printed, by threes."""
    return "zéro " + ", ".join(_by_three(part) for part in re.findall(r"\d{3}", match[0][1:]))


def _by_three(part: str) -> str:
    zeros = len(part) - len(part.lstrip("0"))
    return digits(part) if zeros == 3 else " ".join(filter(None, (digits(part[:zeros]), number(int(part)))))


def _duration(match: re.Match[str]) -> str:
    """« sous 12 h » is twelve hours, not noon."""
    hours = int(match["h"])
    return f"{match['before']} {number(hours, feminine=True)} heure{'s' * (hours > 1)}"


def _hour(match: re.Match[str]) -> str:
    hours, minutes = int(match["h"]), int(match["m"] or 0)
    if minutes > 59 or (hours > 24 and match["m"]):
        return match[0]
    words = {0: "minuit", 12: "midi"}.get(hours) or f"{number(hours, feminine=True)} heure{'s' * (hours > 1)}"
    return words + (f" {number(minutes, feminine=True)}" if minutes else "")


def _date(match: re.Match[str]) -> str:
    day, month = int(match["d"]), int(match["mo"])
    if not (1 <= day <= 31 and 1 <= month <= 12):
        return match[0]
    year = match["y"]
    return f"{_day(day)} {MONTHS[month - 1]}" + (f" {number(int(year))}" if year else "")


def _iso_date(match: re.Match[str]) -> str:
    day, month = int(match["d"]), int(match["mo"])
    if not (1 <= day <= 31 and 1 <= month <= 12):
        return match[0]
    return f"{_day(day)} {MONTHS[month - 1]} {number(int(match['y']))}"


def _day(day: int) -> str:
    return "premier" if day == 1 else number(day)


def _day_of_month(match: re.Match[str]) -> str:
    return f"{_day(int(match['d']))} {match['mo']}"


def _amount(match: re.Match[str]) -> str:
    euros, cents = int(_bare(match["e"])), int((match["c"] or match["after"] or "0").ljust(2, "0"))
    of = "d'" if euros >= 1_000_000 and euros % 1_000_000 == 0 else ""
    words = f"{number(euros)} {of}euro{'s' * (euros > 1)}"
    return words + (f" {number(cents)}" if cents else "")


def _ordinal(match: re.Match[str]) -> str:
    suffix = match["s"].lower()
    feminine = suffix in ("re", "ère", "ere")
    words = ordinal(int(match["n"]), feminine=feminine)
    return words + ("s" if suffix.endswith("s") else "")


def _roman(match: re.Match[str]) -> str:
    """« Louis XIV », « XXe siècle »; only I, V and X, as kings, popes and centuries need."""
    values = [{"I": 1, "V": 5, "X": 10}[char] for char in match["n"]]
    after = [*values[1:], 0]
    total = sum(
        -value if value < following else value for value, following in zip(values, after, strict=True)
    )
    ends = match["s"]
    return ordinal(total, feminine=ends == "re") if ends else number(total)


def _percent(match: re.Match[str]) -> str:
    return f"{_decimal(match['n'])} pour cent"


def _decimal(text: str) -> str:
    whole, _, part = text.replace(".", ",").partition(",")
    words = number(int(_bare(whole)))
    if not part:
        return words
    zeros = len(part) - len(part.lstrip("0"))
    tail = digits(part[:zeros]) if zeros else ""
    rest = number(int(part[zeros:])) if part[zeros:] else ""
    return " ".join(piece for piece in (words, "virgule", tail, rest) if piece)


def _number(match: re.Match[str]) -> str:
    whole = _bare(match["n"])
    if match["c"]:
        return _decimal(f"{whole},{match['c']}")
    if len(whole) > 9:
        return in_pairs(whole)
    if whole.startswith("0") and len(whole) > 1:
        return digits(whole) if len(whole) < 4 else in_pairs(whole)
    after = match.string[match.end() :].lstrip("\u0020\u00a0\u202f").lower()
    return number(int(whole), feminine=after.startswith(FEMININE))


def _postcode(match: re.Match[str]) -> str:
    """97299 is « quatre-vingt-dix-sept, deux cent quatre-vingt-dix-neuf »: département, then the rest."""
    head, tail = match[0][:2], match[0][2:]
    first = digits(head) if head[0] == "0" else number(int(head))
    last = "mille" if tail == "000" else digits(tail) if tail.startswith("00") else _after_zero(tail)
    return f"{first} {last}"


def _after_zero(text: str) -> str:
    return f"zéro {number(int(text))}" if text.startswith("0") else number(int(text))


def _abbreviation(match: re.Match[str]) -> str:
    return AS_WORDS.get(match[0]) or _letter_by_letter(match[0])


def _letter_by_letter(text: str) -> str:
    return " ".join(LETTERS[char] for char in text)


def _dotted(match: re.Match[str]) -> str:
    """« C.N.I. » is what « CNI » is; the last dot may end the sentence too."""
    plain = match[0].replace(".", "")
    ends = not match.string[match.end() :].strip()
    return (AS_WORDS.get(plain) or _letter_by_letter(plain)) + (
        "." if ends and match[0].endswith(".") else ""
    )


def _address(match: re.Match[str]) -> str:
    """A web or e-mail address: « mairie arobase sainte tiret aurore point effe erre »."""
    text = re.sub(r"^(?:https?://)?(?:www\.)?", "", match[0].rstrip("/"))
    words = [
        _ADDRESS_SIGNS.get(part) or _address_part(part) for part in re.findall(r"[^\W_]+|[@.\-_/]", text)
    ]
    return " ".join(words)


def _address_part(text: str) -> str:
    upper = text.upper()
    if text.isascii() and text.isalpha() and (upper in _DOMAINS_SPELLED or not _HAS_VOWEL.search(text)):
        return AS_WORDS.get(upper) or _letter_by_letter(upper)
    pieces = re.findall(r"[0-9]+|[^0-9]+", text)
    return " ".join(in_pairs(piece) if piece[0].isdigit() else piece for piece in pieces)


_ADDRESS_SIGNS = {"@": "arobase", ".": "point", "-": "tiret", "_": "tiret bas", "/": "barre oblique"}
_DOMAINS_SPELLED = frozenset({"EU", "RE", *SPELLED, *AS_WORDS})
_HAS_VOWEL = re.compile("[aeiouyàâäéèêëîïôöùûüœæ]", re.IGNORECASE)


def _bare(text: str) -> str:
    return re.sub(_SPACE, "", text)


def _words(table: dict[str, str]) -> tuple[re.Pattern[str], Callable[[re.Match[str]], str]]:
    """A rule that replaces whole words of a table."""
    longest_first = sorted(table, key=len, reverse=True)
    pattern = rf"(?<![\w'])(?:{'|'.join(re.escape(word) for word in longest_first)})(?!\w)"
    return re.compile(pattern), lambda match: table[match[0]]


_SENTENCE_END = re.compile(
    # Not after an abbreviation or an initial: « M. Cadet », « J. Dupont ».
    r"(?<=[.!?…])(?<!\b[A-Z]\.)(?<!\bMM\.)(?<!\bp\.)(?<!\bex\.)(?<!\bav\.)(?<!\bpl\.)(?<!\benv\.)(?<!\betc\.)"
    r"(?<!\bmin\.)(?<!\btél\.)\s+(?=[\w«])(?=[^a-zà-ÿ])"
)
_S = f"{_SPACE}?"
_ROMAN = "X{0,3}(?:IX|IV|V?I{0,3})"
_DOMAIN = r"(?:fr|com|org|net|eu|gouv|mq|gp|gf|re|bzh|info)"
_RULES: list[tuple[re.Pattern[str], Callable[[re.Match[str]], str]]] = [
    # Addresses and telephone numbers first: their parts look like everything else.
    (re.compile(r"https?://[\w./\-]*\w/?"), _address),
    (re.compile(r"[\w.\-]+@[\w\-]+(?:\.[\w\-]+)+"), _address),
    (re.compile(rf"(?<![\w.@])(?:[\w\-]+\.)+{_DOMAIN}(?:/[\w./\-]*\w/?)?(?![\w@])"), _address),
    (re.compile(r"\+\d{1,3}(?:[\u0020\u00a0\u202f.\-]?\d){6,12}(?!\d)"), _phone),
    (re.compile(rf"(?<!\w)0{_S}8\d\d{_SPACE}\d{{3}}{_SPACE}\d{{3}}(?!\d)"), _free_number),
    (re.compile(r"(?<!\w)0\d(?:[\u0020\u00a0\u202f.\-]?\d\d){4}(?!\d)"), _phone),
    (re.compile(r"(?<!\w)0\d{3}(?:[\u0020\u00a0\u202f.\-]\d\d){3}(?!\d)"), _phone),
    (
        re.compile(r"(?<![\d,])3\d[\u0020\u00a0\u202f]\d\d(?![\d,]|[\u0020\u00a0\u202f]\d)(?=\D|$)"),
        _short_phone,
    ),
    (re.compile(r"(?<=\b[Ll]e )3\d{3}(?!\d)|(?<=\b[Aa]u )3\d{3}(?!\d)"), _short_phone),
    (
        re.compile(rf"(?<!\d)116{_SPACE}(?P<n>\d{{3}})(?!\d|{_SPACE}\d)"),
        lambda match: f"cent seize, {_by_three(match['n'])}",
    ),
    (re.compile(r"(?<!\d)(?P<y>\d{4})-(?P<mo>\d\d)-(?P<d>\d\d)(?!\d)"), _iso_date),
    (re.compile(r"(?<![\d./])(?P<d>\d{1,2})(?P<by>[/.])(?P<mo>\d{1,2})(?P=by)(?P<y>\d{4})(?![\d/])"), _date),
    (
        re.compile(rf"(?<!\w)24{_S}h{_S}(?:/|sur){_S}24(?:{_S}h)?(?!\w)"),
        lambda _: "vingt-quatre heures sur vingt-quatre",
    ),
    (
        re.compile(rf"(?<!\w)7{_S}(?:j|jours){_S}(?:/|sur){_S}7(?:{_S}j)?(?!\w)"),
        lambda _: "sept jours sur sept",
    ),
    (re.compile(r"(?<![\d/])(?P<d>\d{1,2})/(?P<mo>\d{1,2})(?P<y>)(?![\d/])"), _date),
    (
        re.compile(
            rf"(?<!\w)(?P<before>sous|dans|pendant|durant|les|délai de|durée de){_SPACE}"
            rf"(?P<h>\d{{1,3}}){_S}[hH](?!\w|{_S}\d)"
        ),
        _duration,
    ),
    (
        re.compile(
            rf"(?<![\d,.])(?P<h>\d{{1,3}}){_S}(?:h|H|:(?=\d\d)){_S}"
            rf"(?P<m>\d\d)?(?:(?<=\d){_S}min(?:utes|\.)?)?(?![\w])"
        ),
        _hour,
    ),
    (re.compile(rf"(?<!\d)(?P<d>\d{{1,2}})(?:er)?{_SPACE}(?P<mo>{_MONTH})\b"), _day_of_month),
    (re.compile(rf"(?<=[€%²³]){_S}/{_S}(?=\w)|(?<=\beuros){_S}/{_S}(?=\w)"), lambda _: " par "),
    (
        re.compile(
            rf"(?<![\d,])(?P<e>\d{{1,3}}(?:{_SPACE}\d{{3}})+|\d+)(?:[,.](?P<c>\d{{1,2}}))?{_S}"
            rf"(?:€(?P<after>\d\d(?!\d))?|euros?\b|EUR\b)"
        ),
        _amount,
    ),
    (re.compile(r"(?<![\w-])(\d{1,3})[–-](?=\d{1,3}(?![\w-]))"), lambda match: f"{match[1]} à "),
    (re.compile(rf"(?<![\d,])(?P<n>\d+(?:[,.]\d+)?){_S}%"), _percent),
    (re.compile(rf"(?<!\w)[nN][°º]{_S}"), lambda match: "numéro " if match[0][0] == "n" else "Numéro "),
    (re.compile(rf"(?<!\w)[nN]os{_SPACE}(?=\d)"), lambda _: "numéros "),
    (
        re.compile(r"(?<!\w)(?P<n>[1-9]\d{0,3})(?P<s>ères?|ere|ers?|res?|è[mr]es?|emes?|es?|nde?)(?!\w)"),
        _ordinal,
    ),
    (re.compile(rf"(?<!\w)(?=[IVX])(?P<n>{_ROMAN})(?P<s>er|re|e|ème)(?!\w)"), _roman),
    (re.compile(rf"(?<=[a-zà-ÿ] )(?=[IVX]{{2}})(?P<n>{_ROMAN})(?P<s>)(?!\w)"), _roman),
    # A reference: capital letters and digits together, as in R4821 or DP972209260041.
    (re.compile(r"(?<![\w])(?=[A-Z0-9]*[A-Z])(?=[A-Z0-9]*\d)[A-Z0-9]{2,20}(?!\w)"), lambda m: spelled(m[0])),
    (re.compile(r"(?<![\w.])(?:[A-Z]\.){2,}(?:[A-Z](?!\w))?"), _dotted),
    _words(ABBREVIATIONS | DAYS),
    (re.compile(rf"(?<!\w)(?:{'|'.join({*SPELLED, *AS_WORDS})})(?!\w)"), _abbreviation),
    (re.compile(r"(?<!\w)[B-DF-HJ-NP-TV-XZ]{2,6}(?!\w)"), _abbreviation),
    # A name in capitals is a name; voices would spell it.
    (re.compile(r"(?<!\w)[A-ZÀ-Ý]{4,}(?!\w)"), lambda match: match[0].capitalize()),
    *(
        (re.compile(rf"(?<=\d){_S}(?:{sign})(?!\w)"), lambda _, words=words: f" {words}")
        for sign, words in UNITS_SAID.items()
    ),
    (
        re.compile(r"(?<![\w,./-])(?:0[1-9]|[1-8]\d|9[0-8])\d{3}(?=[\u0020\u00a0\u202f]+[A-ZÀ-Ý][a-zà-ÿ])"),
        _postcode,
    ),
    (re.compile(rf"(?<![\w])(?P<n>\d{{1,3}}(?:{_SPACE}\d{{3}})+(?!\d)|\d+)(?:,(?P<c>\d+))?"), _number),
    # Digits inside of a word that no rule knows.
    (re.compile(r"[0-9]+"), lambda match: f" {in_pairs(match[0])} "),
    (re.compile(r"(?<=\w)@(?=\w)"), lambda _: " arobase "),
    (re.compile(r"(?<=[^\W\d_])/(?=[^\W\d_])"), lambda _: " ou "),
    *(
        (re.compile(re.escape(sign)), lambda _, words=words: f" {words} ")
        for sign, words in SIGNS_SAID.items()
    ),
    (re.compile("[’ʼ]"), lambda _: "'"),
    (re.compile("[–—−]"), lambda _: " , "),
    # What is left has no sound: quotation marks, brackets, pictures, digits of other scripts.
    (re.compile(r"[^\w\s.,;:!?…'\-]|_|\d|[^\W\d_a-zA-ZÀ-ÖØ-öø-ÿœŒŸ]"), lambda _: " "),
    (re.compile(r"\s+(?=[,.])"), lambda _: ""),
    (re.compile(r"(?:,\s*)+(?=[,.;:!?…])|^[\s,]+"), lambda _: ""),
]
