"""What is worked out of a town's content is worked out once, and goes with it."""

import gc
import weakref
from dataclasses import replace
from pathlib import Path

from prompts.load import load_town
from standardiste.town_voice import awaited_of, diction_of
from tests.support.short_town import write_short_town


def test_however_many_drafts_are_tried_the_live_town_is_not_read_again(tmp_path: Path) -> None:
    live = load_town(write_short_town(tmp_path))
    diction, awaited = diction_of(live), awaited_of(live)
    for draft in [replace(live) for _ in range(8)]:
        assert diction_of(draft) is not diction
    assert diction_of(live) is diction
    assert awaited_of(live) is awaited


def test_what_was_worked_out_for_a_draft_goes_with_it(tmp_path: Path) -> None:
    draft = load_town(write_short_town(tmp_path))
    diction = diction_of(draft)
    gone = weakref.ref(draft)
    del draft
    gc.collect()
    assert gone() is None
    assert diction is not None
