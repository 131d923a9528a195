"""Once an appointment is booked: whether the town can tell what to bring, for who asks « les documents »."""

from dialog import procedures
from dialog.talk import Talk
from prompts.labels import Service


def are_known(talk: Talk, subject: Service) -> bool:
    """Whether the town says what is to be brought, once its questions are answered."""
    if procedures.procedure_for(talk.town, subject) is None:
        return False
    topic = procedures.ProcedureTopic(subject, "pieces")
    if procedures.next_question(talk.town, topic, talk.today) is not None:
        return True
    return not isinstance(procedures.outcome(talk.town, topic, talk.today), procedures.Unknown)
