"""`standardiste bench sizing`: calls per core, and the machines of a town, a city, a département.

Nothing is measured here. What was is read from `bench/results`, the newest of each, and said with its file
and date; what was not is said to be missing. What nobody can measure here (how often people call) is a named
hypothesis, and an argument. The table is written into the guide by `bench.sizing_table`.
"""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from bench.erlang import erlang_c, lines_for
from telephony.admission import FILLED, Limits, Step

CALL_PARTS = ("agent", "ears_and_voice", "asterisk")
"""Of what `bench load` measures; the callers of the bench are no part of the product."""
TURN = "3 s, 1 at once"
"""The turn that recognisers are compared by."""


@dataclass(frozen=True)
class Assumed:
    """What is supposed, each with why."""

    calls_per_inhabitant: float = 2.0
    """In a year."""
    open_days: int = 250
    busiest_day: float = 2.0
    """Calls of a busy day over those of an ordinary one."""
    busy_hour: float = 0.15
    """Its share of the day's calls."""
    minutes: float = 3.0
    """A call's mean length."""
    blocking: float = 0.01
    inhabitants_per_town: int = 1900
    """Of the towns of a département."""
    decodes_per_turn: float = 2.0
    machine_cores: int = 8

    def traffic(self, inhabitants: int) -> float:
        """Erlangs of the busy hour."""
        a_day = inhabitants * self.calls_per_inhabitant / self.open_days * self.busiest_day
        return a_day * self.busy_hour * self.minutes / 60.0


WHY: Mapping[str, str] = {
    "calls_per_inhabitant": "hypothèse : deux appels par habitant et par an",
    "open_days": "hypothèse : 250 jours d'ouverture",
    "busiest_day": "hypothèse : un jour chargé fait le double d'un jour ordinaire",
    "busy_hour": "hypothèse : 15 % des appels du jour dans l'heure la plus chargée",
    "minutes": "hypothèse : trois minutes (Allô Toulouse : 2 min 30, compte rendu public de 2024)",
    "blocking": "choix : au plus un appel sur cent trouve tout occupé, et va à la file de la mairie",
    "inhabitants_per_town": "hypothèse : 1 900 habitants, la moyenne (68 millions, 35 000 communes)",
    "decodes_per_turn": "hypothèse : une première lecture pendant que l'appelant parle, et la dernière",
    "machine_cores": "choix : machines de huit cœurs, et une de plus que nécessaire dès qu'il en faut deux",
}
CASES: Mapping[str, tuple[int, int]] = {
    "commune de 5 000 habitants": (5_000, 1),
    "ville de 300 000 habitants": (300_000, 1),
    "département de 200 communes, une plateforme": (0, 200),
}
"""Inhabitants, and towns; of a département the inhabitants follow from its towns."""


@dataclass(frozen=True)
class Figure:
    """A measured figure, and where it comes from."""

    value: float
    source: str
    """The file and its date."""


@dataclass(frozen=True)
class Measured:
    """What the results tell; None for what no result tells."""

    call_cores: Figure | None = None
    """One call in full with the built-in ears, all parts of the product together."""
    agent_cores: Figure | None = None
    """Of that, in the main process, which keeps one core busy at most."""
    turns_per_call_s: Figure | None = None
    decode_s: Mapping[str, Figure] = field(default_factory=dict)
    """Processor time of one decode of a turn, by model."""
    ear_mib: Mapping[str, Figure] = field(default_factory=dict)
    """One worker."""
    voice_mib: Figure | None = None
    agent_mib: Figure | None = None
    """The main process with one town."""
    asterisk_mib: Figure | None = None
    town_mib: Figure | None = None
    """Each town more in the same process, once it was called."""


MODELS: Mapping[str, str] = {
    "écoute intégrée": "built-in, phonemes under a grammar",
    "whisper tiny, fenêtre courte": "whisper tiny, random weights, short window",
    "whisper base, fenêtre courte": "whisper base, random weights, short window",
    "whisper small, fenêtre courte": "whisper small, random weights, short window",
}
"""As the guide names them, and as `bench asr` does."""
_BUILT_IN = next(iter(MODELS))


def newest(results: Path, name: str, path: Sequence[str]) -> tuple[Any, str] | None:
    """The value at this path in the newest result of this name that has it, and its source: the file, its
    date, and how many processes wanted the machine's cores."""
    for file in sorted(results.glob(f"{name}-2*.json"), reverse=True):
        value: Any = json.loads(file.read_text(encoding="utf-8"))
        told = [str(value.get("date", ""))[:10]]
        if (load := value.get("machine", {}).get("load_1_min")) is not None:
            told.append(f"machine occupée à {load:g}".replace(".", ","))
        for key in path:
            value = value.get(key) if isinstance(value, Mapping) else None
        if value is not None:
            return value, f"{file.name} ({', '.join(told)})"
    return None


def read_measured(results: Path) -> Measured:
    """What the newest results tell."""

    def one(name: str, *path: str) -> Figure | None:
        found = newest(results, name, path)
        return None if found is None else Figure(float(found[0]), found[1])

    decode, ears = {}, {}
    for model, engine in MODELS.items():
        of_model = ("engines", engine)
        times = newest(results, "asr", (*of_model, "speed", "decode_ms", "open", TURN)) or newest(
            results, "asr", (*of_model, "decode_ms", "open", TURN)
        )
        if times is not None:
            spent = times[0].get("processor_ms_of_each", times[0].get("median"))
            decode[model] = Figure(spent / 1000.0, times[1])
        weight = one("asr", *of_model, "speed", "worker_mib") or one("asr", *of_model, "worker_mib")
        if weight is not None:
            ears[model] = weight
    call, agent, turns, asterisk = _of_load(results)
    rest, called = one("towns", "mib_of_each_town"), one("towns", "mib_more_once_called")
    town = Figure(rest.value + called.value, rest.source) if rest and called else None
    return Measured(
        call,
        agent,
        turns,
        decode,
        ears,
        one("tts", "engines", "built-in", "worker_mib"),
        one("turn", "main_process_mib"),
        asterisk,
        town,
    )


