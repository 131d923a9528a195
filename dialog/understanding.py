"""What one sentence asks for: intent, service, entities, and how sure we are.

Small rules over the town's own phrases. The confidence is that of the evidence times that of the
recogniser; it decides whether to answer, to confirm or to ask back.
"""

from datetime import datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from dialog.elsewhere import Elsewhere
from dialog.matching import BY_EAR, Found, plain
from dialog.meaning import Alternative, Understanding
from dialog.number_words import WORDS
from dialog.phrases import PhraseFinder
from dialog.values import ValueContext, entities_in
from prompts.content import Choice, Comprehension, Town
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
_STRONG, _WEAK_ALONE, _WEAK_TOGETHER = 0.92, 0.3, 0.45
_DOUBTED = 0.5
"""At most, where something in the sentence makes another meaning as likely."""
_MAX_TEXT, _MAX_WORDS = 1000, 80
"""Letters and words read of one sentence: nobody says more in one breath, a broken recogniser may."""
_PRIORITY: tuple[Intent, ...] = (
    "humain", "rappel", "rdv_annuler", "rdv_deplacer", "rdv_consulter", "suivi_dossier", "signalement",
    "reclamation", "sensible", "rdv_prendre", "cout_delai", "adresse_contact", "pieces", "horaires",
    "repeter", "attendre", "merci_aurevoir", "correction", "non", "oui", "hors_sujet", "salutation",
)  # fmt: skip
"""Among equal evidence the first wins: what commits to a request comes before what only accompanies one."""
_SHORT_ANSWERS: frozenset[Intent] = frozenset(
    {"oui", "non", "salutation", "merci_aurevoir", "repeter", "attendre", "correction"}
)


_POLITE = frozenset(["s", "il", "te", "vous", "plait", "svp", "monsieur", "madame", "bonjour", "bonsoir"])
"""« Oui, s'il vous plaît, madame » is as short an answer as « oui »."""
_WITHOUT_SERVICE: frozenset[Intent] = frozenset(
    {"oui", "non", "repeter", "attendre", "merci_aurevoir", "salutation"}
)
NOT_OURS: frozenset[Service] = frozenset({"hors_mairie", "autre_commune"})
"""Another body's business, or another town's."""


def understand(
    text: str, now: datetime, tz: ZoneInfo, expects: Expects | None, town: Town, *, heard: float = 1.0
) -> Understanding:
    """What this sentence asks for; `heard` is the recogniser's confidence in its words."""
    rules = _rules(_Box(town.comprehension), town.name)
    words = rules.words(text)
    danger = rules.danger(words)
    if danger is not None:
        return Understanding("urgence", "aucun", round(0.97 * max(heard, 0.5), 3), "emergency", danger=danger)
    entities = entities_in(text, now, tz, expects, ValueContext(town.commune.departement))
    found = rules.service(words)
    service: Service = found.phrase if found else "aucun"  # type: ignore[assignment]
    if rules.elsewhere(words):
        service = "autre_commune"
    choices = rules.choices_in(words)
    if rules.source_asked(words):
        return Understanding("demarche_info", service, round(0.95 * heard, 3), "answer", asks_source=True)
    limit = town.comprehension.thresholds.answer
    ranked = rules.intents(words, found is not None, expects)
    bare = (expects == "date" and entities) or (expects == "choice" and choices)
    if bare and (not ranked or ranked[0][1] < limit):
        ranked = [("reponse", 0.8), *ranked]
    if found and ranked and ranked[0][0] in _SHORT_ANSWERS and ranked[0][1] < limit:
        ranked = []  # « il me faut absolument un passeport » is no yes
    if service in NOT_OURS and (not ranked or ranked[0][0] == "salutation"):
        ranked = [("hors_sujet", 0.8)]
    ranked = ranked or [("incompris", 0.9)]
    (intent, score), others = ranked[0], ranked[1:]
    if service not in NOT_OURS:
        service = _service_of(intent, service)
    confidence = round(score * heard, 3)
    alternatives = tuple(
        Alternative(other, service, round(score_of * heard * (1 - score), 3))
        for other, score_of in others[:3]
    )
    decision = _decision(intent, service, confidence, limit)
    return Understanding(intent, service, confidence, decision, alternatives, entities, choices)


