"""What a démarche's file must be for a call to end well: every case answered, in few questions."""

from collections.abc import Iterator, Mapping
from itertools import islice

from prompts.procedures import MAX_QUESTIONS, Conditions, Path, Procedure, Question, Sheet, holds, paths
from prompts.yaml_source import YamlPath

_MAX_CASES = 3000

Found = Iterator[tuple[YamlPath, str]]
"""Where in the file, and what is wrong with what was expected."""


def problems_of(procedure: Procedure) -> Found:
    """All that must be put right in this file alone."""
    links = list(_links(procedure))
    yield from links
    yield from _numbers(procedure)
    yield from _sources(procedure)
    if not links:
        yield from _cases(procedure)


def problems_between(procedures: Mapping[str, Procedure]) -> Iterator[tuple[str, YamlPath, str]]:
    """What is wrong among several files: the file's key, where in it, what."""
    answered: dict[str, str] = {}
    led_to = {target for procedure in procedures.values() for _, target in _ways_out(procedure)}
    for key, procedure in procedures.items():
        if not procedure.services and key not in led_to:
            yield key, ("services",), "aucun service, et aucune réponse d'une autre démarche ne mène ici"
        for index, service in enumerate(procedure.services):
            if service in answered:
                other = answered[service]
                yield key, ("services", index), f"« {service} » a déjà sa démarche : {other}.yaml"
            answered.setdefault(service, key)
        for place, target in _ways_out(procedure):
            if target not in procedures:
                yield key, place, f"« {target} » n'existe pas ; possibles : {', '.join(procedures)}"
            elif _comes_back(procedures, target, {key}):
                yield key, place, f"« {target} » ramène ici : les questions tourneraient en rond"
            elif (most := _most_questions(procedures, key)) > MAX_QUESTIONS:
                yield key, place, _too_many(most)


def _ways_out(procedure: Procedure) -> Iterator[tuple[YamlPath, str]]:
    for i, question in enumerate(procedure.questions):
        for j, answer in enumerate(question.answers):
            if answer.goes_to is not None:
                yield ("questions", i, "reponses", j, "vers"), answer.goes_to


def _comes_back(procedures: Mapping[str, Procedure], key: str, seen: set[str]) -> bool:
    if key in seen:
        return True
    procedure = procedures.get(key)
    targets = [target for _, target in _ways_out(procedure)] if procedure else []
    return any(_comes_back(procedures, target, seen | {key}) for target in targets)


def _most_questions(procedures: Mapping[str, Procedure], key: str) -> int:
    """On the longest way from this démarche on; the ways are known not to come back."""
    procedure = procedures.get(key)
    if procedure is None:
        return 0
    most = 0
    for path in islice(paths(procedure.questions, {}), _MAX_CASES):
        beyond = _most_questions(procedures, path.goes_to) if path.goes_to else 0
        most = max(most, len(path.answers) + beyond)
    return most


def _links(procedure: Procedure) -> Found:
    """Names used must exist, and a question depends only on those asked before it."""
    before: dict[str, Question] = {}
    every = {question.key for question in procedure.questions}
    for i, question in enumerate(procedure.questions):
        place: YamlPath = ("questions", i)
        if question.key in before:
            yield (*place, "cle"), f"deux questions s'appellent « {question.key} »"
        for name in question.when:
            if name in every and name not in before:
                yield (
                    (*place, "si", name),
                    f"« {question.key} » dépend de « {name} », qui n'est pas posée avant elle : "
                    "les questions tourneraient en rond",
                )
        yield from _conditions(question.when, before, every, (*place, "si"))
        keys = [answer.key for answer in question.answers]
        for j, key in enumerate(keys):
            if key in keys[:j]:
                yield (*place, "reponses", j, "cle"), f"deux réponses s'appellent « {key} »"
        before[question.key] = question
    for i, sheet in enumerate(procedure.sheets):
        yield from _conditions(sheet.when, before, set(), ("fiches", i, "si"))
        for part, facts in sheet.facts:
            for j, fact in enumerate(facts):
                yield from _conditions(fact.when, before, set(), ("fiches", i, part, j, "si"))


