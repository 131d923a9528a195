"""Server-sent events on the wire (WHATWG HTML §9.2)."""

EVENT_STREAM = {
    "content-type": "text/event-stream",
    "cache-control": "no-store",
    "x-accel-buffering": "no",  # a proxy in between hands events on at once
}


def message(event: str, data: str) -> str:
    """One event; its data may have many lines."""
    lines = "".join(f"data: {line}\n" for line in data.splitlines())
    return f"event: {event}\n{lines}\n"


def quiet() -> str:
    """Nothing but a sign of life: a browser that is gone is noticed."""
    return ": \n\n"