def _service_of(intent: Intent, named: Service) -> Service:
    """The service that this request concerns."""
    if intent in _WITHOUT_SERVICE:
        return "aucun"
    if intent in ("horaires", "adresse_contact") and named == "aucun":
        return "mairie"
    return named


def _decision(intent: Intent, service: Service, confidence: float, limit: float) -> Decision:
    decision = DECISIONS.get(intent, "continue")
    if service in NOT_OURS and intent not in _SHORT_ANSWERS:
        decision = "refuse_redirect" if intent != "humain" or service == "autre_commune" else "handover"
    if confidence < limit and decision != "handover":
        return "ask"
    return decision


class _Box:
    """Lets a content be the key of a cache: the same loaded content is the same key."""

    def __init__(self, comprehension: Comprehension) -> None:
        self.comprehension = comprehension

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Box) and other.comprehension is self.comprehension

    def __hash__(self) -> int:
        return id(self.comprehension)


@lru_cache(maxsize=16)
def _rules(box: _Box, town: str) -> "_Rules":
    return _Rules(box.comprehension, town)


class _Rules:
    def __init__(self, content: Comprehension, town: str) -> None:
        self._elsewhere = Elsewhere(content.elsewhere, town)
        self._hesitations = frozenset(plain(word) for word in content.hesitations if " " not in plain(word))
        self._silence = tuple(plain(phrase) for phrase in content.silence)
        self._intents = {intent: PhraseFinder(phrases) for intent, phrases in content.intents.items()}
        self._services = {service: PhraseFinder(phrases) for service, phrases in content.services.items()}
        self._choices = {choice: PhraseFinder(phrases) for choice, phrases in content.choices.items()}
        self._dangers = {name: PhraseFinder(danger.phrases) for name, danger in content.dangers.items()}
        self._source = PhraseFinder(content.source_questions)

    def words(self, text: str) -> tuple[str, ...]:
        """Plain words without hesitations; none where a recogniser wrote on silence."""
        spoken = plain(text)
        if any(phrase in spoken for phrase in self._silence):
            return ()
        said = spoken[:_MAX_TEXT].split()
        # « Hein ? » alone is a question, inside a sentence it is nothing.
        meant = [word for word in said if word not in self._hesitations] or said
        return tuple(meant[:_MAX_WORDS])

    def danger(self, words: tuple[str, ...]) -> str | None:
        """The first danger named outright."""
        for name, finder in self._dangers.items():
            if any(found.score >= 0.95 or found.words >= 3 for found in finder.strong(words)):
                return name
        return None

    def source_asked(self, words: tuple[str, ...]) -> bool:
        return any(found.score >= BY_EAR for found in self._source.strong(words))

    def elsewhere(self, words: tuple[str, ...]) -> bool:
        """Whether another town is meant."""
        return self._elsewhere.named(words)

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
                ends[intent] = len({place for found in strong for place in range(found.start, found.end)})
            elif weak := finder.weak(words):
                alone = _WEAK_TOGETHER if len(weak) > 1 else _WEAK_ALONE
                scores[intent] = _STRONG * 0.75 if has_service else alone
            if intent in scores and finder.doubted(words):
                scores[intent] = min(scores[intent], _DOUBTED)
        n_words = sum(word not in _POLITE for word in words)
        for intent in scores:
            if intent in _SHORT_ANSWERS | {"oui", "non"}:
                scores[intent] *= _room_left(intent, n_words, ends.get(intent, 1), expects, scores)
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
            for start in range(max(0, index - 3), index):
                if (age := WORDS.get(" ".join(words[start:index]))) is not None:
                    return age
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
    return 0.8 if n_words - said <= 6 and said > 1 else 0.55
