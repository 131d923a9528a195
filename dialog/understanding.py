"""What one sentence asks for: intent, service, entities, and how sure we are.

Small rules over the town's own phrases. The confidence is that of the evidence times that of the
recogniser; it decides whether to answer, to confirm or to ask back.
"""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from dialog.dates import NUMBERS, spoken_dates
from dialog.matching import BY_EAR, Finder, Found, plain
from prompts.content import Choice, Comprehension, Phrases, Town
from prompts.labels import Decision, Expects, Intent, Service

DECISIONS: dict[Intent, Decision] = {
    "horaires": "answer", "adresse_contact": "answer", "pieces": "answer", "eligibilite": "answer",
    "cout_delai": "answer", "demarche_info": "answer", "suivi_dossier": "answer",
    "humain": "handover", "rappel": "handover", "decision": "handover", "sensible": "handover",
    "insulte": "handover", "langue": "handover", "hors_sujet": "refuse_redirect",
    "conseil_juridique": "refuse_redirect", "urgence": "emergency", "incompris": "ask", "salutation": "ask",
}  # fmt: skip
"""All others: continue."""

_MAJORITY = 18
_STRONG, _WEAK = 0.92, 0.4
_PRIORITY: tuple[Intent, ...] = (
    "humain", "rappel", "rdv_annuler", "rdv_deplacer", "rdv_consulter", "suivi_dossier", "signalement",
    "reclamation", "sensible", "rdv_prendre", "cout_delai", "adresse_contact", "pieces", "horaires",
    "repeter", "attendre", "merci_aurevoir", "correction", "non", "oui", "hors_sujet", "salutation",
)  # fmt: skip
"""Among equal evidence the first wins: what commits to a request comes before what only accompanies one."""
_SHORT_ANSWERS: frozenset[Intent] = frozenset(
    {"oui", "non", "salutation", "merci_aurevoir", "repeter", "attendre", "correction"}
)


@dataclass(frozen=True)
class Entity:
    type: str
    text: str
    value: str
    grain: str | None = None
    ambiguous: bool = False


@dataclass(frozen=True)
class Alternative:
    intent: Intent
    service: Service
    confidence: float


@dataclass(frozen=True)
class Understanding:
    intent: Intent
    service: Service
    confidence: float
    """0 to 1: that (intent, service) is right."""
    decision: Decision
    alternatives: tuple[Alternative, ...] = ()
    entities: tuple[Entity, ...] = ()
    choices: tuple[Choice, ...] = ()
    """Ages, cases and papers named, in spoken order."""
    asks_source: bool = False
    """« D'où vient cette information ? »"""
    danger: str | None = None
    """Which of the town's dangers, for an emergency."""


def understand(
    text: str, now: datetime, tz: ZoneInfo, expects: Expects | None, town: Town, *, heard: float = 1.0
) -> Understanding:
    """What this sentence asks for; `heard` is the recogniser's confidence in its words."""
    rules = _rules(_Box(town.comprehension))
    words = rules.words(text)
    danger = rules.danger(words)
    if danger is not None:
        return Understanding("urgence", "aucun", round(0.97 * max(heard, 0.5), 3), "emergency", danger=danger)
    entities = tuple(
        Entity("date", found.text, found.value, found.grain, found.ambiguous)
        for found in spoken_dates(text, now.astimezone(tz).date())
    )
    service = rules.service(words)
    ranked = rules.intents(words, service is not None, expects)
    best_service: Service = service.phrase if service else "aucun"  # type: ignore[assignment]
    choices = rules.choices_in(words)
    if rules.source_asked(words):
        return Understanding(
            "demarche_info", best_service, round(0.95 * heard, 3), "answer", asks_source=True
        )
    if not ranked:
        intent: Intent = "reponse" if expects in ("date", "choice") and (entities or choices) else "incompris"
        sure = 0.8 if intent == "reponse" else 0.9
        decision: Decision = "continue" if intent == "reponse" else "ask"
        return Understanding(intent, best_service, round(sure * heard, 3), decision, (), entities, choices)
    (intent, score), others = ranked[0], ranked[1:]
    if intent in ("oui", "non", "repeter", "attendre", "merci_aurevoir", "salutation", "humain"):
        best_service = "aucun" if intent != "humain" else best_service
    elif intent in ("horaires", "adresse_contact") and best_service == "aucun":
        best_service = "mairie"
    confidence = round(score * heard, 3)
    decision = DECISIONS.get(intent, "continue")
    if best_service == "hors_mairie" and intent not in ("humain", "oui", "non"):
        decision = "refuse_redirect"
    if confidence < town.comprehension.thresholds.answer and decision != "handover":
        decision = "ask"
    alternatives = tuple(
        Alternative(other, best_service, round(score_of * heard * (1 - score), 3))
        for other, score_of in others[:3]
    )
    return Understanding(intent, best_service, confidence, decision, alternatives, entities, choices)


class _Box:
    """Lets a content be the key of a cache: the same loaded content is the same key."""

    def __init__(self, comprehension: Comprehension) -> None:
        self.comprehension = comprehension

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Box) and other.comprehension is self.comprehension

    def __hash__(self) -> int:
        return id(self.comprehension)


@lru_cache(maxsize=16)
def _rules(box: _Box) -> "_Rules":
    return _Rules(box.comprehension)


