"""What a replay found, to be read by people."""

from collections.abc import Iterator, Mapping
from typing import Any

Json = Mapping[str, Any]
VERDICTS = {"better": "MIEUX", "worse": "MOINS BIEN", "to_read": "À LIRE"}
_SOURCES = {"appel": "appel", "signale": "appel signalé par un agent", "essai": "essai"}


def shown_call(row: Json) -> Iterator[str]:
    """One call that changes, both versions of each turn that differs."""
    yield f"── {VERDICTS[row['verdict']]} · {_SOURCES[row['source']]} {row['call']} · {row['at']}"
    if row["why"]:
        yield f"   {row['why']}"
    for turn in row["turns"]:
        if turn["heard"]:
            yield f"   ▸ {turn['heard']}"
        published, draft = (" ".join(turn[side]["said"]) for side in ("published", "draft"))
        if published == draft:
            yield f"       = {published}"
        else:
            yield f"   publié    {published or '(rien)'}"
            yield f"   brouillon {draft or '(rien)'}"
    if row["parted"]:
        yield "   (à partir d'ici, l'appelant aurait répondu autre chose)"


def shown_end(end: Json) -> str:
    """All of it in two sentences."""
    changed = end["better"] + end["worse"] + end["to_read"]
    held = end["calls"] + end["tests"]
    skipped = end["without_words"]
    return (
        f"{_counted(changed, 'appel change', 'appels changent')} sur {held} : {end['better']} mieux, "
        f"{end['worse']} moins bien, {end['to_read']} à lire."
        + (f" {_counted(skipped, 'appel', 'appels')} sans paroles gardées, non rejoués." if skipped else "")
    )


def _counted(count: int, one: str, several: str) -> str:
    return f"{count or 'aucun'} {several if count > 1 else one}"
