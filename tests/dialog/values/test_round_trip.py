"""What is said in any usual way gives the value that was meant."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from dialog.matching import plain
from dialog.values import digits_so_far
from dialog.values.numbers import longest
from tests.dialog.values import saying
from tests.dialog.values.ask import TUESDAY, ask, values

PHONES = (
    st.from_regex(r"\A0[67][1-8][0-9]{7}\Z")
    | st.from_regex(r"\A069[0-36-7][0-9]{6}\Z").filter(lambda number: number[3] in "0123467")
    | st.from_regex(r"\A0596[0-9]{6}\Z")
)


@given(st.integers(0, 9999), st.booleans())
def test_a_number_in_words_is_read_whole(value: int, local: bool) -> None:
    words = plain(saying.number(value, local)).split()
    assert longest(words, 0) == (value, len(words))


@given(st.integers(2, 9999), st.booleans())
def test_a_count_is_the_number_said(value: int, local: bool) -> None:
    assert values(f"nous attendons {saying.number(value, local)} personnes", "count") == [str(value)]


@given(st.integers(2, 9999), st.integers(0, 99).filter(lambda cents: cents != 1))
def test_an_amount_is_the_euros_and_the_cents(euros: int, cents: int) -> None:
    expected = [f"{euros}.{cents:02d}" if cents else str(euros)]
    tail = f" {saying.number(cents)}" if cents else ""
    assert values(f"j'ai payé {saying.number(euros)} euros{tail}", "amount") == expected
    assert values(f"{euros},{cents:02d} €", "amount") == expected


@given(st.integers(1, 110), st.booleans())
def test_an_age_is_in_years(years: int, half: bool) -> None:
    said = "un" if years == 1 else saying.number(years)
    assert values(f"elle a {said} ans{' et demi' * half}", "age") == [str(years)]


@given(PHONES, st.booleans())
def test_a_phone_by_pairs(national: str, local: bool) -> None:
    assert values(f"mon numéro c'est le {saying.phone_by_pairs(national, local)}", "phone") == [national]


@given(PHONES)
def test_a_phone_digit_by_digit_or_written(national: str) -> None:
    pairs = [national[at : at + 2] for at in range(0, 10, 2)]
    for said in (saying.phone_by_digits(national), " ".join(pairs), ".".join(pairs), national):
        assert values(said, "phone", "phone") == [national]


@given(st.from_regex(r"\A0696[0-9]{6}\Z"))
def test_a_phone_of_the_antilles_by_triples(national: str) -> None:
    phones = ask(saying.phone_by_triples(national), "phone")
    # « zéro vingt | deux cent » is « zéro vingt-deux | cent » too: then it is read back.
    assert [phone.value for phone in phones] == [national] or [phone.ambiguous for phone in phones] == [True]


@given(PHONES, st.integers(0, 31))
def test_a_phone_half_in_digits(national: str, in_words: int) -> None:
    assert values(saying.phone_mixed(national, in_words), "phone", "phone") == [national]


@given(PHONES, st.integers(1, 4), st.integers(10, 69))
def test_the_pair_after_non_replaces_the_pair_before(national: str, place: int, wrong: int) -> None:
    pairs = [saying.pair(national[at : at + 2]) for at in range(0, 10, 2)]
    pairs[place] = f"{saying.number(wrong)} non {pairs[place]}"
    assert values(" ".join(pairs), "phone", "phone") == [national]


@given(PHONES, st.integers(1, 4))
def test_a_phone_still_being_said_has_the_digits_said_so_far(national: str, n_pairs: int) -> None:
    said = " ".join(saying.pair(national[at : at + 2]) for at in range(0, 2 * n_pairs, 2))
    assert digits_so_far(f"c'est le {said}") == national[: 2 * n_pairs]


@given(st.integers(0, 23), st.sampled_from([0, 5, 10, 15, 20, 25, 30, 35, 40, 45, 50, 55]), st.data())
def test_a_time_said_in_any_way(hour: int, minute: int, data: st.DataObject) -> None:
    said = data.draw(st.sampled_from(saying.hour(hour, minute)))
    expected = (
        {f"{hour:02d}:{minute:02d}", f"{hour + 12:02d}:{minute:02d}"}
        if hour < 7
        else {f"{hour:02d}:{minute:02d}"}
    )
    assert set(values(f"plutôt à {said}", "time")) <= expected
    assert values(f"plutôt à {said}", "time")


@given(st.integers(0, 360), st.booleans(), st.booleans())
def test_a_day_by_its_number_and_month(ahead: int, with_weekday: bool, in_words: bool) -> None:
    day = TUESDAY.date() + timedelta(days=ahead)
    number = "premier" if day.day == 1 else saying.number(day.day) if in_words else str(day.day)
    weekday = f"{saying.WEEKDAYS[day.weekday()]} " * with_weekday
    said = f"je voudrais venir le {weekday}{number} {saying.MONTHS[day.month - 1]}"
    assert values(said) == [day.isoformat()]
    assert values(f"{said} à neuf heures trente") == [f"{day.isoformat()}T09:30"]


@given(st.dates(date(1927, 1, 1), date(2026, 11, 24)), st.booleans())
def test_a_birth_date_with_a_short_or_a_long_year(born: date, short: bool) -> None:
    year = born.year % 100 if short else born.year
    said_year = f"{year:02d}" if short and year < 10 else saying.number(year)
    number = "premier" if born.day == 1 else saying.number(born.day)
    said = f"le {number} {saying.MONTHS[born.month - 1]} {said_year}"
    assert values(said, "birth_date", "birth_date") == [born.isoformat()]


@given(st.integers(1, 30))
def test_days_counted_from_today(count: int) -> None:
    days = {8: 7, 15: 14}.get(count, count)
    unit = "jour" if count == 1 else "jours"
    expected = (TUESDAY.date() + timedelta(days=days)).isoformat()
    assert values(f"dans {saying.number(count)} {unit}") == [expected]
