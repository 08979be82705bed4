"""A contestant's plans and bounds over time, and what is read off them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

Point = tuple[float, float]
"""Seconds since the process started, and line-minutes."""
SHARES = (0.05, 0.02, 0.01)
"""Gaps whose time is told."""


@dataclass(frozen=True)
class Trajectory:
    """What a contestant had when.

    Parameters
    ----------
    plans, bounds
        Objectives of plans and lower bounds with the time of each, in order of time.
    built
        Seconds until the search began; None if it never did.
    faults
        What the checker found in plans that it was shown; such plans are not among ``plans``.
    num_checked
        Plans that the checker was shown.
    """

    plans: tuple[Point, ...] = ()
    bounds: tuple[Point, ...] = ()
    built: float | None = None
    faults: tuple[str, ...] = ()
    num_checked: int = 0

    def objective_at(self, seconds: float) -> float | None:
        """Return the best objective at a time, or None before the first plan."""
        return min((value for time, value in self.plans if time <= seconds), default=None)

    def bound_at(self, seconds: float) -> float | None:
        """Return the best bound at a time, or None before the first."""
        return max((value for time, value in self.bounds if time <= seconds), default=None)

    def gap_at(self, seconds: float, best_bound: float | None = None) -> float | None:
        """Return the gap at a time, with the contestant's own bound then or with a given one."""
        objective = self.objective_at(seconds)
        bound = self.bound_at(seconds) if best_bound is None else best_bound
        return None if objective is None or bound is None else gap(objective, bound)

    def time_to(self, share: float, until: float, best_bound: float | None = None) -> float | None:
        """Return the first time at which the gap is at most a share, or None if it is not within ``until``."""
        times = sorted({time for time, _ in (*self.plans, *self.bounds) if time <= until})
        found = ((time, self.gap_at(time, best_bound)) for time in times)
        return next((time for time, value in found if value is not None and value <= share), None)

    @classmethod
    def from_json(cls, facts: dict[str, Any]) -> Trajectory:
        """Read a trajectory that was written with ``vars``."""
        points = {name: tuple((row[0], row[1]) for row in facts[name]) for name in ("plans", "bounds")}
        return cls(**{**facts, **points, "faults": tuple(facts["faults"])})


def gap(objective: float, bound: float) -> float:
    """Return (objective − bound) / objective; nothing of nothing is 0.

    >>> gap(200.0, 150.0), gap(0.0, 0.0)
    (0.25, 0.0)
    """
    return (objective - bound) / objective if objective else 0.0


def best_known(trajectories: list[Trajectory], until: float) -> float | None:
    """Return the highest bound of all contestants that no plan of any of them contradicts."""
    plans = [found for t in trajectories if (found := t.objective_at(until)) is not None]
    bounds = [value for t in trajectories for time, value in t.bounds if time <= until]
    ceiling = min(plans, default=float("inf")) + 0.001
    return max((value for value in bounds if value <= ceiling), default=None)


@dataclass
class Standing:
    """A contestant's result on one case, as the tables, the chart and the growth need it."""

    case: str
    people: int
    contestant: str
    limit: float
    how: str
    megabytes: float
    trajectory: Trajectory
    complaint: str = ""
    best_bound: float | None = field(default=None)

    def times_to(self, own: bool) -> list[float | None]:
        """Return the times to each of :data:`SHARES`, with its own bound or the best one known."""
        if not own and self.best_bound is None:
            return [None] * len(SHARES)
        return [self.trajectory.time_to(s, self.limit, None if own else self.best_bound) for s in SHARES]

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON values; :meth:`from_json` is the way back."""
        facts = dict(vars(self))
        facts["trajectory"] = dict(vars(self.trajectory))
        return facts

    @classmethod
    def from_json(cls, facts: dict[str, Any]) -> Standing:
        """Read what :meth:`to_json` wrote."""
        return cls(**{**facts, "trajectory": Trajectory.from_json(facts["trajectory"])})
