"""The tables of a contest: what each contestant had at the times, and when it came near, as Markdown."""

from __future__ import annotations

from benchmarks.rivals.trajectory import SHARES, Standing, best_known, gap
from benchmarks.table import NONE, amount

BELIEVED = 0.001
"""Line-minutes by which a bound may be above a checked plan: both are told to a thousandth."""


def case_tables(standings: list[Standing], times: list[float]) -> str:
    """Return the tables of one case.

    Parameters
    ----------
    standings
        One of each contestant; their best known bound is set here.
    times
        Seconds at which trajectories are read, rising.
    """
    bound = best_known([row.trajectory for row in standings], times[-1])
    for row in standings:
        row.best_bound = bound
    people = standings[0].people
    lines = [f"### {standings[0].case}, {people:,} apprentices", ""]
    lines += _table(STATE, [_state_cells(row, time) for time in times for row in standings])
    lines += ["", *_table(_pace_head(), [_pace_cells(row) for row in standings])]
    lines += ["", f"Best bound known: {amount(bound)}."]
    lines += [f"- {row.contestant}: {text}" for row in standings for text in remarks(row, standings, times[-1])]
    return "\n".join(lines)


def remarks(row: Standing, standings: list[Standing], until: float) -> list[str]:
    """Return what must be said about a contestant beside its figures."""
    found = [f"the checker found {fault}; the plan does not count." for fault in row.trajectory.faults]
    if row.complaint:
        found.append(f"it said: {row.complaint.replace('|', '/')}")
    best = min((v for s in standings if (v := s.trajectory.objective_at(until)) is not None), default=None)
    bound = row.trajectory.bound_at(until)
    if best is not None and bound is not None and bound > best + BELIEVED:
        found.append(f"its bound of {bound:,.3f} is no bound: a checked plan costs {best:,.3f}.")
    return found


STATE = ["at s", "contestant", "objective", "bound", "gap", "gap to best bound"]


def _state_cells(row: Standing, time: float) -> list[str]:
    trajectory = row.trajectory
    objective = trajectory.objective_at(time)
    against_best = None if objective is None or row.best_bound is None else gap(objective, row.best_bound)
    own = per_cent(trajectory.gap_at(time))
    bound = amount(trajectory.bound_at(time))
    return [f"{time:g}", row.contestant, amount(objective), bound, own, per_cent(against_best)]


def _pace_head() -> list[str]:
    shares = [f"{share:.0%}".replace("%", " %") for share in SHARES]
    timed = [f"s to {share}, {whose} bound" for whose in ("own", "best") for share in shares]
    return ["contestant", "first plan s", *timed, "built s", "memory MB", "ended", "plans", "checked", "check"]


def _pace_cells(row: Standing) -> list[str]:
    trajectory = row.trajectory
    first = trajectory.plans[0][0] if trajectory.plans else None
    times = [*row.times_to(own=True), *row.times_to(own=False)]
    check = NONE if not trajectory.num_checked else f"{len(trajectory.faults)} kinds of faults"
    return [
        row.contestant,
        *(_seconds(value) for value in (first, *times, trajectory.built)),
        f"{row.megabytes:,.0f}",
        row.how,
        str(len(trajectory.plans)),
        str(trajectory.num_checked),
        "clean" if trajectory.num_checked and not trajectory.faults else check,
    ]


def per_cent(share: float | None) -> str:
    """Return a gap as text; above ten times the objective, as where a bound is far below nothing, it says no more.

    >>> per_cent(0.0123), per_cent(None), per_cent(250.0)
    ('1.23 %', '–', '> 1,000 %')
    """
    if share is None:
        return NONE
    return "> 1,000 %" if share > 10 else f"{100 * share:.2f} %"


def _seconds(value: float | None) -> str:
    return NONE if value is None else f"{value:.1f}"


def _table(head: list[str], rows: list[list[str]]) -> list[str]:
    texts = ("contestant", "ended", "check")
    aligned = ["---" if name in texts else "---:" for name in head]
    return [f"| {' | '.join(cells)} |" for cells in (head, aligned, *rows)]
