"""What is worked out of a content is kept for those that were used last, as many as a program serves."""

from collections.abc import Iterator

import pytest

from dialog.kept import ONE_TOWN, keep_towns, kept_by_content


@pytest.fixture(autouse=True)
def as_one_town() -> Iterator[None]:
    yield
    keep_towns(0)


@pytest.mark.parametrize("towns", [0, 200])
def test_each_content_is_worked_out_once_as_long_as_there_are_no_more_than_are_kept(towns: int) -> None:
    worked_out: list[int] = []

    @kept_by_content
    def double(number: int) -> int:
        worked_out.append(number)
        return 2 * number

    keep_towns(towns)
    contents = range(ONE_TOWN + towns)
    for _ in range(3):
        assert [double(number) for number in contents] == [2 * number for number in contents]
    assert worked_out == list(contents)
    double(0)  # used again, it stays: the one after it is let go
    double(-1)
    double(0)
    double(1)
    assert worked_out[len(contents) :] == [-1, 1]