def _conditions(when: Conditions, known: Mapping[str, Question], later: set[str], place: YamlPath) -> Found:
    for name, accepted in when.items():
        question = known.get(name)
        if question is None:
            if name not in later:
                possible = ", ".join(known) or "aucune"
                yield (*place, name), f"la question « {name} » n'existe pas ; possibles : {possible}"
            continue
        keys = [answer.key for answer in question.answers]
        for key in accepted:
            if key not in keys:
                yield (
                    (*place, name),
                    f"« {key} » n'est pas une réponse à « {name} » ; possibles : {', '.join(keys)}",
                )


def _numbers(procedure: Procedure) -> Found:
    for i, question in enumerate(procedure.questions):
        valued = [(j, answer.values) for j, answer in enumerate(question.answers) if answer.values]
        if question.unit is None and valued:
            place = ("questions", i, "reponses", valued[0][0], "valeurs")
            yield place, "« valeurs » demande « nombre » dans la question : ans, ou mètres carrés"
        if question.unit is not None and not valued:
            yield ("questions", i, "nombre"), "il manque « valeurs » aux réponses : 14 ou moins, 15 à 17…"
        for n, (j, mine) in enumerate(valued):
            if any(mine.meets(other) for _, other in valued[:n]):
                yield (
                    ("questions", i, "reponses", j, "valeurs"),
                    "ces valeurs recouvrent celles d'une autre réponse",
                )


def _sources(procedure: Procedure) -> Found:
    for i, sheet in enumerate(procedure.sheets):
        if sheet.person:
            continue
        source, until = procedure.source_of(sheet), procedure.expiry_of(sheet)
        if source is None:
            yield ("fiches", i), "il manque « source » : d'où vient cette information ?"
        if until is None:
            yield ("fiches", i), "il manque « valable_jusquau » : une information sans date n'est pas dite"
        if source is not None and until is not None and until < source.checked:
            yield ("fiches", i), "« valable_jusquau » précède « verifie_le »"


def _cases(procedure: Procedure) -> Found:
    """Every way through the questions ends in one fiche, soon; every fiche has its use."""
    every = list(islice(paths(procedure.questions, {}), _MAX_CASES + 1))
    if len(every) > _MAX_CASES:
        yield ("questions",), f"plus de {_MAX_CASES} cas : retirez des questions ou des réponses"
        return
    most = max((len(path.answers) for path in every), default=0)
    if most > MAX_QUESTIONS:
        yield ("questions",), _too_many(most)
    ends = [path for path in every if path.goes_to is None]
    for path in ends:
        met = [i for i, sheet in enumerate(procedure.sheets) if holds(sheet.when, path.answers)]
        if not met:
            yield (
                ("fiches",),
                f"aucune fiche pour {_told(path)} ; écrivez-la, ou une fiche « une_personne_repond: true »",
            )
            break
        if len(met) > 1:
            yield ("fiches", met[1]), f"deux fiches pour {_told(path)} : gardez-en une"
            break
    for i, sheet in enumerate(procedure.sheets):
        cases = [path for path in ends if holds(sheet.when, path.answers)]
        if not cases:
            yield ("fiches", i), "aucun chemin de questions ne mène à cette fiche"
        yield from _unused(sheet, cases, ("fiches", i))


def _unused(sheet: Sheet, cases: list[Path], place: YamlPath) -> Found:
    for part, facts in sheet.facts:
        for j, fact in enumerate(facts):
            if cases and not any(holds(fact.when, path.answers) for path in cases):
                yield (*place, part, j), "cette ligne ne serait jamais dite : son « si » contredit la fiche"


def _told(path: Path) -> str:
    return " + ".join(f"{question}={answer}" for question, answer in path.answers.items()) or "cette démarche"


def _too_many(most: int) -> str:
    return f"un appelant entendrait {most} questions : {MAX_QUESTIONS} au plus"
