"""The name under which an agent takes calls beside another (extensions.conf, [agent] and [releve])."""

from dataclasses import replace

import httpx

from standardiste.errors import Unusable
from standardiste.settings import AriSettings
from telephony.bridge import RELIEF

ASK_S = 5.0


async def beside(ari: AriSettings) -> AriSettings:
    """The one of both names that nobody has now; the main one where Asterisk cannot be asked yet.

    Raises Unusable where both are taken.
    """
    try:
        async with httpx.AsyncClient(auth=(ari.user, ari.password), timeout=ASK_S) as client:
            answer = await client.get(f"{ari.url}/ari/applications")
            answer.raise_for_status()
            taken = {application["name"] for application in answer.json()}
    except httpx.HTTPError:
        return ari
    for name in (ari.app, ari.app + RELIEF):
        if name not in taken:
            return replace(ari, app=name)
    raise Unusable(
        "Deux standardistes tournent déjà côte à côte : attendez que l'ancien ait fini ses appels."
    )
