"""Callers who are not taken reach somebody; the town hall's own trial calls ring nobody."""

import pytest

from telephony.refuge import refuge


@pytest.mark.parametrize("number", ["0596000000", "+596596000000"])
def test_a_caller_goes_to_the_agent_that_takes_over_or_to_those_that_share_the_calls(number: str) -> None:
    assert refuge(number, relief=True) == ("releve", number)
    assert refuge(number, relief=False) == ("ailleurs", number)


@pytest.mark.parametrize("odd", ["", "accueil", "0596000000x"])
def test_what_is_no_number_goes_to_the_humans(odd: str) -> None:
    assert refuge(odd, relief=True) == refuge(odd, relief=False) == ("secours", "accueil")


@pytest.mark.parametrize("line", ["brouillon", "annonce"])
def test_the_town_halls_own_lines_ring_nobody(line: str) -> None:
    assert refuge(line, relief=True) == ("essais-releve", line)
    assert refuge(line, relief=False) is None


def test_the_agents_call_to_itself_is_nobody_elses() -> None:
    assert refuge("temoin", relief=True) is refuge("temoin", relief=False) is None
