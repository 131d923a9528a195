"""Every sentence that callers hear, by the moment of the call, and other ways of saying some of them."""

from collections.abc import Iterator
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi import Path as InPath
from starlette.responses import Response

from prompts.announcements import ReadyAnnouncements
from prompts.content import Comprehension
from prompts.fields import Content
from prompts.pages.content_view import ContentView, view_of
from prompts.pages.desk import AdminDesk, Editor, NoSuchPage
from prompts.pages.drawing import show
from prompts.pages.examples import filled, variables_in
from prompts.pages.fields import Fields, Unreadable, lines_of, said_text
from prompts.pages.forms import PartForm
from prompts.pages.guards import Reading, TheAdmin
from prompts.pages.saving import Typed, offer
from prompts.procedures import ProcedureSentences
from prompts.recordings import FILE as RECORDINGS
from prompts.sentences import Sentences
from prompts.sentences_booking import BookingSentences
from prompts.sentences_messages import MessageSentences
from prompts.sentences_requests import RequestSentences
from prompts.turn_taking import TurnTaking
from prompts.variants import MOST_FORMS, VARIED
from prompts.versions_draft import Part
from prompts.versions_yaml import part_at
from prompts.yaml_source import YamlPath

router = APIRouter(prefix="/admin/phrases")
GROUPS = {
    "phrases": "Accueil, menu, horaires, reprises", "rendez_vous": "Rendez-vous",
    "demandes": "Rappels, signalements, dossiers, sujets sensibles", "reponses": "Démarches",
    "comprehension": "Consignes d'urgence, noms des services",
    "tours_de_parole": "Silences et touches effacées", "annonces": "Annonces prêtes et leur code",
    "messages": "Messages écrits, SMS et courriels",
}  # fmt: skip
_MODELS: dict[str, type[Content]] = {
    "phrases": Sentences, "rendez_vous": BookingSentences, "demandes": RequestSentences,
    "reponses": ProcedureSentences, "comprehension": Comprehension, "tours_de_parole": TurnTaking,
    "annonces": ReadyAnnouncements, "messages": MessageSentences,
}  # fmt: skip
_NEVER_RECORDED = ("messages-", "comprehension-noms.")
"""Written, or words that only come within a sentence."""
_FIRST = "dangers"
_SILENT_STEPS = frozenset({"consigne", "texte"})
_NOT_SENTENCES = frozenset({"regles"})
_TITLES = {"dangers": "consigne d'urgence", "noms": "nom du service", "pretes": "annonce"}
Group = Annotated[str, InPath(pattern=r"^[a-z_]{1,20}$")]
Key = Annotated[str, InPath(pattern=r"^[a-z0-9_.-]{1,90}$")]


def path_of(key: str) -> YamlPath:
    """« phrases-menu » is a sentence of its file; « demandes-langues.en » one of several of a name."""
    group, _, name = key.partition("-")
    head: YamlPath = ("phrases",) if group == "reponses" else ()
    return (*head, *name.split("."))


def file_of(key: str) -> str:
    return f"{key.partition('-')[0]}.yaml"


def read_sentence(fields: Fields, _before: Any, _key: str) -> str | None:
    """The town's own text; None: the one that ships with the product. Raises Unreadable."""
    if fields.get("choix") == "origine":
        return None
    return said_text(fields, "texte", "Phrase")


SENTENCE = PartForm(
    kind="phrase",
    file=file_of,
    path=path_of,
    read=read_sentence,
    page=lambda key: f"/admin/phrases/{key.replace('-', '/', 1)}",
    label=lambda key: f"la phrase « {key.partition('-')[2]} »",
)


def read_variants(fields: Fields, _before: Any, _key: str) -> list[str] | None:
    """Other ways of saying it; None: those that ship. Raises Unreadable."""
    if fields.get("choix") == "origine":
        return None
    found = list(dict.fromkeys(lines_of(fields, "autres", "Autres façons de le dire")))
    if len(found) > MOST_FORMS:
        raise Unreadable(f"Autres façons de le dire : {MOST_FORMS} au plus.")
    return found


VARIANTS = PartForm(
    kind="variantes",
    file=lambda _key: "variantes.yaml",
    path=lambda key: ("variantes", key.partition("-")[2]),
    read=read_variants,
    page=SENTENCE.page,
    label=lambda key: f"les autres façons de dire « {key.partition('-')[2]} »",
)


