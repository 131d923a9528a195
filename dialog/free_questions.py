"""Which of the questions that the town wrote itself (« faq.yaml ») is asked, and how sure that is.

Nearest match with the town's own phrases: words count by how rare they are among all that callers say, are
compared as they sound, and what is asked (« combien », « quand ») must agree by the classifier's reading.
Without its rarest word, or with too much else beside it, a sentence is no such question.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, exp, sqrt

from dialog.classifier.model import Classifier, Reading
from dialog.kept import kept_by_content
from dialog.matching import plain, sound
from prompts.content import Town
from prompts.labels import Intent, Service

Label = dict[str, float]

_COMMON = 3.0
"""Rarity (natural logarithm) of words that say nothing of the subject: « voudrais », « bonjour »."""
_EMPTY = frozenset(
    """cette ces cet annee ans sera seront serait etait sont suis sommes ete avoir avez avons avait ont peut
    peux pouvez pourrait pouvoir faut faudrait fait faire font fais va vais vont aller savoir sais voudrais
    voulais aimerais souhaite veux veut bonjour bonsoir merci svp plait chez nous vous notre nos votre vos
    moi toi lui elle eux leur leurs ici ca cela donc alors aussi encore bien tres tout tous toute toutes
    avec sans dans sur sous pour par vers entre pendant depuis avant apres si ou et mais car ne pas plus
    hein euh voila maintenant aujourd hui hier prochain prochaine prochains prochaines dernier derniere
    actuellement normalement exactement juste petit petite question renseignement lieu""".split()  # noqa: SIM905 - a list of words reads best as words
)
"""Words that tell no question from another, however rare they are."""
_SAME_STEM, _STEM_LETTERS, _STEM_SHARE = 0.8, 5, 0.65
_WHOLE = 0.7
"""Share of a phrase that may stand without its rarest word."""
_OF_PHRASE = 0.65
_SUREST = 0.98
_FLOOR = 0.35
"""What is left of a match where something else is asked of the same thing."""
_STEEP, _EVEN = 22.0, 0.5
"""Of the logistic curve from score to confidence, fitted on questions of invented towns (November 2026)."""
_RIVAL = 0.85
"""Share of the best score from which another question is as likely."""
LITERAL, _HOPELESS = 0.9, 0.25
_POSSIBLE = 0.4
"""Confidence from which the question is asked back where nothing else was understood."""
_MAX_WORDS = 40
_TELLING, _ASKED_BACK = 2, 0.5
"""Words of meaning from which a sentence says what it asks; the confidence of one that does not."""


@dataclass(frozen=True)
class Asked:
    key: str
    """Of the town's questions."""
    confidence: float
    literal: bool
    """Said (nearly) as the town wrote it."""


@dataclass(frozen=True)
class _Word:
    plain: str
    heard: str
    weight: float


class FreeQuestions:
    """Built once per content."""

    def __init__(self, town: Town, classifier: Classifier) -> None:
        self._classifier = classifier
        self._phrases = [
            (key, words)
            for key, question in town.faq.questions.items()
            for phrase in question.said
            if (words := self._weighed(plain(phrase).split()))
        ]
        self._labels: dict[int, Label] = {}
        self._with: dict[str, set[int]] = {}
        for place, (_, words) in enumerate(self._phrases):
            for word in words:
                for key in _keys(word):
                    self._with.setdefault(key, set()).add(place)

    def asked(self, words: Sequence[str], reading: Reading) -> Asked | None:
        """The question nearest to these plain words; None where none comes near."""
        meant = self._weighed(words)
        said = _Said(meant)
        best: dict[str, float] = {}
        near = {place for word in meant for one in _keys(word) for place in self._with.get(one, ())}
        for place in sorted(near):
            key, phrase = self._phrases[place]
            alike = _alike(said, phrase)
            if alike > max(_HOPELESS, best.get(key, 0.0)):
                agreed = _agreement(reading.labels, self._label(place))
                score = alike * (_FLOOR + (1 - _FLOOR) * agreed) if alike < LITERAL else alike
                best[key] = max(best.get(key, 0.0), score)
        if not best:
            return None
        first, second, *_ = (*sorted(best.values(), reverse=True), 0.0)
        key = max(best, key=lambda one: best[one])
        confidence = 1 / (1 + exp(-_STEEP * (first - _EVEN)))
        if second > _RIVAL * first and first < LITERAL:
            confidence /= 2
        if len(meant) < _TELLING and first < LITERAL:
            confidence = min(confidence, _ASKED_BACK)  # « le marché de Noël »: what of it?
        return Asked(key, min(confidence, _SUREST), first >= LITERAL)

    def _label(self, place: int) -> Label:
        if place not in self._labels:
            words = [word.plain for word in self._phrases[place][1]]
            self._labels[place] = self._classifier.read(words).labels
        return self._labels[place]

    def _weighed(self, words: Sequence[str]) -> tuple[_Word, ...]:
        weighed = {
            word: max(0.0, self._classifier.rarity(word) - _COMMON) ** 2
            for word in words[:_MAX_WORDS]
            if word
        }
        return tuple(_Word(word, sound(word), weight) for word, weight in weighed.items() if weight)


