"""The answer that the town wrote to a question of its own; a person, once it has expired."""

from dialog.actions import Source
from dialog.meaning import Understanding
from dialog.talk import Done, Person, Result, Talk, understood


def tell(talk: Talk, found: Understanding) -> Result:
    """Its sentences with their source."""
    assert found.faq is not None
    question = talk.town.faq.questions[found.faq]
    talk = talk.having(hours_of=None)
    if talk.today > question.valid_until:
        expired = talk.phrase(talk.town.sentences.fact_expired)
        return Person(understood(talk.state), question.service, (expired,))
    origin = question.source
    source = Source(origin.title, origin.checked, origin.url)
    lines = tuple(talk.phrase(line) for line in question.answer)
    after = talk.having(told=talk.state.told + 1, told_of=None, source=source)
    return Done(understood(after.state), lines, source)