@router.get("")
async def sentences_page(
    request: Request,
    desk: TheAdmin,
    editor: Reading,
    groupe: Annotated[str, Query(max_length=20)] = "phrases",
    q: Annotated[str, Query(max_length=80)] = "",
) -> Response:
    group = groupe if groupe in GROUPS else "phrases"
    view = view_of(desk)
    commune = _name(view)
    words = q.casefold().strip()
    rows = [
        (key, name, text, filled(text, commune), own)
        for key, name, text, own in sentences_of(view, group)
        if not words or words in text.casefold() or words in name.casefold()
    ]
    return await show(request, editor, "sentences.html", rows=rows, groups=GROUPS, group=group, q=q)


@router.get("/{group}/{name}")
async def sentence_page(
    request: Request, desk: TheAdmin, editor: Reading, group: Group, name: Key
) -> Response:
    return await _show(request, desk, editor, f"{group}-{name}", None)


async def _show(request: Request, desk: AdminDesk, editor: Editor, key: str, typed: Typed | None) -> Response:
    view = view_of(desk)
    group = key.partition("-")[0]
    found = next((each for each in sentences_of(view, group) if each[0] == key), None)
    if found is None:
        raise NoSuchPage("Cette phrase n'existe pas.")
    shipped = part_at(view.shipped(file_of(key)), path_of(key)) or ""
    fields = typed.fields if typed else {}
    text = fields.get("texte", found[2])
    commune = _name(view)
    varied = key if key.partition("-")[2] in VARIED and group == "phrases" else ""
    forms = view.shown(VARIANTS.part(key)) if varied else None
    return await show(
        request,
        editor,
        "sentence.html",
        status=422 if typed else 200,
        refused=typed.refused if typed else "",
        form=SENTENCE,
        key=key,
        name=found[1],
        group=group,
        text=text,
        heard=filled(text, commune),
        shipped=str(shipped),
        own=found[3],
        variables=variables_in(str(shipped)),
        seen=fields.get("vu", "") if "texte" in fields else view.seen(SENTENCE.part(key)),
        can_be_recorded=desk.recording is not None and not key.startswith(_NEVER_RECORDED),
        recorded=view.value(Part(RECORDINGS, ("enregistrements", key))) is not None,
        variants_form=VARIANTS if varied else None,
        forms=fields.get("autres", "\n".join(map(str, forms or ()))),
        forms_own=varied and view.value(VARIANTS.part(key)) is not None,
        forms_seen=fields.get("vu", "") if "autres" in fields else view.seen(VARIANTS.part(key)),
    )


def sentences_of(view: ContentView, group: str) -> Iterator[tuple[str, str, str, bool]]:
    """Each sentence of a group: its key, what it is for, its text, and whether the town wrote it."""
    model = _MODELS.get(group)
    if model is None:
        return
    file = f"{group}.yaml"
    for field in sorted(model.model_fields.values(), key=lambda each: each.alias != _FIRST):
        alias = str(field.alias or "")
        if not alias or alias in _NOT_SENTENCES:
            continue
        title = _named(alias, (field.description or alias.replace("_", " ")).strip())
        whole = path_of(f"{group}-{alias}")
        own = view.value(Part(file, whole))
        for steps, text in _texts_in(_both(part_at(view.shipped(file), whole), own)):
            name = ".".join((alias, *steps))
            told = " ".join(step.replace("_", " ") for step in steps if step not in _SILENT_STEPS)
            shown = f"{title} : {told}" if told else title
            yield f"{group}-{name}", shown, text, part_at(own, steps) is not None


def _both(shipped: Any, own: Any) -> Any:
    """What ships, with what the town wrote of it."""
    if isinstance(shipped, dict) and isinstance(own, dict):
        return {key: _both(shipped.get(key), own.get(key)) for key in {**shipped, **own}}
    return shipped if own is None else own


def _texts_in(value: Any) -> Iterator[tuple[tuple[str, ...], str]]:
    """Each text in a part, with the way to it."""
    if isinstance(value, str):
        yield (), value
    elif isinstance(value, dict):
        for key, part in value.items():
            yield from (((str(key), *steps), text) for steps, text in _texts_in(part))


def _named(alias: str, title: str) -> str:
    name = _TITLES.get(alias, alias.replace("_", " "))
    return name if title == alias.replace("_", " ") else f"{name} ({title})"


def _name(view: ContentView) -> str:
    """The town's name."""
    return str(view.own("commune.yaml").get("nom", ""))


offer(SENTENCE, _show)
offer(VARIANTS, _show)