class _PhraseFinder:
    """The three lists of one entry of the content."""

    def __init__(self, phrases: Phrases) -> None:
        self._strong, self._weak, self._unless = (
            Finder(part) for part in (phrases.strong, phrases.weak, phrases.unless)
        )

    def strong(self, words: tuple[str, ...]) -> tuple[Found, ...]:
        """Where it is said outright; what stands inside an exception does not count."""
        found = self._strong.find(words)
        if not found:
            return ()
        taken = [exception for exception in self._unless.find(words) if exception.score == 1.0]
        return tuple(one for one in found if not any(_overlap(one, exception) for exception in taken))

    def weak(self, words: tuple[str, ...]) -> tuple[Found, ...]:
        return self._weak.find(words)


def _overlap(one: Found, other: Found) -> bool:
    return one.start < other.end and other.start < one.end


class _Rules:
    def __init__(self, content: Comprehension) -> None:
        self._hesitations = frozenset(plain(word) for word in content.hesitations if " " not in plain(word))
        self._silence = tuple(plain(phrase) for phrase in content.silence)
        self._intents = {intent: _PhraseFinder(phrases) for intent, phrases in content.intents.items()}
        self._services = {service: _PhraseFinder(phrases) for service, phrases in content.services.items()}
        self._choices = {choice: _PhraseFinder(phrases) for choice, phrases in content.choices.items()}
        self._dangers = {name: _PhraseFinder(danger.phrases) for name, danger in content.dangers.items()}
        self._source = _PhraseFinder(content.source_questions)

    def words(self, text: str) -> tuple[str, ...]:
        """Plain words without hesitations; none where a recogniser wrote on silence."""
        spoken = plain(text)
        if any(phrase in spoken for phrase in self._silence):
            return ()
        return tuple(word for word in spoken.split() if word not in self._hesitations)[:80]

    def danger(self, words: tuple[str, ...]) -> str | None:
        """The first danger named outright."""
        for name, finder in self._dangers.items():
            if any(found.score >= 0.95 or found.words >= 3 for found in finder.strong(words)):
                return name
        return None

    def source_asked(self, words: tuple[str, ...]) -> bool:
        return any(found.score >= BY_EAR for found in self._source.strong(words))

    def service(self, words: tuple[str, ...]) -> Found | None:
        """The service named; the longest name wins, the town hall itself only when alone."""
        best: Found | None = None
        rank: tuple[float, ...] = ()
        both = set()
        for service, finder in self._services.items():
            for found in finder.strong(words):
                mine = (service != "mairie", found.score * len(found.phrase), found.start)
                if service in ("cni", "passeport"):
                    both.add(service)
                if best is None or mine > rank:
                    best, rank = Found(service, found.start, found.end, found.score), mine
        if best is not None and len(both) == 2:
            return Found("titre_identite", best.start, best.end, best.score)
        return best

    def intents(
        self, words: tuple[str, ...], has_service: bool, expects: Expects | None
    ) -> list[tuple[Intent, float]]:
        """Each intent met and how sure, the best first."""
        scores: dict[Intent, float] = {}
        ends: dict[Intent, int] = {}
        for intent, finder in self._intents.items():
            strong = finder.strong(words)
            if strong:
                best = max(strong, key=lambda found: (found.score, found.words))
                scores[intent] = min(0.99, _STRONG * best.score + 0.02 * min(best.words, 3))
                ends[intent] = best.words
            elif has_service and finder.weak(words):
                scores[intent] = _STRONG * 0.75
            elif finder.weak(words):
                scores[intent] = _WEAK
        for intent in scores:
            if intent in _SHORT_ANSWERS | {"oui", "non"}:
                scores[intent] *= _room_left(intent, len(words), ends.get(intent, 1), expects, scores)
        if "oui" in scores and "non" in scores:
            # « oui mais non » commits to nothing.
            winner: Intent = "non" if "non" in plain(" ".join(words[:1])).split() else "oui"
            scores[winner] *= 0.6
            scores["oui" if winner == "non" else "non"] *= 0.4
        return sorted(scores.items(), key=lambda item: (-round(item[1], 1), _rank(item[0]), -item[1]))

    def choices_in(self, words: tuple[str, ...]) -> tuple[Choice, ...]:
        """Ages, cases and papers named, in spoken order."""
        met = []
        for choice, finder in self._choices.items():
            found = finder.strong(words)
            if found:
                met.append((min(one.start for one in found), choice))
        age = _age(words)
        if age is not None and not any(choice in ("majeur", "mineur") for _, choice in met):
            met.append((len(words), "mineur" if age < _MAJORITY else "majeur"))
        return tuple(choice for _, choice in sorted(met))


def _age(words: tuple[str, ...]) -> int | None:
    """The number said before « ans »; « de moins de six ans » too: it only has to tell adult from minor."""
    for index, word in enumerate(words):
        if word == "ans" and index:
            before = words[index - 1]
            if before.isdigit():
                return int(before)
            joined = " ".join(words[max(0, index - 3) : index])
            said = max((n for n in NUMBERS if joined.endswith(n)), key=len, default=None)
            if said is not None:
                return NUMBERS.index(said) + 1
    return None


def _rank(intent: Intent) -> int:
    return _PRIORITY.index(intent) if intent in _PRIORITY else len(_PRIORITY)


def _room_left(
    intent: Intent, n_words: int, said: int, expects: Expects | None, scores: dict[Intent, float]
) -> float:
    """A short answer inside a long sentence only accompanies what the sentence asks."""
    requests = (score for other, score in scores.items() if other not in _SHORT_ANSWERS)
    others = any(score >= 0.6 for score in requests)
    if others and not (intent in ("oui", "non") and expects == "yes_no" and n_words <= 4):
        return 0.5
    if n_words - said <= 3 or (expects == "yes_no" and intent in ("oui", "non")):
        return 1.0
    return 0.8 if n_words - said <= 6 else 0.55
