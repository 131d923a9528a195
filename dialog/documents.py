"""The conversation about documents to bring: what is known, what to ask next, what to say."""

from dataclasses import dataclass, replace
from datetime import date

from dialog import wording
from prompts.content import Age, Case, Choice, Procedure, Town
from prompts.labels import Service

_GROUP = 3
"""Items said in one breath."""
PAPERS: frozenset[Service] = frozenset({"cni", "passeport", "titre_identite"})


@dataclass(frozen=True)
class Topic:
    """What the caller told of the paper they need."""

    document: Choice | None = None
    age: Age | None = None
    case: Case | None = None

    def told(self, service: Service, choices: tuple[Choice, ...]) -> "Topic":
        """The topic with what this sentence adds."""
        topic = self
        if service == "cni" or service == "passeport":
            topic = replace(topic, document=service)
        for choice in choices:
            match choice:
                case "majeur" | "mineur":
                    topic = replace(topic, age=choice)
                case "perte" | "vol":
                    topic = replace(topic, case=choice)
                case "premiere" | "renouvellement" if topic.case not in ("perte", "vol"):
                    # « refaire ma carte perdue »: the loss is what decides.
                    topic = replace(topic, case=choice)
                case "cni" | "passeport" if topic.document is None:
                    topic = replace(topic, document=choice)
        return topic

    @property
    def missing(self) -> tuple[Choice, ...]:
        """The answers that the next question offers, in the order of the keys; none when all is known."""
        if self.document is None:
            return ("cni", "passeport")
        if self.age is None:
            return ("majeur", "mineur")
        if self.case is None:
            return ("premiere", "renouvellement", "perte", "vol")
        return ()


def question(town: Town, topic: Topic) -> str:
    """The next thing to ask."""
    words = town.sentences
    template = {"cni": words.which_document, "majeur": words.which_age}.get(
        topic.missing[0], words.which_case
    )
    return template.format(commune=town.name)


def answers(town: Town, topic: Topic) -> tuple[str, ...]:
    """How callers say the answers that the next question offers."""
    said = town.comprehension.choices
    return tuple(words for choice in topic.missing if choice in said for words in said[choice].strong)


def procedure(town: Town, topic: Topic) -> Procedure | None:
    """The town's list for this case; None when nobody has written one."""
    wanted = (topic.document, topic.age, topic.case)
    return next((one for one in town.document_lists if (one.document, one.age, one.case) == wanted), None)


def tell(town: Town, asked: Procedure, today: date) -> tuple[str, ...]:
    """The list in groups of three, then notes and price. An expired list is not told: empty."""
    if not asked.is_current(today):
        return ()
    words = town.sentences
    said = [words.documents_intro.format(demarche=asked.name, commune=town.name)]
    for start in range(0, len(asked.items), _GROUP):
        template = words.documents_next if start else words.documents_first
        group = wording.enumeration(asked.items[start : start + _GROUP])
        said.append(template.format(pieces=group, commune=town.name))
    return (*said, *asked.notes, asked.cost, words.documents_end.format(commune=town.name))
