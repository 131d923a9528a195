"""How many calls are there at once, and how many lines they need: Erlang's formulas (ITU-T E.501, E.503).

Traffic is in erlangs: calls that begin in an hour, times how many hours each lasts.
"""


def erlang_b(traffic: float, lines: int) -> float:
    """The share of calls that find all lines taken, where who finds none goes away.

    B(0) = 1 and B(n) = A·B(n−1) / (n + A·B(n−1)), for a traffic of A: the recursion that never overflows.
    """
    blocked = 1.0
    for line in range(1, lines + 1):
        blocked = traffic * blocked / (line + traffic * blocked)
    return blocked


def erlang_c(traffic: float, servers: int) -> float:
    """The share of calls that have to wait, where who finds all servers taken waits.

    C = B / (1 − (A/n)·(1 − B)); 1 where there are no more servers than traffic.
    """
    if servers <= traffic:
        return 1.0
    blocked = erlang_b(traffic, servers)
    return blocked / (1.0 - traffic / servers * (1.0 - blocked))


def lines_for(traffic: float, blocking: float) -> int:
    """The fewest lines with which no more than this share of calls is blocked."""
    lines, blocked = 0, 1.0
    while blocked > blocking:
        lines += 1
        blocked = traffic * blocked / (lines + traffic * blocked)
    return lines
