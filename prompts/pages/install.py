"""The admins' pages as part of a web application, with what they say when they must say no."""

import logging
from pathlib import Path

from fastapi import FastAPI, Request
from fastapi.staticfiles import StaticFiles
from starlette.responses import Response

from prompts.errors import PromptsError
from prompts.os_words import why
from prompts.pages import (
    agendas_page,
    announcements_page,
    caution_page,
    closures_page,
    contacts_page,
    faq_page,
    files_page,
    history_page,
    home_page,
    hours_page,
    import_page,
    learning_page,
    listen_page,
    menu_page,
    procedures_page,
    pronunciations_page,
    publish_page,
    recordings_page,
    removal_page,
    replay_page,
    retention_page,
    review_page,
    saving,
    sentences_page,
    streets_page,
    trial_page,
)
from prompts.pages.checking import Checks
from prompts.pages.desk import AdminDesk, NoSuchPage, NothingToSay, NotSpoken
from prompts.pages.publishing import Publications
from prompts.versions_errors import NoSuchVersion

log = logging.getLogger("standardiste.admin")

STATIC = Path(__file__).parent / "static"
TEMPLATES = Path(__file__).parent / "templates"
_STATUS = {NoSuchPage: 404, NoSuchVersion: 404, NothingToSay: 422, NotSpoken: 503}
_TITLES = {
    404: "Introuvable",
    422: "Rien à écouter",
    503: "La voix ne répond pas",
    507: "Le serveur a un souci",
}


def install(app: FastAPI, desk: AdminDesk) -> None:
    """Puts the pages and their words for what goes wrong into the application."""
    app.state.admin = desk
    app.state.checks = Checks(desk)
    app.state.trials = trial_page.Trials()
    app.state.publications = Publications()
    app.mount("/admin/static", StaticFiles(directory=STATIC), name="admin-static")
    for room in (
        home_page, saving, listen_page, publish_page, history_page, review_page, hours_page,
        announcements_page, closures_page, contacts_page, sentences_page, trial_page, procedures_page,
        faq_page, files_page, agendas_page, removal_page, import_page,
        replay_page, learning_page, recordings_page,
        menu_page, pronunciations_page, streets_page, caution_page, retention_page,
    ):  # fmt: skip
        app.include_router(room.router)
    app.add_exception_handler(PromptsError, _refused)
    app.add_exception_handler(OSError, _not_written)


async def _refused(request: Request, error: Exception) -> Response:
    status = _STATUS.get(type(error), 409)
    desk: AdminDesk = request.app.state.admin
    return desk.draw(request, "refused.html", status, _words(status, str(error)))


async def _not_written(request: Request, error: Exception) -> Response:
    """A disk that is full, or will not be written: what was published is untouched."""
    assert isinstance(error, OSError)
    log.error("a page could not be served: %s", error)
    desk: AdminDesk = request.app.state.admin
    sentence = f"Le serveur n'a pas pu lire ou écrire ce qu'il fallait ({why(error)}). Les appels continuent."
    return desk.draw(request, "refused.html", 507, _words(507, sentence))


def _words(status: int, sentence: str) -> dict[str, str]:
    return {
        "title": _TITLES.get(status, "Rien n'a été changé"),
        "sentence": sentence,
        "onward": "/admin",
        "onward_words": "Revenir aux réglages",
        "note": "",
    }
