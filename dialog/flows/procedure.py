"""What to bring, what it costs, how long it takes: a démarche's questions, one at a time, then its facts."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from dialog import procedures
from dialog.actions import Source
from dialog.flows.collect import has_reserve
from dialog.matching import plain
from dialog.meaning import Understanding
from dialog.named import service_named
from dialog.procedures import ProcedureTopic, Told, Unknown
from dialog.said import said_in
from dialog.talk import Done, Person, Result, Said, State, Talk, Task, Turn, ask, understood
from prompts.labels import Expects, Intent, Service
from prompts.procedures import About, Question

PAPERS: Service = "titre_identite"
"""Meant by who asks for « les papiers » and no more."""


@dataclass(frozen=True)
class ProcedureTask(Task):
    topic: ProcedureTopic
    asked: Question

    def ask(self, talk: Talk, lines: tuple[str, ...] = ()) -> Turn:
        words = procedures.answer_phrases(self.asked)
        return ask(
            talk, self, lines, talk.phrase(self.asked.text), expects=_expects(self.asked), choices=words
        )

    def hear(self, talk: Talk, said: Said) -> Result | None:
        limits = talk.town.thresholds
        if said.heard < (limits.answer if said.trust != "free" else limits.confirm):
            return None
        if said.found.intent == "rdv_prendre" and _APPOINTMENT.search(plain(said.text)):
            return None
        answer = said.yes_or_no
        yes = None if answer is None else answer == "yes"
        topic = procedures.told(talk.town, self.topic, said.text, asked=self.asked, yes=yes)
        if topic != self.topic:
            return _go_on(talk, topic)
        if procedures.says_again(talk.town, self.topic, said.text):
            return self.ask(replace(talk, state=understood(talk.state)))
        return self._another(talk, said)

    def _another(self, talk: Talk, said: Said) -> Result | None:
        """« Non finalement, c'est pour la carte d'identité »."""
        service = service_named(talk.town, said.text)
        named = service is not None and service != self.topic.service
        if service is None or not named or not has_reserve(said.text):
            return None
        if procedures.procedure_for(talk.town, service) is None:
            return None
        fresh = replace(self.topic, service=service)
        return _go_on(talk, procedures.told(talk.town, fresh, said.text))

    def press(self, talk: Talk, key: str) -> Result | None:
        topic = procedures.answer_by_key(self.topic, self.asked, key)
        return _go_on(talk, topic) if topic is not None else None

    def chooses(self, key: str) -> bool:
        return procedures.answer_by_key(self.topic, self.asked, key) is not None

    def typed(self, talk: Talk, digits: str) -> Result | None:
        topic = procedures.told(talk.town, self.topic, digits, asked=self.asked)
        return _go_on(talk, topic) if topic != self.topic else None


def is_answer(talk: Talk, found: Understanding) -> bool:
    """Whether what sounds like a danger tells of the démarche under way, and names none.

    « On me l'a pris dans le train », to « perdue ou volée ? »: a danger that the town's own words name is
    one, whatever was asked.
    """
    task, said = talk.state.task, said_in(talk.town)
    case = task.topic if isinstance(task, ProcedureTask) else talk.state.case if task is None else None
    if case is None or said.dangers.said(said.words(found.text)) is not None:
        return False
    asked = task.asked if isinstance(task, ProcedureTask) else None
    known = procedures.told(talk.town, case, found.text, asked=asked).known
    return {**known, **case.known} != known or any(
        known[key] != procedures.UNSURE for key in known.keys() - case.known.keys()
    )


_APPOINTMENT = re.compile(r"\b(?:rendez vous|rdv|creneau)\b")
_INSTEAD: dict[About, tuple[About, ...]] = {
    "eligibilite": ("info", "pieces"),
    "info": ("pieces",),
}
"""What may be told where the town has written nothing of what was asked: near enough to serve."""
_INTENTS: dict[About, Intent] = {
    "pieces": "pieces", "cout": "cout_delai", "delai": "cout_delai", "eligibilite": "eligibilite",
    "info": "demarche_info",
}  # fmt: skip
DOCUMENTS = re.compile(r"\b(?:papiers?|pieces?|documents?|justificatifs?|apporter|amener|fournir|ramener)\b")
_RECEIVED = re.compile(
    r"\b(?:recue?s?|recois|recoit|recevoir|envoyee?s?|arrivee?s?) (?:\w+ ){0,3}"
    r"(?:papiers?|courriers?|lettres?|avis|mails?|sms|messages?|convocations?|documents?)\b"
)
_DELAY = re.compile(
    r"\b(?:combien de (?:temps|jours?|semaines?|mois)|delais?|jours|avant quand|date limite|dernier jour"
    r"|jusqu a quand|attente|attendre|long|longtemps|vite|rapide|quand)\b"
)
COST = re.compile(
    r"\b(?:cout\w*|prix|tarifs?|euros?|payer|payant\w*|paye|gratuit\w*|timbres?|cher|chere|frais)\b"
)


_FEW_WORDS = 14
_FOR_ANOTHER = re.compile(
    r"^(?:(?:oui|non|ah|euh|alors|d accord|ok|merci|bon|tres bien|sinon|aussi|c est pareil|pareil) )*"
    r"(?:(?:et|mais|ou) )?(?:(?:si c est|c est|ce serait|ca serait|ce sera|quoi|combien|c est combien"
    r"|ca fait combien|est ce que c est (?:pareil|la meme chose|le meme prix)) )?"
    r"(?:(?:aussi|sinon|alors|maintenant) )*(?:pour|celui d\w*|celle d\w*|si c etait) "
    r"(?:(?:mon|ma|mes|un|une|le|la|l|les|son|sa|ses|notre|nos) )?"
    r"(?:(?:petit|petite|grand|grande|autre|deuxieme|vieux|vieille|jeune|fils|fille) )*"
    r"(?:mari|femme|epou[xs]e?|conjointe?|compagnon|compagne|copain|copine|pere|mere|papa|maman|parents?|fils"
    r"|filles?|garcons?|freres?|soeurs?|bebes?|enfants?|beau pere|belle mere|beau fils|belle fille|oncle"
    r"|tante|neveux?|nieces?|cousine?s?|ado\w*|adultes?|mineure?s?|majeure?s?|personne\w*|moi|nous|lui|elle|eux|papy"
    r"|papi|mamie|etudiante?|lyceen\w*|gamine?s?|petits?|petite|jumeaux|dernier|derniere|aine\w*|retraite\w*"
    r"|homme|dame|monsieur|ami|amie|voisine?)\b"
)


def is_for_another(text: str) -> bool:
    """« Et pour mon mari ? »: the same démarche, with answers of its own."""
    return len(plain(text).split()) <= _FEW_WORDS and bool(_FOR_ANOTHER.search(plain(text)))


def is_a_letter(text: str) -> bool:
    """« J'ai reçu un papier de la mairie »: not what is to be brought."""
    return bool(_RECEIVED.search(plain(text)))


