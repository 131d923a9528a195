"""Where a call goes that the agent does not take: no caller is dropped, nobody is rung for our own calls."""

LEFT_BEHIND = ("coupure", "s")
"""Who talked with an agent that is gone: the dialplan tells them so, then looks for somebody."""
OWN_LINES = frozenset({"brouillon", "annonce"})
"""Dialled at the town hall itself (extensions.conf, [depuis-poste])."""
WITNESS = "temoin"
"""Dialled by the agent that calls itself."""


def refuge(dialled: str, *, relief: bool) -> tuple[str, str] | None:
    """The dialplan's context and extension; None to hang up.

    `dialled`: as the dialplan told it. `relief`: another agent may be taking over from this one; else those
    that share the calls are asked, where there are several.
    """
    if dialled in OWN_LINES:
        return ("essais-releve", dialled) if relief else None
    if dialled == WITNESS:
        return None
    if not dialled.lstrip("+").isdecimal():
        return ("secours", "accueil")
    return ("releve" if relief else "ailleurs", dialled)