def _keys(word: _Word) -> tuple[str, str]:
    """Words that are the same, or of one stem, share one of them."""
    return f"heard {word.heard}", f"stem {word.plain[:_STEM_LETTERS]}"


class _Said:
    """The words of a sentence, ready to be looked up."""

    def __init__(self, words: tuple[_Word, ...]) -> None:
        self.words = words
        self.weight = sum(word.weight for word in words)
        self._heard = {word.heard: word for word in words}
        self._stems: dict[str, list[_Word]] = {}
        for word in words:
            self._stems.setdefault(word.plain[:_STEM_LETTERS], []).append(word)

    def near(self, other: _Word) -> tuple[_Word, float] | None:
        """The word that is this one, or of its stem, and how far it is the same."""
        if (same := self._heard.get(other.heard)) is not None:
            return same, 1.0
        for one in self._stems.get(other.plain[:_STEM_LETTERS], ()):
            shorter, longer = sorted((one.plain, other.plain), key=len)
            stem = max(_STEM_LETTERS, ceil(_STEM_SHARE * len(longer)))
            if len(shorter) >= stem and shorter[:stem] == longer[:stem]:
                return one, _SAME_STEM
        return None


def _alike(said: _Said, phrase: tuple[_Word, ...]) -> float:
    """0 to 1: how much of the phrase is in what was said, and the reverse."""
    if not said.words:
        return 0.0
    rarest = max(phrase, key=lambda word: word.weight)
    of_phrase, met = 0.0, dict[_Word, float]()
    has_rarest = False
    for word in phrase:
        if (near := said.near(word)) is not None:
            of_phrase += word.weight * near[1]
            met[near[0]] = max(near[1], met.get(near[0], 0.0))
            has_rarest |= word is rarest
    of_phrase /= sum(word.weight for word in phrase)
    if not has_rarest and of_phrase < _WHOLE:
        return 0.0
    of_said = sum(word.weight * share for word, share in met.items()) / said.weight
    return float(of_phrase**_OF_PHRASE * of_said ** (1 - _OF_PHRASE))


def _agreement(one: Label, other: Label) -> float:
    """0 to 1: whether the classifier takes both for the same kind of request; 1 where it is unsure."""
    # Bhattacharyya's coefficient.
    alike = min(1.0, sum(sqrt(share * other.get(name, 0.0)) for name, share in one.items()))
    return 1 - max(one.values()) * max(other.values()) * (1 - alike)


_OUTRANKED: frozenset[Intent] = frozenset(
    ["horaires", "adresse_contact", "pieces", "eligibilite", "cout_delai", "demarche_info", "suivi_dossier",
     "rdv_prendre", "signalement", "reclamation", "hors_sujet", "conseil_juridique", "decision", "incompris",
     "reponse"]
)  # fmt: skip
"""Readings that a question of the town's own may replace; never a danger, a person, a delicate subject…"""
_OPEN: frozenset[Intent] = frozenset(["hors_sujet", "conseil_juridique", "incompris", "reponse"])
"""Readings under which nothing of the town's would be told anyway."""


_OF_PROCEDURES: frozenset[Intent] = frozenset(["pieces", "eligibilite", "cout_delai", "demarche_info"])


def is_told(town: Town, intent: Intent, service: Service) -> bool:
    """Whether the town has something to tell of this: no démarche, no documents, cost or conditions."""
    served = any(service in procedure.services for procedure in town.procedures.values())
    return intent not in _OPEN and (served or intent not in _OF_PROCEDURES)


def outranks(asked: Asked, intent: Intent, confidence: float, sure: float, *, told: bool) -> bool:
    """Whether the question is likelier than what the classifier reads; `sure`: the town's own threshold.

    `told`: there is something to tell of what the classifier reads.
    """
    if intent not in _OUTRANKED:
        return False
    if asked.literal:
        return True
    if intent in ("signalement", "reclamation", "rdv_prendre"):
        return asked.confidence >= max(sure, confidence)
    if not told or confidence < sure:
        return asked.confidence >= _POSSIBLE
    return asked.confidence >= max(sure, confidence)


@kept_by_content
def free_questions(town: Town, classifier: Classifier) -> FreeQuestions:
    """Those of this town."""
    return FreeQuestions(town, classifier)