def begins_cost_or_delay(talk: Talk, found: Understanding) -> Result:
    """« Combien ça coûte » and « combien de temps » are one request, and two answers."""
    words = plain(found.text)
    asks_delay = bool(_DELAY.search(words)) and not COST.search(words)
    return begins("delai" if asks_delay else "cout")(talk, found)


def begins_how(talk: Talk, found: Understanding) -> Result:
    """« On veut se marier, quelles pièces il faut » asks for the list."""
    asks_list = bool(DOCUMENTS.search(plain(found.text))) and not is_a_letter(found.text)
    return begins("pieces" if asks_list else "info")(talk, found)


def begins(about: About) -> Callable[[Talk, Understanding], Result]:
    """What a request for this kind of fact begins."""

    def begin(talk: Talk, found: Understanding) -> Result:
        service = PAPERS if found.service in ("aucun", "mairie") and about == "pieces" else found.service
        if procedures.procedure_for(talk.town, service) is None:
            return _for_a_person(talk, service)
        asked = (about, *_INSTEAD.get(about, ()))
        between = talk.state.stage == "more" and not is_for_another(found.text)
        case = talk.state.case if between else None
        answers = case.answers if case is not None and case.service == service else ()
        begun = [ProcedureTopic(service, kind, answers) for kind in asked]
        topics = [procedures.told(talk.town, topic, found.text) for topic in begun]
        topic = next((one for one in topics if _may_be_told(talk, one)), topics[0])
        return _go_on(talk.having(hours_of=None), topic)

    return begin


def _may_be_told(talk: Talk, topic: ProcedureTopic) -> bool:
    """Whether there is something to tell, or a question that may lead to it."""
    if procedures.next_question(talk.town, topic, talk.today) is not None:
        return True
    told = procedures.outcome(talk.town, topic, talk.today)
    return not isinstance(told, Unknown) or told.reason != "missing"


def _go_on(talk: Talk, topic: ProcedureTopic) -> Result:
    """The next question, or the facts once they are determined."""
    talk = replace(talk, state=understood(talk.state))
    question = procedures.next_question(talk.town, topic, talk.today)
    if question is not None:
        return ProcedureTask(topic, question).ask(talk)
    told = procedures.outcome(talk.town, topic, talk.today)
    if isinstance(told, Unknown):
        return _unknown(talk, topic.service, told)
    first = told.sources[0] if told.sources else None
    source = Source(first.title, first.checked, first.url) if first else None
    talk = talk.having(
        told=talk.state.told + 1, told_of=(_INTENTS[topic.about], topic.service), case=topic, source=source,
        task=None,
    )  # fmt: skip
    return Done(*_with_documents(talk, topic, told.lines), source)


def _with_documents(
    talk: Talk, topic: ProcedureTopic, lines: tuple[str, ...]
) -> tuple[State, tuple[str, ...]]:
    """« Comment on fait » also tells what to bring; where that takes more questions, it is offered."""
    if topic.about != "info":
        return talk.state, lines
    papers = replace(topic, about="pieces")
    if procedures.next_question(talk.town, papers, talk.today) is not None:
        offer = talk.phrase(talk.town.booking.documents_offered)
        return talk.having(booked=topic.service).state, (*lines, offer)
    told = procedures.outcome(talk.town, papers, talk.today)
    more = told.lines if isinstance(told, Told) else ()
    return talk.state, (*lines, *(line for line in more if line not in lines))


def _unknown(talk: Talk, service: Service, why: Unknown) -> Result:
    words = talk.town.sentences
    line = {"expired": words.fact_expired, "decision": words.only_the_town_decides}.get(
        why.reason, words.documents_unknown
    )
    said = why.line or talk.phrase(line)
    return Person(talk.having(task=None).state, service, (said,))


def _for_a_person(talk: Talk, service: Service) -> Result:
    return Person(understood(talk.state), service, (talk.phrase(talk.town.sentences.not_served),))


def _expects(asked: Question) -> Expects:
    if asked.unit == "ans":
        return "age"
    return "yes_no" if {answer.key for answer in asked.answers} == {"oui", "non"} else "choice"
