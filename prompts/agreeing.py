"""« Mairie de {commune} » in good French, whatever the town is called: « d'Avignon », « du Lamentin »."""

import unicodedata

_ARTICLES = (("le ", "du ", "au "), ("les ", "des ", "aux "))
"""A town's article, and what « de » and « à » make of it."""


def with_town(template: str, commune: str) -> str:
    """The sentence with the town's name; its other variables are left as they are."""
    return (
        template.replace("de {commune}", _of(commune))
        .replace("à {commune}", _at(commune))
        .replace("{commune}", commune)
    )


def elides(name: str) -> bool:
    """Whether « de » loses its vowel before it."""
    return unicodedata.normalize("NFD", name.lower())[:1] in set("aeiouœ")


def _of(commune: str) -> str:
    for article, of, _ in _ARTICLES:
        if commune.lower().startswith(article):
            return of + commune[len(article) :]
    return f"d'{commune}" if elides(commune) else f"de {commune}"


def _at(commune: str) -> str:
    for article, _, at in _ARTICLES:
        if commune.lower().startswith(article):
            return at + commune[len(article) :]
    return f"à {commune}"
