"""What every admin page shows around its own matter: where the draft stands."""

import asyncio
from dataclasses import dataclass
from typing import Any

from fastapi import Request
from starlette.responses import Response

from prompts.pages.checking import Complaint
from prompts.pages.desk import AdminDesk, Editor
from prompts.pages.guards import admin_of, checks_of
from prompts.pages.months import told_day
from prompts.pages.publishing import Publishing, publications_of
from prompts.versions_records import Scheduled

PAGES = (
    ("/admin", "Accueil"), ("/admin/a-voir", "À voir"), ("/admin/annonces", "Annonces"),
    ("/admin/horaires", "Horaires"), ("/admin/fermetures", "Fermetures"), ("/admin/contacts", "Contacts"),
    ("/admin/agendas", "Agendas"),
    ("/admin/demarches", "Démarches"), ("/admin/faq", "Questions fréquentes"), ("/admin/menu", "Menu"),
    ("/admin/phrases", "Phrases"), ("/admin/enregistrements", "Enregistrements"),
    ("/admin/prononciations", "Prononciations"),
    ("/admin/rues", "Rues et lieux"), ("/admin/prudence", "Prudence et rythme"),
    ("/admin/conservation", "Conservation"),
    ("/admin/essai", "Essayer"), ("/admin/apprendre", "Sans réponse"),
    ("/admin/historique", "Historique"), ("/admin/importer", "Importer"), ("/admin/fichiers", "Fichiers"),
)  # fmt: skip
DONE = {
    "enregistre": "C'est noté dans le brouillon. Les appelants l'entendront une fois publié.",
    "voix": "L'enregistrement est dans le brouillon : écoutez-le, puis publiez.",
    "sans_voix": "L'enregistrement est retiré du brouillon : la voix de synthèse dira la phrase.",
    "rien": "Rien n'avait changé.",
    "publie": "C'est publié : le prochain appel l'entendra.",
    "prevu": "La publication est prévue.",
    "deprevu": "La publication prévue est annulée ; son contenu est de nouveau le brouillon.",
    "retour": "La version d'avant est de nouveau en service.",
    "retire": "C'est retiré du brouillon. Les appelants l'entendent jusqu'à la publication.",
    "repris": "C'est dans le brouillon : relisez, puis publiez.",
    "oubliee": "La fiche n'est plus à relire.",
    "fiche": "La fiche est dans le brouillon, avec les fiches à relire. Rien n'en est dit.",
    "jete": "Le brouillon est écarté. Il reste sur le disque du serveur, au besoin.",
    "annonce": "L'annonce est en place.",
    "tue": "L'annonce ne passe plus.",
    "code": "Le code est changé.",
    "remarque": "Remarque ajoutée.",
    "essai": "L'essai est dans le brouillon : il sera rejoué avant chaque publication.",
    "accepte": "C'est accepté, à votre nom : le brouillon peut être publié.",
}


@dataclass(frozen=True)
class Standing:
    """Where the draft stands, on top of every page."""

    version: int | None
    n_edits: int
    """Of the draft; 0 without one."""
    drafting: bool
    complaints: tuple[Complaint, ...]
    scheduled: Scheduled | None
    publishing: Publishing | None
    """What is being spoken before it is published."""


def standing(desk: AdminDesk, request: Request) -> Standing:
    """In a thread: it checks the draft where that was not done yet."""
    draft = desk.store.draft()
    found = checks_of(request).of(desk.store.draft_or_served())
    return Standing(
        desk.store.in_service(),
        len(draft.edits) if draft else 0,
        draft is not None,
        found,
        desk.store.scheduled(),
        publications_of(request).under_way,
    )


async def show(
    request: Request, editor: Editor, template: str, *, status: int = 200, **values: Any
) -> Response:
    """A whole page."""
    desk = admin_of(request)
    stands = await asyncio.to_thread(standing, desk, request)
    done = DONE.get(request.query_params.get("fait", ""), "")
    shown = {"refused": "", **values}
    common = {"editor": editor, "stands": stands, "pages": PAGES, "done": done, "told_day": told_day}
    return desk.draw(request, f"admin/{template}", status, {**common, **shown})
