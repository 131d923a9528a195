"""Which of the town's services is named outright, by the names that the town itself gives them."""

import re
from functools import lru_cache

from dialog.kept import kept_by_content
from dialog.matching import BY_EAR, Finder, plain
from prompts.content import Town
from prompts.labels import Service

_ARTICLES = frozenset({"le", "la", "les", "l", "un", "une", "des", "service"})
_SPELLED = re.compile(r"\b(?:[a-z] ){3,}")
_MAX_WORDS = 80


@lru_cache(maxsize=256)
def service_named(town: Town, text: str) -> Service | None:
    """The one service named; None where none is, or two. « Le c c a s » is the CCAS."""
    readings = [tuple(reading.split()[:_MAX_WORDS]) for reading in _spelled_out(plain(text))]
    said = {
        service
        for service, finder in _finders(town)
        if any(one.score >= BY_EAR for words in readings for one in finder.everywhere(words))
    }
    return said.pop() if len(said) == 1 else None


def _spelled_out(text: str) -> set[str]:
    """With letters said one by one joined; the last may begin the next word, « c c a s c'est »."""
    whole = _SPELLED.sub(lambda run: run[0].replace(" ", "") + " ", f"{text} ")
    shorter = _SPELLED.sub(lambda run: f"{run[0][:-2].replace(' ', '')} {run[0][-2:]}", f"{text} ")
    return {whole, shorter}


def _names(town: Town) -> tuple[tuple[Service, tuple[str, ...]], ...]:
    hall, services = town.commune.places["mairie"].name, town.commune.services
    names: dict[Service, set[str]] = {
        service: {_bare(name)} for service, name in town.comprehension.names.items()
    }
    for service, entry in services.items():
        place = town.commune.places[entry.place].name
        if place != hall and service in names:
            names[service].add(_bare(place))
    for service, said in town.comprehension.nicknames.items():
        names.setdefault(service, set()).update(said)
    return tuple((service, tuple(sorted(said))) for service, said in names.items())


def _bare(name: str) -> str:
    words = plain(name).split()
    while len(words) > 1 and words[0] in _ARTICLES:
        words = words[1:]
    return " ".join(words)


@kept_by_content
def _finders(town: Town) -> tuple[tuple[Service, Finder], ...]:
    return tuple((service, Finder(said)) for service, said in _names(town))
