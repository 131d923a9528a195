"""A town's folder, read and checked whole: every problem at once, with its file and line.

What a town does not write is taken from the content that ships with the product (`prompts/base`):
a sentence, a way of saying something, a démarche.
"""

from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError

from prompts.announcements import ReadyAnnouncements
from prompts.blanks import blanks_in
from prompts.content import Commune, Comprehension, DemoRecords, Listening, Town
from prompts.directory_record import DirectoryRecord
from prompts.errors import ContentError, Problem
from prompts.faq import Faq
from prompts.fields import Content
from prompts.learned import Learned, read_learned
from prompts.menu import Menu, menu_problems
from prompts.messages import in_french
from prompts.phrasebook import digest_of, phrase_files
from prompts.procedure_checks import problems_between, problems_of
from prompts.procedures import Procedure, ProcedureWords
from prompts.pronunciations import PronunciationBook
from prompts.recordings import FILE as RECORDINGS
from prompts.recordings import RecordingBook, problems_in, recorded_in
from prompts.sentences import Sentences
from prompts.sentences_booking import BookingSentences
from prompts.sentences_messages import MessageSentences
from prompts.sentences_requests import RequestSentences
from prompts.streets import Streets
from prompts.turn_taking import TurnTaking
from prompts.variants import Variants
from prompts.versions_files import content_digest
from prompts.yaml_source import Source, YamlPath, read_yaml

BASE = Path(__file__).parent / "base"
LEARNED = "comprehension.npz"
DEMO_TOWN = Path(__file__).parent / "towns" / "sainte-aurore"

M = TypeVar("M", bound=Content)
HoursCheck = Callable[[str, str], str | None]
"""Expression and département; what is wrong with them, None when they can be evaluated."""


def load_town(folder: Path = DEMO_TOWN, *, check_hours: HoursCheck | None = None) -> Town:
    """The town in this folder. Raises ContentError with all that must be put right."""
    reader = _TownReader(folder)
    commune = reader.read("commune.yaml", Commune, base=False)
    sentences = reader.read("phrases.yaml", Sentences)
    booking = reader.read("rendez_vous.yaml", BookingSentences)
    messages = reader.read("messages.yaml", MessageSentences)
    requests = reader.read("demandes.yaml", RequestSentences)
    comprehension = reader.read("comprehension.yaml", Comprehension)
    listening = reader.read("ecoute.yaml", Listening)
    procedure_words = reader.read("reponses.yaml", ProcedureWords)
    announcements = reader.read("annonces.yaml", ReadyAnnouncements)
    turn_taking = reader.read("tours_de_parole.yaml", TurnTaking)
    faq = reader.read("faq.yaml", Faq)
    pronunciations = reader.read("prononciations.yaml", PronunciationBook)
    streets = reader.read("rues.yaml", Streets)
    menu = reader.read("menu.yaml", Menu)
    variants = reader.read("variantes.yaml", Variants)
    recordings = reader.read(RECORDINGS, RecordingBook)
    if recordings:
        reader.check_recordings(recordings)
    if menu and faq and sentences:
        reader.check_menu(menu, faq, sentences)
    procedures = reader.read_procedures()
    learned = reader.learned()
    has_demo = (folder / "demonstration.yaml").exists()
    demo = reader.read("demonstration.yaml", DemoRecords, base=False) if has_demo else None
    has_directory = (folder / "annuaire.yaml").exists()
    directory = reader.read("annuaire.yaml", DirectoryRecord, base=False) if has_directory else None
    if commune is not None:
        reader.check_links(commune)
        if check_hours is not None:
            reader.check_hours(commune, check_hours)
    if reader.problems or not (
        commune
        and sentences
        and booking
        and messages
        and requests
        and comprehension
        and listening
        and procedure_words
        and learned
        and faq
        and pronunciations
        and streets
        and menu
        and variants
        and recordings
        and announcements
        and turn_taking
    ):
        raise ContentError(tuple(reader.problems))
    return Town(
        commune=commune,
        sentences=sentences,
        booking=booking,
        messages=messages,
        requests=requests,
        comprehension=comprehension,
        listening=listening,
        procedures=procedures,
        procedure_words=procedure_words,
        demo=demo,
        directory=directory,
        learned=learned,
        faq=faq,
        pronunciations=pronunciations,
        streets=streets,
        menu=menu,
        variants=variants,
        recorded=recorded_in(folder, recordings),
        ready_announcements=announcements,
        turn_taking=turn_taking,
        version=content_digest(folder),
    )


