"""Numbers, digits, letters and telephone numbers in French words."""

UNITS = (
    "zéro", "un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf", "dix", "onze", "douze",
    "treize", "quatorze", "quinze", "seize",
)  # fmt: skip
TENS = {2: "vingt", 3: "trente", 4: "quarante", 5: "cinquante", 6: "soixante"}
SCALES = ((1_000_000_000, "milliard"), (1_000_000, "million"))

LETTERS = {
    "A": "a", "B": "bé", "C": "cé", "D": "dé", "E": "eu", "F": "effe", "G": "gé", "H": "ache", "I": "i",
    "J": "ji", "K": "ka", "L": "elle", "M": "emme", "N": "enne", "O": "o", "P": "pé", "Q": "ku", "R": "erre",
    "S": "esse", "T": "té", "U": "u", "V": "vé", "W": "double vé", "X": "ixe", "Y": "i grec", "Z": "zède",
}  # fmt: skip


def number(value: int, *, feminine: bool = False) -> str:
    """The cardinal number of a value of 0 or more; « une » at its end where feminine (« vingt et une »)."""
    assert value >= 0
    words = _cardinal(value)
    ends_in_one = value % 10 == 1 and value % 100 not in (11, 71, 91)
    if feminine and ends_in_one:
        words = words[: -len("un")] + "une"
    return words


def _cardinal(value: int) -> str:
    for size, name in SCALES:
        if value >= size:
            count, rest = divmod(value, size)
            head = f"{_cardinal(count)} {name}{'s' if count > 1 else ''}"
            return f"{head} {_cardinal(rest)}" if rest else head
    if value >= 1000:
        count, rest = divmod(value, 1000)
        head = "mille" if count == 1 else f"{_below_1000(count, before_noun=True)} mille"
        return f"{head} {_below_1000(rest)}" if rest else head
    return _below_1000(value)


def _below_1000(value: int, *, before_noun: bool = False) -> str:
    """0 to 999; « cent » and « quatre-vingt » lose their s before « mille »."""
    hundreds, rest = divmod(value, 100)
    if not hundreds:
        return _below_100(rest, before_noun)
    head = "cent" if hundreds == 1 else f"{UNITS[hundreds]} cent"
    if rest:
        return f"{head} {_below_100(rest, before_noun)}"
    return head + ("s" if hundreds > 1 and not before_noun else "")


def _below_100(value: int, before_noun: bool) -> str:
    if value <= 16:
        return UNITS[value]
    tens, unit = divmod(value, 10)
    if tens == 1:
        return f"dix-{UNITS[unit]}"
    if tens in (7, 9):
        base = "soixante" if tens == 7 else "quatre-vingt"
        joint = " et " if value == 71 else "-"
        return f"{base}{joint}{_below_100(10 + unit, before_noun)}"
    if tens == 8:
        return f"quatre-vingt-{UNITS[unit]}" if unit else "quatre-vingt" + ("" if before_noun else "s")
    if unit == 0:
        return TENS[tens]
    return f"{TENS[tens]}{' et ' if unit == 1 else '-'}{UNITS[unit]}"


def ordinal(value: int, *, feminine: bool = False) -> str:
    """« premier », « première », « vingt et unième »…, of a value of 1 or more."""
    if value == 1:
        return "première" if feminine else "premier"
    words = _cardinal(value)
    for end, becomes in (("cinq", "cinquième"), ("neuf", "neuvième")):
        if words.endswith(end):
            return words[: -len(end)] + becomes
    plural = words.endswith(("vingts", "cents", "millions", "milliards"))
    return words.rstrip("e").removesuffix("s" if plural else "\0") + "ième"


def digits(text: str) -> str:
    """Digits one by one."""
    return " ".join(UNITS[int(char)] for char in text)


def in_pairs(text: str) -> str:
    """A run of digits as the French say it: two by two, « zéro » before a small one."""
    head = [digits(text[0])] if len(text) % 2 else []
    pairs = [text[i : i + 2] for i in range(len(text) % 2, len(text), 2)]
    return ", ".join([*head, *(_pair(pair) for pair in pairs)])


def _pair(pair: str) -> str:
    return digits(pair) if pair[0] == "0" else _cardinal(int(pair))


def spelled(text: str) -> str:
    """A reference letter by letter, and digit by digit; long runs of digits two by two."""
    parts: list[str] = []
    run = ""
    for char in text.upper() + "\0":
        if char.isascii() and char.isdigit():
            run += char
            continue
        if run:
            parts.append(in_pairs(run) if len(run) > 6 else ", ".join(UNITS[int(digit)] for digit in run))
            run = ""
        if char in LETTERS:
            parts.append(LETTERS[char])
    return ", ".join(parts)
