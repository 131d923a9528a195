"""How a call begins: who speaks, whether it is recorded, then what may be asked."""

from dialog.actions import Say
from dialog.flows import keeping, person
from dialog.talk import Result, Talk, Turn, ask


def greet(talk: Talk) -> Turn:
    """Announcements and what the law wants said, whole; then the first question."""
    announced = [talk.phrase(each.text) for each in talk.town.announcements if each.is_on(talk.now)]
    # None of it is cut short by whoever speaks at once.
    first = [
        Say(text, interruptible=False) for text in (*announced, talk.phrase(talk.town.sentences.disclosure))
    ]
    if talk.state.ears.crowd == "none" and (told := keeping.announcement(talk.town)) is not None:
        first.append(Say(told, interruptible=False, announces_recording=True))
        talk = talk.having(recorded=True)
    question = _first_question(talk)
    assert isinstance(question, Turn), "a call that begins has nothing that could be over"
    return Turn(question.state, (*first, *question.actions))


def _first_question(talk: Talk) -> Result:
    """An open one; where too many call at once, the keys, or the offer to call back."""
    words = talk.town.sentences
    match talk.state.ears.crowd:
        case "none":
            return ask(talk, None, (), talk.phrase(words.invitation), stage="open")
        case "keys":
            return ask(talk, None, (talk.phrase(words.crowd_keys),), talk.phrase(words.menu), stage="open")
        case "call_back":
            lines = (talk.phrase(words.crowd_call_back),)
            return person.call_back(talk.having(extension="accueil"), lines, "no_answer")
