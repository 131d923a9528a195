"""When a message may leave, and when one that did not is tried again. Pure: the time is given."""

from datetime import datetime, time, timedelta

from prompts.sentences_messages import MessageRules

RETRIES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 120, 240, 480, 480))
"""After each failure; 23 hours and 21 minutes in all, then it is given up."""
TOO_OLD = timedelta(hours=24)
"""What waited longer than this without being tried is news to nobody."""
_SUNDAY = 6


def retry_after(attempts: int) -> timedelta | None:
    """How long to wait after so many failures; None: it is given up."""
    return RETRIES[attempts - 1] if attempts <= len(RETRIES) else None


def quiet_until(rules: MessageRules, local: datetime) -> datetime | None:
    """When SMS may leave again, on the town's wall clock; None when they may now."""
    at = local
    while (later := _end_of_quiet(rules, at)) is not None:
        at = later
    return at if at != local else None


def _end_of_quiet(rules: MessageRules, at: datetime) -> datetime | None:
    if at.weekday() == _SUNDAY and not rules.sundays:
        return datetime.combine(at.date() + timedelta(days=1), time.min)
    start, end = rules.quiet_from, rules.quiet_until
    if start <= end:
        return datetime.combine(at.date(), end) if start <= at.time() < end else None
    if at.time() >= start:
        return datetime.combine(at.date() + timedelta(days=1), end)
    return datetime.combine(at.date(), end) if at.time() < end else None
