"""Which sentences can be recorded, and whether what was recorded still is what they say. Pure."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from prompts.agreeing import with_town
from prompts.pages.content_view import ContentView
from prompts.pages.examples import filled, variables_in
from prompts.pages.sentences_page import GROUPS, sentences_of
from prompts.recordings import FILE
from prompts.versions_draft import Part

SPOKEN_GROUPS = {
    **{key: name for key, name in GROUPS.items() if key != "messages"},
    "variantes": "Autres façons de dire",
    "faq": "Questions fréquentes",
}
_NEVER_ALONE = ("comprehension-noms.",)
"""Words that only come within a sentence."""
Pieces = Callable[[str], list[str]]


@dataclass(frozen=True)
class Recordable:
    key: str
    name: str
    text: str
    """As it is heard, the town's name filled in."""
    changing: tuple[str, ...] = ()
    """The variables because of which it cannot be recorded as it is."""


@dataclass(frozen=True)
class Kept:
    """A recording of the draft."""

    key: str
    name: str
    text: str
    """What is heard in it."""
    sound: str
    seconds: float
    now_says: str | None
    """What its sentence says now; None where there is no such sentence any more."""

    @property
    def is_heard(self) -> bool:
        return self.now_says is not None and _plain(self.now_says) == _plain(self.text)


def part_of(key: str) -> Part:
    return Part(FILE, ("enregistrements", key))


def recordable(view: ContentView, pieces: Pieces, commune: str, group: str) -> Iterator[Recordable]:
    """The sentences of one group; of those with words that change, the sentences in them that do not."""
    for key, name, text in _texts(view, group):
        said = with_town(text, commune)
        said = said[:1].upper() + said[1:]
        changing = variables_in(said)
        yield Recordable(key, name, said, changing)
        if changing:
            fixed = [piece for piece in pieces(filled(text, commune)) if piece in said]
            for number, piece in enumerate(fixed, 1):
                yield Recordable(f"{key}~{number}", f"{name}, phrase fixe {number}", piece)


def kept_in(view: ContentView, pieces: Pieces, commune: str) -> tuple[Kept, ...]:
    """Every recording, with what its sentence says now."""
    recordings = view.own(FILE).get("enregistrements")
    entries: dict[str, Any] = recordings if isinstance(recordings, dict) else {}
    groups = {key.partition("-")[0] for key in entries}
    says = {each.key: each for group in sorted(groups) for each in recordable(view, pieces, commune, group)}
    return tuple(
        Kept(
            key,
            says[key].name if key in says else key,
            str(entry.get("texte", "")),
            str(entry.get("son", "")),
            float(entry.get("duree_s", 0)),
            says[key].text if key in says else None,
        )
        for key, entry in entries.items()
        if isinstance(entry, dict)
    )


def _texts(view: ContentView, group: str) -> Iterator[tuple[str, str, str]]:
    """Key, name and text of what is said."""
    if group == "faq":
        for key, question in _dict(view.shown(Part("faq.yaml", ("questions",)))).items():
            answer = question.get("reponse", ()) if isinstance(question, dict) else ()
            for number, line in enumerate((answer,) if isinstance(answer, str) else answer, 1):
                yield f"faq-{key}.{number}", f"{question.get('nom', key)}, réponse {number}", str(line)
    elif group == "variantes":
        for key, forms in _dict(view.shown(Part("variantes.yaml", ("variantes",)))).items():
            for number, form in enumerate(forms or (), 1):
                name = f"{key.replace('_', ' ')}, autre façon {number}"
                yield f"variantes-{key}.{number}", name, str(form)
    elif group in SPOKEN_GROUPS:
        for key, name, text, _own in sentences_of(view, group):
            if not key.startswith(_NEVER_ALONE):
                yield key, name, text


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()
