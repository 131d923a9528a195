"""What Asterisk has to know of a platform's towns: whose each number is, their queues, posts and mailboxes.

Everything of a town's is called by its name first (« sainte-aurore.accueil »), in one place of the dialplan
that comes with the product (`${VILLE}` in extensions.conf). A number that is nobody's is not answered.
"""

import secrets
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from standardiste.platform_settings import TownPlace

UNALLOCATED = 1
"""The operator then says so to the caller, before anything is answered (ITU-T Q.850, cause 1)."""
_HEAD = "; Écrit par « standardiste platform asterisk » : ne pas changer à la main.\n"


def asterisk_files(places: Sequence[TownPlace], draw: Callable[[int], int]) -> Mapping[str, str]:
    """The files of Asterisk's folder `local/`, by name. `draw` gives a number below another: the codes of the
    mailboxes, which no telephone opens."""
    return {
        "villes-extensions.conf": _HEAD + _dialplan(places),
        "villes-queues.conf": _HEAD + "\n".join(map(_queue, places)),
        "villes-voicemail.conf": _HEAD + "\n".join(_mailbox(place, draw(10**9)) for place in places),
        "villes-pjsip.conf": _HEAD + "\n".join(_post(place) for place in places if place.post),
    }


def write_asterisk_files(places: Sequence[TownPlace], folder: Path) -> tuple[Path, ...]:
    """Writes them; a post's password may be in them, so that only their owner and group read them."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, text in asterisk_files(places, secrets.randbelow).items():
        file = folder / name
        file.touch(mode=0o640)
        file.chmod(0o640)
        file.write_text(text, encoding="utf-8")
        written.append(file)
    return tuple(written)


def _dialplan(places: Sequence[TownPlace]) -> str:
    lines = ["[villes]"]
    for place in places:
        for form in sorted(place.ways_to_dial):
            lines += [f"exten = {form},1,Set(__VILLE={place.name}.)", " same = n,Return()"]
    lines += [f"exten = {pattern},1,Hangup({UNALLOCATED})" for pattern in ("_X.", "_+X.")]
    return "\n".join(lines) + "\n"


def _queue(place: TownPlace) -> str:
    member = f"member = PJSIP/{place.name}.poste-accueil\n" if place.post else ""
    return (
        f"[{place.name}.accueil]\nstrategy = ringall\ntimeout = 20\nretry = 2\nmusicclass = default\n"
        f"joinempty = yes\nleavewhenempty = no\n{member}"
    )


def _mailbox(place: TownPlace, code: int) -> str:
    return f"[{place.name}.mairie]\n101 = {code:09},{place.name}\n"


def _post(place: TownPlace) -> str:
    """As the one of a town of its own is (pjsip.conf), and its calls are this town's from the first."""
    post = place.post
    assert post is not None
    own = f"{place.name}.poste-accueil"
    host = post.address.rpartition("@")[2].partition(":")[0]
    lines = [
        f"[{own}]",
        "type = endpoint",
        "context = depuis-poste",
        f"set_var = __VILLE={place.name}.",
        "identify_by = username",
        "deny = 0.0.0.0/0",
        "deny = ::/0",
        f"permit = {post.calls_from or host}",
        *([f"auth = {own}"] if post.password else []),
        "transport = transport-udp",
        "disallow = all",
        "allow = alaw,ulaw",
        "direct_media = no",
        "allow_transfer = no",
        "dtmf_mode = rfc4733",
        "language = fr",
        "callerid = Accueil <101>",
        f"aors = {own}",
        "",
        f"[{own}]",
        "type = aor",
        f"contact = {post.address}",
        "",
    ]
    if post.password:
        lines += [f"[{own}]", "type = auth", "auth_type = userpass", f"username = {own}"]
        lines += [f"password = {post.password}", ""]
    return "\n".join(lines)
