"""What one sentence asks for: intent, service, values, and how sure we are.

Rules first, for what must never be missed: danger, a human, yes and no, what is beside the request. Then
the classifier that learned from the content's phrases. The confidence is calibrated, and falls with the
recogniser's own; below the threshold that follows from the town's risk, the sentence calls for a question.
"""

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from dialog.classifier.calibration import Calibration
from dialog.classifier.model import NOT_OURS, Classifier, Guess, Reading
from dialog.deciding import WITHOUT_SERVICE, decision_of
from dialog.doubles import Half, halves, is_request
from dialog.entities import Entity
from dialog.expected import is_bare, is_value_awaited, names_one_offered, priors
from dialog.free_questions import free_questions, is_told, outranks
from dialog.kept import kept_by_content
from dialog.matching import plain
from dialog.meaning import Alternative, Understanding
from dialog.named import service_named
from dialog.said import ROOM_OF_AN_ANSWER, Said, said_in
from dialog.town_values import values_of
from dialog.values import entities_in
from dialog.whose import BELIEVED, settled
from prompts.content import Town
from prompts.labels import Expects, Intent
from prompts.learned import Learned

_DANGER_SURE, _DANGER_LIKELIEST = 0.4, 0.32
"""The classifier's belief from which a danger that no rule knows is one; and where it is the likeliest."""
_DANGER_SURE_OF_FEW_WORDS = 0.6
_DANGER_DESPITE = 0.85
"""The belief in a danger from which words that the content excepts from it count no more."""
_SOMETHING_ELSE = 0.6
"""The share of a whole reading that outweighs a danger read in the request alone."""
_DANGER_POSSIBLE, _TOO_SHORT_TO_JUDGE = 0.08, 5
"""The belief below which words of danger are taken for a manner of speaking; words in a short sentence."""
_EXCLAIMED = 0.2
"""The same for a cry for help that names no danger (« au secours, ce formulaire »)."""
_GRAVE = ("sensible.suicide", "sensible.violence", "sensible.enfance", "sensible.aines")
"""Read as one of these, words of danger are no manner of speaking."""
_RATHER_AN_ANSWER = 0.6
"""Confidence in a request below which a sentence with the value that was awaited is that answer."""
_SURELY_NO_ANSWER = 0.9
"""The same where the request is none of ours."""
_SPEAKS_OF_LANGUAGE = frozenset(
    """parle parles parlez parlent parler comprends comprend comprenez comprendre langue anglais english
    espagnol portugais creole interprete traduction traducteur traduire traduit italien arabe allemand
    chinois haitien""".split()  # noqa: SIM905 - a list of words reads best as words
)
_HALF = 0.5
"""Of the belief: below it, a few words are no grave subject (« je suis sa fille »)."""
_AS_LIKELY = 0.8
_RULE_SURE = 0.97
_SURELY_CORRECTED = 0.8
"""Confidence from which a bare value (« plutôt jeudi ») takes back what was said before."""
_WANTED_SOMEBODY = 0.55
"""Confidence in a wish for a person below which who was asked something rather answered it."""
_OUTRIGHT = 0.9
"""How sure a request is where a rule's words say it too."""
_HARDLY_DELICATE = 0.4
"""Belief in a delicate subject below which who was asked something rather answered it."""
_STRAY = 0.1
"""The share of another service that no word of the sentence stands for."""
_MULTI_POSSIBLE = 0.02
"""Chance of two requests from which cuts are tried."""


