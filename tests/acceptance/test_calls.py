"""Each call of the suite goes as its script says."""

import pytest

from tests.acceptance.play import play
from tests.acceptance.script import Call, read_calls


@pytest.mark.parametrize("call", read_calls(), ids=lambda call: call.name)
def test_the_call_goes_as_its_script_says(call: Call) -> None:
    played = play(call)
    assert not played.problems, "\n".join([*played.lines, "", *played.problems])
