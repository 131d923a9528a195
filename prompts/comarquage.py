"""A « fiche pratique » of service-public (DILA co-marquage XML) read as an outline of its cases.

Read by expat, event by event: no document type, no entity, nothing fetched; a file that is too large or too
deep is refused before it takes memory. Element text is split by inline tags: joined, spaces made one.
Format: schema `Publication.xsd` 3.3 and 3.4.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from xml.parsers import expat

from prompts.annuaire import UnusableImport
from prompts.imported_text import one_line
from prompts.os_words import why

MAX_BYTES = 5_000_000
"""The longest fiche has some hundred kilobytes."""
_MAX_DEPTH = 100
_MAX_ELEMENTS = 100_000
_CHUNK_BYTES = 65_536


@dataclass
class Element:
    tag: str
    attributes: dict[str, str]
    parts: "list[str | Element]" = field(default_factory=list)

    @property
    def children(self) -> "list[Element]":
        return [part for part in self.parts if isinstance(part, Element)]

    def child(self, tag: str) -> "Element | None":
        return next((one for one in self.children if one.tag == tag), None)

    def all(self, tag: str) -> "list[Element]":
        return [one for one in self.children if one.tag == tag]

    def text(self) -> str:
        """All that is written in it."""
        return one_line(self._words()).replace(" ,", ",").replace(" .", ".")

    def _words(self) -> str:
        return "".join(part if isinstance(part, str) else part._words() for part in self.parts)


def read_publication(file: Path) -> Element:
    """The fiche, in constant memory for what is refused. Raises UnusableImport."""
    try:
        if file.stat().st_size > MAX_BYTES:
            raise UnusableImport(
                f"« {file.name} » dépasse {MAX_BYTES // 1_000_000} Mo : donnez les fiches une à une."
            )
        with file.open("rb") as opened:
            return publication_in(iter(lambda: opened.read(_CHUNK_BYTES), b""), file.name)
    except OSError as error:
        raise UnusableImport(f"« {file} » ne se lit pas ({why(error)}).") from error


def publication_in(chunks: Iterable[bytes], name: str) -> Element:
    """The fiche of a file of this name. Raises UnusableImport."""
    root = _Builder(name).built(chunks)
    if root.tag != "Publication":
        raise UnusableImport(
            f"« {name} » n'est pas une fiche de service-public : elle commence par <{root.tag[:40]}>, "
            "<Publication> est attendu."
        )
    return root


class _Builder:
    def __init__(self, name: str) -> None:
        self._name = name
        self._open: list[Element] = []
        self._root: Element | None = None
        self._elements = 0

    def built(self, chunks: Iterable[bytes]) -> Element:
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
        parser.StartDoctypeDeclHandler = self._refuse_doctype
        parser.EntityDeclHandler = self._refuse_doctype
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        read = 0
        try:
            for chunk in chunks:
                read += len(chunk)
                if read > MAX_BYTES:
                    raise self._refused("est trop gros")
                parser.Parse(chunk, False)
            parser.Parse(b"", True)
        except expat.ExpatError as error:
            raise self._refused(f"est mal formé, ligne {error.lineno}") from error
        if self._root is None:
            raise self._refused("est vide")
        return self._root

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        self._elements += 1
        if len(self._open) >= _MAX_DEPTH or self._elements > _MAX_ELEMENTS:
            raise self._refused("est trop profond ou trop long pour une fiche")
        element = Element(tag.rpartition(":")[2] if tag.startswith("dc:") else tag, attributes)
        if self._open:
            self._open[-1].parts.append(element)
        else:
            self._root = element
        self._open.append(element)

    def _end(self, tag: str) -> None:
        # Two paragraphs side by side are two texts, two inline tags in a sentence are one.
        self._open.pop()
        if self._open and tag in _BLOCKS:
            self._open[-1].parts.append(" ")

    def _text(self, text: str) -> None:
        if self._open:
            self._open[-1].parts.append(text)

    def _refuse_doctype(self, *_: object) -> None:
        raise self._refused(
            "contient une déclaration de type ou une entité : ce n'est pas une fiche telle quelle"
        )

    def _refused(self, why: str) -> UnusableImport:
        return UnusableImport(f"« {self._name} » {why}.")


_BLOCKS = frozenset({"Paragraphe", "Titre", "Item", "Chapitre", "Cas", "Liste", "Cellule", "Rangée"})
