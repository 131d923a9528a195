"""How callers say values: written anew for the tests, not shared with the grammar that reads them."""

_UNITS = (
    "zéro un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize"
    " dix-sept dix-huit dix-neuf"
)  # fmt: skip
NAMES = _UNITS.split(" ")
TENS = {20: "vingt", 30: "trente", 40: "quarante", 50: "cinquante", 60: "soixante"}
LOCAL = {70: "septante", 80: "huitante", 90: "nonante"}
MONTHS = (
    "janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre",
    "novembre", "décembre",
)  # fmt: skip
WEEKDAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")


def below_100(value: int, local: bool = False) -> str:
    if value < 20:
        return NAMES[value]
    ten, unit = value // 10 * 10, value % 10
    if local and ten in LOCAL:
        base = LOCAL[ten]
    elif ten in (70, 90):
        base, unit = ("soixante" if ten == 70 else "quatre-vingt"), unit + 10
    elif ten == 80:
        base = "quatre-vingt" if unit else "quatre-vingts"
    else:
        base = TENS[ten]
    if unit == 0:
        return base
    with_et = (unit == 1 and base != "quatre-vingt") or (unit == 11 and base == "soixante")
    return f"{base} et {NAMES[unit]}" if with_et else f"{base}-{NAMES[unit]}"


def number(value: int, local: bool = False) -> str:
    """0 to 999 999 in words."""
    if value < 100:
        return below_100(value, local)
    if value < 1000:
        hundreds, rest = divmod(value, 100)
        head = "cent" if hundreds == 1 else f"{NAMES[hundreds]} cent"
        return f"{head} {below_100(rest, local)}" if rest else head
    thousands, rest = divmod(value, 1000)
    head = "mille" if thousands == 1 else f"{number(thousands, local)} mille"
    return f"{head} {number(rest, local)}" if rest else head


def pair(two: str, local: bool = False) -> str:
    return " ".join(NAMES[int(digit)] for digit in two) if two[0] == "0" else below_100(int(two), local)


def triple(three: str) -> str:
    zeros = len(three) - len(three.lstrip("0"))
    rest = [number(int(three[zeros:]))] if three[zeros:] else []
    return " ".join([*("zéro" for _ in range(zeros)), *rest])


def phone_by_pairs(national: str, local: bool = False) -> str:
    return " ".join(pair(national[at : at + 2], local) for at in range(0, 10, 2))


def phone_by_digits(national: str) -> str:
    return " ".join(NAMES[int(digit)] for digit in national)


def phone_by_triples(national: str) -> str:
    """« Zéro six neuf six, deux cent trente-quatre, cinq cent soixante »."""
    return " ".join([pair(national[:2]), pair(national[2:4]), triple(national[4:7]), triple(national[7:])])


def phone_mixed(national: str, in_words: int) -> str:
    """Pairs, some in words and some in digits, as bits of `in_words` say."""
    pairs = [national[at : at + 2] for at in range(0, 10, 2)]
    return " ".join(pair(two) if in_words >> place & 1 else two for place, two in enumerate(pairs))


def hour(hour_: int, minute: int) -> list[str]:
    """Every usual way to say one time of the day."""
    hours = "une" if hour_ == 1 else number(hour_).replace("vingt et un", "vingt et une")
    said = [f"{hour_} h {minute:02d}", f"{hour_}h{minute:02d}", f"{hour_:02d}:{minute:02d}"]
    heures = {0: "minuit", 12: "midi"}.get(hour_, f"{hours} heure{'s' * (hour_ > 1)}")
    after = {0: "", 15: " et quart", 30: " et demie"}.get(minute, f" {number(minute)}")
    said.append(heures + after)
    if minute:
        said.append(f"{heures} {number(minute)}")
    if minute == 0:
        said.append(f"{heures} pile")
    if minute in (45, 50, 55) and hour_ not in (0, 11, 12, 23):
        before = "le quart" if minute == 45 else number(60 - minute)
        following = (
            "une heure" if hour_ == 0 else f"{number(hour_ + 1)} heures".replace("un heures", "une heures")
        )
        said.append(f"{following} moins {before}")
    return said
