"""The sizing table, written into the guide of the IT department between two marks."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bench.report import RESULTS, ROOT, keep
from bench.sizing import WHY, Assumed, Measured, Need, missing, report, sized, usable_share

GUIDE = ROOT / "docs" / "guide-informatique.md"
BEGIN = "<!-- écrit par « standardiste bench sizing », ne pas changer à la main -->"
END = "<!-- fin de ce que « standardiste bench sizing » écrit -->"
_FORMULA = """\
Calcul : appels de l'heure chargée × durée = trafic A, en erlangs ; appels à la fois = le plus petit n tel que
B(n) ≤ {blocking}, avec B(0) = 1 et B(n) = A·B(n−1) / (n + A·B(n−1)) (Erlang B) ; appels par cœur = {share} ÷
ce que coûte un appel en cœurs, {share} étant la part d'un cœur que l'admission laisse aux appels entiers ;
processus principaux = appels × ce qu'y coûte chacun ÷ {share}, car chacun n'occupe qu'un cœur : plusieurs
`serve --role telephony`, ou plusieurs plateformes entre lesquelles partager les communes. Le délai n'est pas
ici : une écoute qui met 600 ms par tour répond d'autant plus tard, quel que soit le nombre de cœurs.
"""


def run(results: Path = RESULTS, guide: Path = GUIDE, assumed: Assumed | None = None) -> dict[str, Any]:
    """Computes, writes the table into the guide, and keeps the report."""
    assumed = assumed or Assumed()
    needs, measured = sized(results, assumed)
    write_table(guide, table(needs, measured, assumed))
    figures = report(needs, measured, assumed)
    return keep("sizing", figures) if results == RESULTS else figures


def table(needs: Sequence[Need], measured: Measured, assumed: Assumed) -> str:
    """Markdown."""
    lines = [
        f"| | écoute | appels à la fois ({_share(assumed.blocking)}) | appels par cœur | cœurs | mémoire "
        f"| machines de {assumed.machine_cores} cœurs | processus principaux |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for each in needs:
        values = (
            _number(each.calls_at_once),
            _number(each.calls_per_core, 1),
            _number(each.cores),
            "manque" if each.memory_mib is None else f"{_number(each.memory_mib / 1024, 1)} Gio",
            _number(each.machines),
            _number(each.agents),
        )
        case = f"{each.case} ({_number(each.erlangs, 1)} erlangs)"
        lines.append(f"| {case} | {each.model} | {' | '.join(values)} |")
    absent = missing(measured)
    paragraphs = (
        "\n".join(lines),
        f"Manque, donc laissé vide : {' ; '.join(absent)}." if absent else "",
        "Mesuré : " + " ; ".join(_sources(measured)) + "." if _sources(measured) else "",
        f"Hypothèses : {_supposed('hypothèse')}. Choix : {_supposed('choix')}.",
        _FORMULA.format(blocking=_share(assumed.blocking), share=_number(usable_share(), 2)).rstrip(),
    )
    return "\n\n".join(part for part in paragraphs if part)


def _supposed(kind: str) -> str:
    begins = f"{kind} : "
    return " ; ".join(why.removeprefix(begins) for why in WHY.values() if why.startswith(begins))


def _sources(measured: Measured) -> list[str]:
    """What each file of results gave."""
    told: dict[str, list[str]] = {}
    for figure, words, digits, unit in (
        (measured.call_cores, "un appel", 3, "cœur"),
        (measured.agent_cores, "dont le processus principal", 3, "cœur"),
        (measured.voice_mib, "la voix", 0, "Mio"),
        (measured.agent_mib, "le processus principal", 0, "Mio"),
        (measured.asterisk_mib, "Asterisk", 0, "Mio"),
        (measured.town_mib, "chaque commune de plus", 1, "Mio"),
    ):
        if figure is not None:
            told.setdefault(figure.source, []).append(f"{words} {_number(figure.value, digits)} {unit}")
    for model, figure in measured.decode_s.items():
        weight = measured.ear_mib.get(model)
        heavy = f" et {_number(weight.value)} Mio" if weight else ""
        words = f"{model} {_number(1000 * figure.value)} ms par tour de 3 s{heavy}"
        told.setdefault(figure.source, []).append(words)
    return [f"`{file}` {date} : {', '.join(parts)}" for source, parts in told.items()
            for file, _, date in [source.partition(" ")]]  # fmt: skip


def _share(value: float) -> str:
    return f"{_number(100 * value)} %"


def _number(value: float | None, digits: int = 0) -> str:
    return "manque" if value is None else f"{value:.{digits}f}".replace(".", ",")


def write_table(guide: Path, text: str) -> None:
    """Puts it between its two marks, which stay. Raises ValueError where the guide has none."""
    before, begin, rest = guide.read_text(encoding="utf-8").partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"{guide} : les deux marques du tableau manquent")
    guide.write_text(f"{before}{BEGIN}\n\n{text}\n\n{END}{after}", encoding="utf-8")
