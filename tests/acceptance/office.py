"""When the clerks of the demo town work, told apart from the product: the moments a callback may promise."""

from datetime import date, datetime, time

_Spans = tuple[tuple[time, time], ...]

_LONG: _Spans = ((time(7, 30), time(13)), (time(14), time(16, 30)))
_SHORT: _Spans = ((time(7, 30), time(13)),)
_WEEK: dict[int, _Spans] = {0: _LONG, 1: _LONG, 2: _SHORT, 3: _LONG, 4: _SHORT}
_POLICE: dict[int, _Spans] = dict.fromkeys(range(6), ((time(7), time(19)),))
_CLOSED = {
    date.fromisoformat(day)
    for day in (
        "2026-11-11", "2026-12-25", "2027-01-01", "2027-02-09", "2027-02-10", "2027-03-26", "2027-03-29",
        "2027-05-01", "2027-05-06", "2027-05-08", "2027-05-17", "2027-05-22", "2027-07-14",
    )
}  # fmt: skip
_NOON = {date(2026, 12, 24), date(2026, 12, 31)}


def clerks_work(at: datetime, service: str) -> bool:
    """Whether somebody is there to call back at this local moment; the closing instant still counts."""
    if service == "police_municipale":
        hours = _POLICE.get(at.weekday(), ())
    else:
        if at.date() in _CLOSED or (at.date() in _NOON and at.time() > time(12)):
            return False
        hours = _WEEK.get(at.weekday(), ())
    return any(start <= at.time() <= end for start, end in hours)