def _of_load(results: Path) -> tuple[Figure | None, Figure | None, Figure | None, Figure | None]:
    """Cores of a call and of its main process, turns in each of its seconds, Asterisk's memory; of the run
    with the most callers that were all served in full."""
    rows, seconds = newest(results, "load", ("systems", "ours")), newest(results, "load", ("duration_s",))
    if rows is None or seconds is None:
        return None, None, None, None
    in_full = [row for row in rows[0] if {step for step, n in row["steps"].items() if n} == {"parole"}]
    if not in_full:
        return None, None, None, None
    row = max(in_full, key=lambda each: each["callers"])
    n, source = row["callers"], rows[1]
    cores = sum(row["cores"][part]["mean"] for part in CALL_PARTS)
    return (
        Figure(cores / n, source),
        Figure(row["cores"]["agent"]["mean"] / n, source),
        Figure(row["turns"] / (n * seconds[0]), source),
        Figure(row["rss_mib"]["asterisk"]["max"], source),
    )


def call_cores(measured: Measured, model: str, assumed: Assumed) -> float | None:
    """What one call costs with these ears; None where a figure that it takes is missing.

    Measured with the built-in ears; with others, what hearing costs more (or less) is added, turn by turn.
    """
    if measured.call_cores is None:
        return None
    if model == _BUILT_IN:
        return measured.call_cores.value
    own, built_in = measured.decode_s.get(model), measured.decode_s.get(_BUILT_IN)
    if own is None or built_in is None or measured.turns_per_call_s is None:
        return None
    more_s = (own.value - built_in.value) * assumed.decodes_per_turn
    return measured.call_cores.value + more_s * measured.turns_per_call_s.value


def usable_share() -> float:
    """Of a core, what calls in full may take: the product's own rule (telephony/admission.py)."""
    return Limits().cpu_share * FILLED[Step.SPEECH]


@dataclass(frozen=True)
class Need:
    """What one case takes with one model."""

    case: str
    model: str
    erlangs: float
    calls_at_once: int
    calls_per_core: float | None
    cores: int | None
    memory_mib: int | None
    machines: int | None
    agents: int | None
    """Main processes: each keeps one core busy at most."""
    waits: float
    """The share of callers that would wait for a line, if the agent had a queue (Erlang C)."""


def need(case: str, model: str, measured: Measured, assumed: Assumed) -> Need:
    """The arithmetic of one line of the table."""
    inhabitants, towns = CASES[case]
    inhabitants = inhabitants or towns * assumed.inhabitants_per_town
    traffic = assumed.traffic(inhabitants)
    lines = lines_for(traffic, assumed.blocking)
    cost, waits = call_cores(measured, model, assumed), erlang_c(traffic, lines)
    own = measured.agent_cores
    if cost is None or own is None:
        return Need(case, model, traffic, lines, None, None, None, None, None, waits)
    per_core = usable_share() / cost
    cores = max(1, math.ceil(lines / per_core))
    machines = math.ceil(cores / assumed.machine_cores)
    machines += machines > 1
    agents = max(machines, math.ceil(lines * own.value / usable_share()))
    memory = _memory(measured, model, cores, towns, machines, agents)
    return Need(case, model, traffic, lines, per_core, cores, memory, machines, agents, waits)


def _memory(measured: Measured, model: str, cores: int, towns: int, machines: int, agents: int) -> int | None:
    """One ear worker a core, one Asterisk and one voice a machine, and every town in one of the agents."""
    ear, agent, voice = measured.ear_mib.get(model), measured.agent_mib, measured.voice_mib
    asterisk, town = measured.asterisk_mib, measured.town_mib
    if ear is None or agent is None or voice is None or asterisk is None or (town is None and towns > 1):
        return None
    more = (towns - 1) * town.value if town else 0.0
    own = agents * agent.value + machines * (voice.value + asterisk.value)
    return round(cores * ear.value + own + more)


def sized(results: Path, assumed: Assumed) -> tuple[list[Need], Measured]:
    """Every case with every model, and the figures that this comes from."""
    measured = read_measured(results)
    return [need(case, model, measured, assumed) for case in CASES for model in MODELS], measured


def report(needs: Sequence[Need], measured: Measured, assumed: Assumed) -> dict[str, Any]:
    """What is printed and kept."""
    return {
        "assumed": {name: {"value": value, "why": WHY[name]} for name, value in asdict(assumed).items()},
        "measured": asdict(measured),
        "missing": missing(measured),
        "needs": [asdict(each) for each in needs],
    }


_TOLD = {
    "call_cores": "ce que coûte un appel en entier (`standardiste bench load`)",
    "turns_per_call_s": "les tours de parole d'un appel (`standardiste bench load`)",
    "voice_mib": "la mémoire de la voix (`standardiste bench tts`)",
    "agent_mib": "la mémoire du processus principal (`standardiste bench turn`)",
    "asterisk_mib": "la mémoire d'Asterisk (`standardiste bench load`)",
    "town_mib": "la mémoire d'une commune de plus (`standardiste bench towns`)",
}


def missing(measured: Measured) -> list[str]:
    """What no result tells, and which measurement would."""
    told = [words for name, words in _TOLD.items() if getattr(measured, name) is None]
    told += [
        f"l'écoute « {model} » (`standardiste bench asr`)"
        for model in MODELS
        if model not in measured.decode_s
    ]
    return told