def understand(
    text: str, now: datetime, tz: ZoneInfo, expects: Expects | None, town: Town, *, heard: float = 1.0
) -> Understanding:
    """What this sentence asks for; `heard` is the recogniser's confidence in its words."""
    said = said_in(town)
    words = said.words(text)
    entities = entities_in(text, now, tz, expects, values_of(town)) if words else ()
    classifier, calibration = _engine(_Box(town.learned))
    reading = classifier.read(said.without_town(words), priors(expects, bool(entities)))
    if (danger := _danger(reading, said, words, town)) is not None:
        return _emergency(danger, heard)
    found = _single(words, entities, expects, reading, said, calibration)
    named = service_named(town, text) is not None
    if found.confidence < BELIEVED:
        found = _in_doubt(found, words, expects, said, named)
    if (
        found.language == "other"
        and not _SPEAKS_OF_LANGUAGE & set(words)
        and all(map(classifier.knows, words))
    ):
        found = replace(found, intent="incompris", language=None)  # « il est français » is said in French
    if found.intent not in ("langue", "insulte", "humain") and len(words) > 3:
        found, cut = _double(found, words, reading, said, classifier, calibration)
        found = replace(found, parts=_told_apart(found.parts, cut, text, entities, said) if cut else ())
    if town.faq.questions:
        found = _own_question(found, words, reading, said, classifier, town, answering=expects is not None)
    if expects is None and found.faq is None and words and reading.knows_words:
        doubtful = decision_of(found, town.thresholds) == "ask"
        found = settled(found, words, reading, said, calibration, named=named, doubtful=doubtful)
    found = replace(
        found,
        entities=entities,
        signals=said.signals(words),
        confidence=round(calibration.with_hearing(found.confidence, heard), 3),
        alternatives=tuple(
            replace(other, confidence=round(calibration.with_hearing(other.confidence, heard), 3))
            for other in found.alternatives
        ),
    )
    if "source" in found.signals and found.intent not in ("multi", "humain"):
        sure = round(calibration.with_hearing(_RULE_SURE, heard), 3)
        found = replace(found, intent="demarche_info", confidence=sure)
    return replace(found, decision=decision_of(found, town.thresholds))


def is_met(town: Town, word: str) -> bool:
    """Whether this plain word was met in what callers say; a name seldom was."""
    classifier, _ = _engine(_Box(town.learned))
    return classifier.knows(word)


def _own_question(
    found: Understanding,
    words: tuple[str, ...],
    reading: Reading,
    said: Said,
    classifier: Classifier,
    town: Town,
    *,
    answering: bool,
) -> Understanding:
    """The question of the town's own that is asked, where it is likelier than what the classifier reads.

    Who is `answering` a question of ours asks one only in the very words of it.
    """
    if said.elsewhere(words):
        return found
    asked = free_questions(town, classifier).asked(said.without_town(words), reading)
    if asked is None or (answering and not asked.literal):
        return found
    told = is_told(town, found.intent, found.service)
    if not outranks(asked, found.intent, found.confidence, town.thresholds.answer, told=told):
        return found
    other = Alternative(found.intent, found.service, min(found.confidence, 1 - asked.confidence))
    return Understanding(
        "demarche_info",
        town.faq.questions[asked.key].service,
        asked.confidence,
        "answer",
        (other, *found.alternatives),
        faq=asked.key,
    )


def _emergency(danger: str, heard: float) -> Understanding:
    return Understanding("urgence", "aucun", round(0.97 * max(heard, 0.5), 3), "emergency", danger=danger)


def _danger(reading: Reading, said: Said, words: tuple[str, ...], town: Town) -> str | None:
    """The danger that rules and classifier find in a sentence, unless it is over.

    Words of danger that the classifier holds for something else altogether (« mort de rire ») are none, but
    in a sentence too short for it to judge; and what it reads as a danger needs no such words.
    """
    excepted, believed = said.dangers.excepted(words), _danger_shares(reading)
    shares = {
        kind: share for kind, share in believed.items() if kind not in excepted or share >= _DANGER_DESPITE
    }
    belief = sum(shares.values())
    if (told := said.dangers.said(words)) is not None:
        grave = sum(believed.values()) + sum(reading.labels.get(name, 0.0) for name in _GRAVE)
        possible = _EXCLAIMED if told == "autre" else _DANGER_POSSIBLE
        return told if grave >= possible or len(words) <= _TOO_SHORT_TO_JUDGE else None
    best = reading.guesses[0]
    short = len(words) <= _TOO_SHORT_TO_JUDGE
    likely = _DANGER_SURE_OF_FEW_WORDS if short else _DANGER_LIKELIEST
    likeliest = best.intent == "urgence" and best.kind not in excepted and belief >= likely
    enough = _DANGER_SURE_OF_FEW_WORDS if short else _DANGER_SURE
    sure = belief >= enough and best.share < _SOMETHING_ELSE
    if sure and best.intent == "signalement" and belief < best.share:
        # « Un arbre tombé sur la route »: who reports a fault is asked whether it is dangerous.
        sure = not all(town.comprehension.dangers[kind].technical for kind in shares if shares[kind] > 0.1)
    if belief < _SOMETHING_ELSE and (said.refused(words) is not None or said.speaks_of_else(words)):
        return None
    if not (sure or likeliest) or said.dangers.past(words):
        return None
    known = {name: share for name, share in shares.items() if name in town.comprehension.dangers}
    return max(known, key=lambda name: known[name]) if known else None


