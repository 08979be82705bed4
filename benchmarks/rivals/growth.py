"""How the time to a gap grows with the size of the region: an exponent, fitted by least squares.

``time = c * people ** exponent``: a straight line through the logarithms.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from benchmarks.rivals.trajectory import Standing

SHARE = 0.05
"""Gap whose time is fitted."""


@dataclass(frozen=True)
class Growth:
    """The fit of one contestant.

    Parameters
    ----------
    exponent
        Power of the number of apprentices; None if fewer than two sizes reached the gap.
    reached, missed
        Cases that reached the gap within their limits, and cases that did not and are not in the fit.
    """

    exponent: float | None
    reached: tuple[str, ...]
    missed: tuple[str, ...]


def growth_of(standings: list[Standing]) -> Growth:
    """Return the fit of one contestant's standings, each with its own bound."""
    times = {row.case: (row.people, row.trajectory.time_to(SHARE, row.limit)) for row in standings}
    points = [(float(people), time) for people, time in times.values() if time is not None]
    missed = tuple(case for case, (_, time) in times.items() if time is None)
    return Growth(fitted_exponent(points), tuple(case for case in times if case not in missed), missed)


def fitted_exponent(points: list[tuple[float, float]]) -> float | None:
    """Return the power of sizes that times grow with; None if there are fewer than two sizes.

    >>> fitted_exponent([(60.0, 6.0), (500.0, 50.0), (5000.0, 500.0)])
    1.0
    """
    if len({size for size, _ in points}) < 2:
        return None
    logs = [(math.log(size), math.log(max(time, 1e-3))) for size, time in points]
    mean_x, mean_y = (sum(values) / len(logs) for values in zip(*logs, strict=True))
    slope = sum((x - mean_x) * (y - mean_y) for x, y in logs) / sum((x - mean_x) ** 2 for x, _ in logs)
    return round(slope, 6)


def growth_text(standings: list[Standing]) -> str:
    """Return a line about each contestant that reached the gap anywhere."""
    lines = []
    for name in dict.fromkeys(row.contestant for row in standings):
        found = growth_of([row for row in standings if row.contestant == name])
        if found.exponent is not None:
            power = f"time grows with n^{found.exponent:.2f}"
        elif found.reached:
            power = "too few sizes for a fit"
        else:
            continue
        missed = f"; not within the limit: {', '.join(found.missed)}" if found.missed else ""
        lines.append(f"- {name}: {power}, from {', '.join(found.reached)}{missed}.")
    share = f"{SHARE:.0%}".replace("%", " %")
    head = f"Growth of the time to a gap of {share} (own bound), over the day's newest run of each case:"
    return "\n".join([head, *(lines or ["- nobody came as near."])])
