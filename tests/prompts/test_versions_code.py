"""The code of announcements by telephone: kept as a digest, guessed by nobody."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from prompts.versions_code import TRIES, WINDOW, UnusableCode, has_code, is_code, set_code

NOW = datetime(2026, 11, 24, 10, tzinfo=UTC)


def test_the_code_is_known_again_and_stands_nowhere(tmp_path: Path) -> None:
    assert not is_code(tmp_path, "", NOW)
    set_code(tmp_path, "314159")
    assert has_code(tmp_path)
    assert is_code(tmp_path, "314159", NOW)
    assert not is_code(tmp_path, "314158", NOW)
    assert "314159" not in (tmp_path / "code.json").read_text(encoding="utf-8")
    set_code(tmp_path, "")
    assert not has_code(tmp_path)
    assert not is_code(tmp_path, "314159", NOW)


@pytest.mark.parametrize(
    "code", ["12345", "1" * 13, "111111", "121212", "123456", "987654", "31415a", "٣١٤١٥٩"]
)
def test_a_code_that_is_guessed_at_once_is_refused(tmp_path: Path, code: str) -> None:
    with pytest.raises(UnusableCode):
        set_code(tmp_path, code)
    assert not has_code(tmp_path)


def test_after_some_wrong_tries_not_even_the_right_one_is_let_in_for_a_while(tmp_path: Path) -> None:
    set_code(tmp_path, "314159")
    for _ in range(TRIES):
        assert not is_code(tmp_path, "271828", NOW)
    assert not is_code(tmp_path, "314159", NOW)
    assert is_code(tmp_path, "314159", NOW + WINDOW + timedelta(minutes=1))
