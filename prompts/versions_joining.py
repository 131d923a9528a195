"""What was published since a draft began, joined into it part by part: the files on the disk."""

from collections.abc import Callable
from pathlib import Path

from prompts import recordings
from prompts.versions_draft import Draft, Part, values_of, write_part
from prompts.versions_errors import MergeConflict
from prompts.versions_files import read_json, write_json
from prompts.versions_merge import changes, clashes, frame_of
from prompts.yaml_source import YamlPath


def bring_up_to_date(
    draft: Draft,
    served: int,
    content_of: Callable[[int], Path],
    theirs_at: frozenset[YamlPath] | None = None,
) -> None:
    """Joins the version in service into the draft, which then is based on it. Only for who holds the lock.

    Raises MergeConflict where both changed a part, with nothing written, unless `theirs_at` says where the
    published text counts.
    """
    if draft.base == served:
        return
    newer = content_of(served)
    base, mine, theirs = map(values_of, (content_of(draft.base), draft.content, newer))
    for both in (mine.keys() & theirs.keys()) - base.keys():
        base[both] = frame_of(mine[both], theirs[both])
    found = clashes(base, mine, theirs)
    if found and theirs_at is None:
        raise MergeConflict(found)
    kept = {each.path for each in found} - (theirs_at or frozenset())
    for change in changes(base, theirs):
        if any(_around(path, change.path) for path in kept):
            continue
        file, *path = change.path
        if path or change.after is None:
            write_part(draft.content, Part(str(file), tuple(path)), change.after)
        else:
            write_part(draft.content, Part(str(file)), (newer / str(file)).read_text("utf-8"))
    recordings.bring_sounds(newer, draft.content)
    about = draft.folder / "brouillon.json"
    write_json(about, {**read_json(about), "base": served})


def _around(one: YamlPath, other: YamlPath) -> bool:
    """Whether one of these parts is in the other."""
    shorter = min(len(one), len(other))
    return one[:shorter] == other[:shorter]