def _danger_shares(reading: Reading) -> dict[str, float]:
    """The classifier's belief in each kind of danger."""
    start = "urgence."
    return {
        label.removeprefix(start): share for label, share in reading.labels.items() if label.startswith(start)
    }


def _single(
    words: tuple[str, ...],
    entities: tuple[Entity, ...],
    expects: Expects | None,
    reading: Reading,
    said: Said,
    calibration: Calibration,
) -> Understanding:
    """The one request of the sentence."""
    if not words:
        return Understanding("incompris", "aucun", 0.9, "ask")
    short = said.short(words, ROOM_OF_AN_ANSWER if expects == "yes_no" else 1)
    bare = is_bare(words, entities, expects)
    if short is not None and (short[0] == "humain" or not (entities and expects is not None and bare)):
        # « Un rendez-vous passeport »: the one word more says what for.
        best = reading.guesses[0]
        more = short[1] < _RULE_SURE and best.intent == short[0] and is_request(short[0])
        of_it = more and best.service not in ("aucun", "mairie")
        return Understanding(short[0], best.service if of_it else "aucun", short[1], "continue")
    speaks_otherwise = reading.guesses[0].intent == "langue"
    if not reading.knows_words and not entities and expects is None and not speaks_otherwise:
        return Understanding("incompris", "aucun", 0.9, "ask")
    best, others = reading.guesses[0], reading.guesses[1:4]
    comes = bool(entities) and bool(others) and _comes_rather(best, others[0])
    if best.intent == "humain" and others and (comes or "humain" in said.not_meant(words)):
        best, others = others[0], (best, *others[1:])
    sure = calibration.confidence(reading.beliefs)
    if best.service == "mairie" and best.intent in ("horaires", "adresse_contact"):
        sure = min(_RULE_SURE, sure * (1 + _unnamed(best, others, words, said) / best.share))
    if is_request(best.intent) and best.intent in said.outright(words):
        sure = max(sure, _OUTRIGHT)
    if bare and (best.intent not in ("non", "correction") or sure < _SURELY_CORRECTED):
        return Understanding("reponse", "aucun", 0.95 if expects else 0.8, "continue")
    # « Devant la poste », asked where: what is elsewhere is still the answer.
    rather = _SURELY_NO_ANSWER if best.elsewhere else _RATHER_AN_ANSWER
    if sure < rather and (is_value_awaited(entities, expects) or names_one_offered(words, expects)):
        return Understanding("reponse", "aucun", 0.85, "continue")
    alternatives = tuple(_alternative(other, best, sure) for other in others if other.share > 0.01)
    found = Understanding(
        best.intent,
        "aucun" if best.intent in WITHOUT_SERVICE else best.service,
        sure,
        "continue",
        alternatives,
        sensitive=best.kind or None if best.intent == "sensible" else None,
        language=best.kind if best.intent == "langue" else None,  # type: ignore[arg-type]
    )
    return _placed(found, said, words)


def _unnamed(best: Guess, others: tuple[Guess, ...], words: tuple[str, ...], said: Said) -> float:
    """The share of others' hours or address where no word names them: they are the town hall's."""
    if said.speaks_of_else(words) or said.elsewhere(words):
        return 0.0
    return sum(
        other.share
        for other in others
        if other.intent == best.intent and (other.service in NOT_OURS or other.share < _STRAY)
    )


def _comes_rather(best: Guess, other: Guess) -> bool:
    """« Je peux passer demain » : with a day, who might want a service on the line would rather go there."""
    as_likely = other.share >= _AS_LIKELY * best.share
    return other.intent == "horaires" and other.service == best.service and as_likely


