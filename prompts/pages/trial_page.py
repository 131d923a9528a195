"""Trying the draft by text: a whole call in the page, of which nothing is kept but what is asked to be."""

import asyncio
from collections import OrderedDict

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from prompts.errors import ContentError
from prompts.pages.content_view import view_of
from prompts.pages.desk import AdminDesk, Editor, Trial
from prompts.pages.drawing import show
from prompts.pages.fields import Fields, Unreadable, fields_of, lines_of, needed_text
from prompts.pages.guards import Acting, Reading, TheAdmin
from prompts.pages.trial_keeping import KEPT, as_test_call
from prompts.trial_calls import read_trial_calls

router = APIRouter(prefix="/admin/essai")
MOST_TRIALS = 20
MOST_LETTERS = 300


class Trials:
    """One call in text for each admin; the oldest give way."""

    def __init__(self) -> None:
        self._trials: OrderedDict[int, Trial] = OrderedDict()

    def of(self, clerk_id: int) -> Trial | None:
        return self._trials.get(clerk_id)

    def begin(self, clerk_id: int, desk: AdminDesk) -> None:
        """Raises ContentError."""
        trial = desk.trial(desk.store.draft_or_served())
        if (before := self._trials.pop(clerk_id, None)) is not None:
            before.close()
        self._trials[clerk_id] = trial
        while len(self._trials) > MOST_TRIALS:
            self._trials.popitem(last=False)[1].close()


def trials_of(request: Request) -> Trials:
    trials: Trials = request.app.state.trials
    return trials


@router.get("")
async def trial_page(request: Request, desk: TheAdmin, editor: Reading) -> Response:
    return await _show(request, desk, editor)


@router.post("")
async def begin(request: Request, desk: TheAdmin, editor: Acting) -> Response:
    """A new call, with the draft as it is now."""
    try:
        await asyncio.to_thread(trials_of(request).begin, editor.clerk_id, desk)
    except ContentError as error:
        refused = f"Le brouillon ne peut pas encore être essayé : {error.problems[0].message}."
        return await _show(request, desk, editor, refused)
    return RedirectResponse("/admin/essai#dire", 303)


@router.post("/dire")
async def say(request: Request, editor: Acting) -> Response:
    """One turn of the caller."""
    fields = fields_of(await request.form())
    trial = trials_of(request).of(editor.clerk_id)
    if trial is not None:
        await asyncio.to_thread(trial.say, (fields.get("touche") or fields.get("texte", ""))[:MOST_LETTERS])
    return RedirectResponse("/admin/essai#dire", 303)


@router.post("/garder")
async def keep(request: Request, desk: TheAdmin, editor: Acting) -> Response:
    """This call as one of the town's test calls."""
    fields = fields_of(await request.form())
    trial = trials_of(request).of(editor.clerk_id)
    if trial is None or not any(line.who == "appelant" for line in trial.lines):
        return await _show(request, desk, editor, "Dites d'abord quelque chose : cet appel est vide.")
    view = view_of(desk)
    kept = view.value(KEPT) or ()
    try:
        name = needed_text(fields, "nom", "Nom de l'essai")
        wanted = lines_of(fields, "attendu", "Ce que la réponse doit dire")
        if not wanted:
            raise Unreadable("Ce que la réponse doit dire : il manque quelques mots.")
        if name in {call.name for call in read_trial_calls(view.folder)}:
            raise Unreadable(f"Un essai s'appelle déjà « {name} » : donnez-lui un autre nom.")
    except Unreadable as error:
        return await _show(request, desk, editor, str(error), fields)
    except ContentError as error:
        return await _show(request, desk, editor, f"Un essai ne se lit pas. {error}", fields)
    now = desk.now()
    call = as_test_call(trial.lines, name, wanted, now.astimezone(desk.tz))
    await asyncio.to_thread(desk.store.edit, KEPT, [*kept, call], view.seen(KEPT), editor.name, now)
    await desk.note(editor, "modifier", f"content essai {name}"[:120])
    return RedirectResponse("/admin/essai?fait=essai", 303)


async def _show(
    request: Request, desk: AdminDesk, editor: Editor, refused: str = "", fields: Fields | None = None
) -> Response:
    try:
        calls = await asyncio.to_thread(read_trial_calls, view_of(desk).folder)
    except ContentError:
        calls = ()  # told where it is replayed, and by the check of the file itself
    return await show(
        request,
        editor,
        "trial.html",
        status=409 if refused else 200,
        refused=refused,
        trial=trials_of(request).of(editor.clerk_id),
        most=MOST_LETTERS,
        calls=calls,
        fields=fields or {},
    )
