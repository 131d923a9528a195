"""The town hall's own lines on a real Asterisk: the draft on *1, an announcement put in place on *2."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import pytest

from prompts.versions import VersionStore
from prompts.versions_announcements import read_announcements
from prompts.versions_code import set_code
from prompts.versions_draft import Part
from prompts.versions_yaml import digest_of_part
from standardiste.admin_live import store_of
from tests.support.admin_office import settings_in
from tests.support.hearing import hears
from tests.support.lab import AsteriskLab
from tests.support.real_calls import now, open_line
from tests.support.sip_caller import PhoneCall, SipPhone

CODE, POST = "314159", "poste-accueil"
pytestmark = pytest.mark.asterisk


async def test_a_post_rings_the_draft_and_announces_with_a_code(lab: AsteriskLab, tmp_path: Path) -> None:
    async with open_line(lab, tmp_path, ears=None) as line, SipPhone.opened(port=lab.post_port) as post:
        store = store_of(settings_in(tmp_path, line.town))
        drafted(store, "Bonjour, ici le brouillon.")
        set_code(store.root, CODE)

        draft = await post.ring(lab.sip, "*1", POST, timeout_s=20)
        await hears(draft, ["Bonjour, ici le brouillon."], draft.rung_at)
        await draft.hang_up()

        call = await post.ring(lab.sip, "*2", POST, timeout_s=20)
        await hears(call, ["Annonces de la mairie.", "Composez votre code, puis dièse."], call.rung_at)
        await types(call, f"{CODE}#", "Pour l'annonce : grève, tapez 2.")
        await types(call, "3", "Pour qu'elle passe pendant une heure, tapez 1.")
        await types(call, "2", "L'eau est coupée dans une partie de la commune.")
        await types(call, "1", "C'est fait : les prochains appelants l'entendront.")
        await asyncio.wait_for(call.ended.wait(), 15)
        (announcement,) = read_announcements(store.root)
        assert announcement.who == "par téléphone"


def drafted(store: VersionStore, greeting: str) -> None:
    at = datetime.now(UTC)
    part = Part("phrases.yaml", ("accueil_mention",))
    store.edit(part, greeting, digest_of_part(store.open_draft(at).value(part)), "Léa", at)


async def types(call: PhoneCall, keys: str, sentence: str) -> None:
    """Presses the keys and waits until this was heard."""
    pressed = now()
    await call.press(keys)
    await hears(call, [sentence], pressed)
