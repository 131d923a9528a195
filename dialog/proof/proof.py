"""The proof of one town: its content, and its dialogue in each of the circumstances of a call."""

from collections.abc import Callable, Iterator
from datetime import datetime

from dialog.actions import Say
from dialog.proof import laws
from dialog.proof.calendar import days_told
from dialog.proof.cases import cases_told
from dialog.proof.content import content_findings
from dialog.proof.durations import MAX_SENTENCE_S
from dialog.proof.explore import LISTENING, Explorer, Move, Node, Raised
from dialog.proof.findings import Finding, Proof
from dialog.proof.worlds import World
from prompts.content import Town

Voice = Callable[[str], tuple[tuple[str, float], ...]]
"""The sentences of what is said, each with the seconds that it lasts at most."""


def prove_content(town: Town, now: datetime, voice: Voice) -> Proof:
    """What is wrong with the content, told case by case and day by day; `now` is aware."""
    said: dict[str, None] = {}
    findings = [
        *content_findings(town),
        *days_told(town, now, said),
        *cases_told(town, now.astimezone(town.tz).date(), said),
    ]
    return Proof((*findings, *_of_sentences(said, voice)), frozenset(said))


def prove_world(town: Town, world: World, voice: Voice) -> Proof:
    """What is wrong with what a caller may meet in these circumstances."""
    said: dict[str, None] = {}
    wrong: dict[str, Finding] = {}

    def note(message: str, node: Node, name: str = "") -> None:
        wrong.setdefault(message, Finding(f"{message} ({_where(world, node, name)})"))

    explorer, events = Explorer(town, world), 0
    for found in explorer.moves():
        events += 1
        for message in _of_move(found, town, said):
            note(message, found.node, found.name)
    for node in explorer.map.nodes.values():
        for message in _of_node(explorer, node):
            note(message, node)
    for node in laws.lost(explorer):
        note("aucune suite ne mène à la fin de l'appel", node)
    findings = [*wrong.values()]
    if not explorer.map.whole:
        findings.append(Finding("le dialogue a trop d'états pour être tous explorés"))
    return Proof((*findings, *_of_sentences(said, voice)), frozenset(said), len(explorer.map.nodes), events)


def _of_move(found: Move | Raised, town: Town, said: dict[str, None]) -> Iterator[str]:
    if isinstance(found, Raised):
        yield f"le programme s'arrête : {type(found.error).__name__} {found.error}"
        return
    for action in found.actions:
        if isinstance(action, Say):
            said.setdefault(action.text)
    yield from laws.well_formed(found)
    yield from laws.committed(found, town.thresholds.answer)


def _of_node(explorer: Explorer, node: Node) -> Iterator[str]:
    if node.state.stage in LISTENING:
        yield from laws.person_in_one_step(explorer, node.state)
        yield from laws.emergency_first(explorer, node.state)
        yield from laws.leads_on(explorer, node.state)
        yield from laws.keys_work(explorer, node.state)


def _of_sentences(said: dict[str, None], voice: Voice) -> Iterator[Finding]:
    for text in said:
        if not text.strip():
            yield Finding("une phrase vide est dite")
        if "{" in text or "}" in text:
            yield Finding("une variable n'est pas remplie", sentence=text)
        for sentence, lasts_s in voice(text):
            if lasts_s > MAX_SENTENCE_S:
                yield Finding(
                    f"phrase de {lasts_s:.0f} secondes, {MAX_SENTENCE_S:.0f} au plus : « {sentence} »",
                    sentence=sentence,
                )


def _where(world: World, node: Node, name: str) -> str:
    state = node.state
    task = f", {type(state.task).__name__}" if state.task is not None else ""
    asked = f", attend {state.expects}" if state.expects else ""
    then = f", puis {name}" if name else ""
    return f"{world.name} ; {state.stage}{task}{asked}{then}"
