"""The long proofs: what is done is not done again; what did not hold is said (in full: make prove)."""

from pathlib import Path
from typing import Any

import pytest

from bench.prove import Part, Sizes, run


def test_a_run_that_was_interrupted_goes_on_with_what_is_left(tmp_path: Path) -> None:
    ran: list[str] = []
    broken = {"second"}

    def part(name: str) -> Part:
        def work(_sizes: Sizes, folder: Path) -> dict[str, Any]:
            assert folder.is_dir()
            if name in broken:
                raise KeyboardInterrupt
            ran.append(name)
            return {"kept": name != "third"}

        return work

    names = ["first", "second", "third"]
    parts, state = {name: part(name) for name in names}, tmp_path / "state"

    def again(these: list[str]) -> bool:
        return run(Sizes(), these, state, parts, lambda _name, figures: figures)

    with pytest.raises(KeyboardInterrupt):
        again(names)
    broken.clear()
    assert again(["first", "second"])
    assert not again(names)
    assert ran == names
    assert not state.exists()