def _in_doubt(
    found: Understanding, words: tuple[str, ...], expects: Expects | None, said: Said, named: bool
) -> Understanding:
    """What a doubtful reading is not believed of: whom a caller wants who named nobody, a brief grief."""
    answers = expects is not None and "humain" not in said.outright(words)
    if found.intent == "humain" and answers and found.confidence < _WANTED_SOMEBODY:
        return replace(found, intent="incompris", service="aucun")
    if found.intent in ("humain", "rappel") and not named and found.service not in NOT_OURS:
        return replace(found, service="aucun")
    others = sum(one.confidence for one in found.alternatives if one.intent == "sensible")
    grave = found.confidence + others
    few = _TOO_SHORT_TO_JUDGE + 1 if expects is not None else _TOO_SHORT_TO_JUDGE - 1
    answered = expects is not None and grave < _HARDLY_DELICATE
    brief = len(words) <= few and (expects is not None or grave < _HALF)
    if found.intent == "sensible" and (answered or brief):
        return replace(found, intent="incompris", sensitive=None)
    return found


def _placed(found: Understanding, said: Said, words: tuple[str, ...]) -> Understanding:
    """The same, with another town where one is named and the town hall where no service is."""
    if said.elsewhere(words) and found.intent not in ("sensible", "urgence"):
        intent: Intent = found.intent if is_request(found.intent) else "hors_sujet"
        return replace(found, intent=intent, service="autre_commune", confidence=max(found.confidence, 0.9))
    if found.service == "autre_commune" and said.names_a_place(words):
        # « La mairie de demain », « la mairie du bourg »: the rule knows better what follows is no town.
        return replace(found, service="mairie")
    if found.intent in ("horaires", "adresse_contact") and found.service == "aucun":
        return replace(found, service="mairie")
    return found


def _alternative(other: Guess, best: Guess, sure: float) -> Alternative:
    """What is left of the belief goes to the others by their shares."""
    share = (1 - sure) * other.share / max(1 - best.share, 1e-6)
    return Alternative(other.intent, other.service, min(share, 1.0))


def _double(
    found: Understanding,
    words: tuple[str, ...],
    reading: Reading,
    said: Said,
    classifier: Classifier,
    calibration: Calibration,
) -> tuple[Understanding, int]:
    """Both requests, where there are two, and how many words the first one takes."""
    chance = calibration.double(reading.multi)
    if chance < _MULTI_POSSIBLE:
        return found, 0
    two = halves(words, chance, lambda some: _half(some, said, classifier, calibration))
    if two is None:
        return replace(found, confidence=found.confidence * (1 - chance / 2)), 0
    sure = min(two.sure, *(part.confidence for part in two.parts))
    return Understanding("multi", two.parts[0].service, sure, "continue", parts=two.parts), two.cut


def _half(words: tuple[str, ...], said: Said, classifier: Classifier, calibration: Calibration) -> Half:
    reading = classifier.read(said.without_town(words))
    found = _single(words, (), None, reading, said, calibration)
    asks = sum(share for name, share in reading.labels.items() if name.partition(".")[0] == found.intent)
    names = sum(guess.share for guess in reading.guesses if guess.service == found.service)
    return Half(found, asks, names)


def _told_apart(
    parts: tuple[Understanding, ...], cut: int, text: str, entities: tuple[Entity, ...], said: Said
) -> tuple[Understanding, ...]:
    """Both requests with their own words and values."""
    first, second = said.parted(text, cut)
    mine = tuple(entity for entity in entities if _stands_in(entity, first))
    others = tuple(entity for entity in entities if entity not in mine)
    one, other = parts
    return replace(one, text=first, entities=mine), replace(other, text=second, entities=others)


def _stands_in(entity: Entity, text: str) -> bool:
    return f" {plain(entity.text)} " in f" {plain(text)} "


class _Box:
    """Lets what was learned be the key of a cache: the same arrays are the same key."""

    def __init__(self, learned: Learned) -> None:
        self.learned = learned

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Box) and other.learned is self.learned

    def __hash__(self) -> int:
        return id(self.learned)


@kept_by_content
def _engine(box: _Box) -> tuple[Classifier, Calibration]:
    return Classifier(box.learned), Calibration(box.learned)