class _TownReader:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.problems: list[Problem] = []
        self.sources: dict[str, Source] = {}
        self.shipped: dict[str, Source] = {}

    def read(self, file: str, model: type[M], *, base: bool = True) -> M | None:
        """The file as its model, completed by the shipped one; None when it has problems."""
        own = self._source(self.folder / file, file, needed=not base)
        shipped = self._source(BASE / file, f"base/{file}", needed=True) if base else None
        if own is None:
            return None
        self.sources[file] = own
        if shipped is not None:
            self.shipped[file] = shipped
        value = _merged(shipped.value, own.value) if shipped else own.value
        blanks = dict(blanks_in(own.value))
        for path, what in blanks.items():
            self.problems.append(
                Problem(own.file, own.line_of(path), f"à remplir : {what or 'cette valeur'}")
            )
        try:
            found = model.model_validate(value)
            return None if blanks else found
        except ValidationError as error:
            for detail in error.errors():
                path = _yaml_path(detail["loc"])
                if any(path[: len(blank)] == blank for blank in blanks):
                    continue
                self.problems.append(self._problem(own, shipped, path, in_french(detail, model)))
            return None

    def learned(self) -> Learned | None:
        """What was learned: the shipped classifier, or that of a town with phrases of its own."""
        own = phrase_files([self.folder])
        file, shown_as = (self.folder / LEARNED, LEARNED) if own else (BASE / LEARNED, f"base/{LEARNED}")
        try:
            if own or not file.exists():
                learned = read_learned(file, shown_as)
            else:
                learned = _shipped_learned(file, shown_as, file.stat().st_mtime_ns)
        except ContentError as error:
            self.problems.extend(error.problems)
            return None
        if own and learned.digest != digest_of(phrase_files([BASE, self.folder])):
            message = "les phrases ont changé depuis ; attendu : lancer « standardiste train »"
            self.problems.append(Problem(f"phrases/{own[0].name}", 1, message))
        return learned

    def check_links(self, commune: Commune) -> None:
        """Names used must exist."""
        if "mairie" not in commune.places:
            self._report(("lieux",), "il manque le lieu « mairie », dont les horaires valent par défaut")
        if "accueil" not in commune.extensions:
            self._report(("transferts",), "il manque le transfert « accueil », qui reçoit tout le reste")
        for name, extension in commune.extensions.items():
            self._must_exist(extension.place, commune.places, ("transferts", name, "horaires"))
        for service, entry in commune.services.items():
            self._must_exist(entry.place, commune.places, ("services", service, "horaires"))
            self._must_exist(entry.extension, commune.extensions, ("services", service, "transfert"))
            if entry.agenda is not None and commune.agendas:
                self._must_exist(entry.agenda, commune.agendas, ("services", service, "agenda"))
        for path, agenda, counter in commune.outside.places():
            if commune.agendas:
                self._must_exist(agenda, commune.agendas, ("agendas_exterieurs", *path, "agenda"))
            if counter is not None and agenda in commune.agendas:
                counters = commune.agendas[agenda].counters
                self._must_exist(counter, counters, ("agendas_exterieurs", *path, "guichet"))
        for index, closure in enumerate(commune.closures):
            if closure.end <= closure.start:
                self._report(("fermetures", index, "fin"), "la fermeture finit avant de commencer")

    def check_menu(self, menu: Menu, faq: Faq, sentences: Sentences) -> None:
        """Keys that the town adds must lead somewhere, and be told."""
        for path, message in menu_problems(menu, faq, sentences):
            file = "menu.yaml"
            self.problems.append(self._problem(self.sources[file], self.shipped.get(file), path, message))

    def check_recordings(self, book: RecordingBook) -> None:
        """Every recording's sound must be there as it was recorded."""
        for path, message in problems_in(self.folder, book):
            self.problems.append(self._problem(self.sources[RECORDINGS], None, path, message))

    def check_hours(self, commune: Commune, check: HoursCheck) -> None:
        """Opening hours must be evaluated by the very engine that will tell them."""
        for name, place in commune.places.items():
            if (problem := check(place.expression, commune.departement)) is not None:
                self._report(("lieux", name, "horaire"), problem)
        for motif, agenda in commune.agendas.items():
            for counter, expression in agenda.hours().items():
                if (problem := check(expression, commune.departement)) is not None:
                    own = agenda.counters[counter] is not None
                    place_of = ("guichets", counter) if own else ("horaire",)
                    self._report(("agendas", motif, *place_of), problem)

    def _must_exist(self, name: str, known: dict[str, Any], path: YamlPath) -> None:
        if name not in known:
            self._report(path, f"« {name} » n'existe pas ; possibles : {', '.join(known)}")

    def _report(self, path: YamlPath, message: str) -> None:
        source = self.sources["commune.yaml"]
        self.problems.append(Problem(source.file, source.line_of(path), message))

    def _source(self, path: Path, shown_as: str, *, needed: bool) -> Source | None:
        if not path.exists():
            if not needed:
                return Source(shown_as, {}, {})
            self.problems.append(Problem(shown_as, 1, "il manque ce fichier"))
            return None
        try:
            if path.is_relative_to(BASE):
                return _shipped(path, shown_as, path.stat().st_mtime_ns)
            return read_yaml(path, shown_as)
        except ContentError as error:
            self.problems.extend(error.problems)
            return None

    def read_procedures(self) -> dict[str, Procedure]:
        """Each démarche by the name of its file: the shipped ones, and what the town changes or adds."""
        folders = (BASE / "demarches", self.folder / "demarches")
        names = sorted({path.stem for folder in folders for path in folder.glob("*.yaml")})
        found: dict[str, Procedure] = {}
        for name in names:
            shipped = (BASE / "demarches" / f"{name}.yaml").exists()
            procedure = self.read(f"demarches/{name}.yaml", Procedure, base=shipped)
            if procedure is not None:
                found[name] = procedure
                for path, message in problems_of(procedure):
                    self._report_procedure(name, path, message)
        if len(found) == len(names):
            for name, path, message in problems_between(found):
                self._report_procedure(name, path, message)
        return found

    def _report_procedure(self, name: str, path: YamlPath, message: str) -> None:
        file = f"demarches/{name}.yaml"
        self.problems.append(self._problem(self.sources[file], self.shipped.get(file), path, message))

    @staticmethod
    def _problem(own: Source, shipped: Source | None, path: YamlPath, message: str) -> Problem:
        """Shown where it stands, or in the nearest part around it, the town's own file first."""
        while path and path not in own.lines and (shipped is None or path not in shipped.lines):
            path = path[:-1]
        place = own if shipped is None or path in own.lines else shipped
        return Problem(place.file, place.line_of(path), message)


@lru_cache(maxsize=256)
def _shipped(path: Path, shown_as: str, _changed_ns: int) -> Source:
    """A shipped file is read once: every town starts from it."""
    return read_yaml(path, shown_as)


@lru_cache(maxsize=2)
def _shipped_learned(file: Path, shown_as: str, _changed_ns: int) -> Learned:
    """The shipped classifier is held once, however many towns and versions understand with it."""
    return read_learned(file, shown_as)


def _merged(shipped: dict[str, Any], own: dict[str, Any]) -> dict[str, Any]:
    """What the town writes wins; what it leaves out is what ships. A list replaces the whole list."""
    result = dict(shipped)
    for key, value in own.items():
        before = result.get(key)
        if isinstance(before, dict) and isinstance(value, dict):
            result[key] = _merged(before, value)
        else:
            result[key] = value
    return result


def _yaml_path(loc: tuple[str | int, ...]) -> YamlPath:
    """pydantic's place without the marks of its own ("[key]") that are not in the file."""
    return tuple(part for part in loc if part != "[key]")
