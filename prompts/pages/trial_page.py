"""Trying the draft by text: a whole call in the page, of which nothing is kept."""

import asyncio
from collections import OrderedDict

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from prompts.errors import ContentError
from prompts.pages.desk import AdminDesk, Trial
from prompts.pages.drawing import show
from prompts.pages.fields import fields_of
from prompts.pages.guards import Acting, Reading, TheAdmin

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
async def trial_page(request: Request, editor: Reading) -> Response:
    trial = trials_of(request).of(editor.clerk_id)
    return await show(request, editor, "trial.html", trial=trial, most=MOST_LETTERS)


@router.post("")
async def begin(request: Request, desk: TheAdmin, editor: Acting) -> Response:
    """A new call, with the draft as it is now."""
    try:
        await asyncio.to_thread(trials_of(request).begin, editor.clerk_id, desk)
    except ContentError as error:
        refused = f"Le brouillon ne peut pas encore être essayé : {error.problems[0].message}."
        return await show(
            request, editor, "trial.html", status=409, refused=refused, trial=None, most=MOST_LETTERS
        )
    return RedirectResponse("/admin/essai#dire", 303)


@router.post("/dire")
async def say(request: Request, editor: Acting) -> Response:
    """One turn of the caller."""
    fields = fields_of(await request.form())
    trial = trials_of(request).of(editor.clerk_id)
    if trial is not None:
        await asyncio.to_thread(trial.say, (fields.get("touche") or fields.get("texte", ""))[:MOST_LETTERS])
    return RedirectResponse("/admin/essai#dire", 303)
