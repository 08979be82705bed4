"""Sweeps in words and tables."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from lineside.service.console import Listing, figure
from lineside.service.storage.models import Sweep
from lineside.service.sweeps.table import Counts, PointStand

NUMERIC = frozenset(
    {"incumbent", "objective", "bound", "gap", "line time lost", "cohorts", "unseated", "seconds", "point"}
)


def board_facts(stands: Sequence[PointStand], workers: int, seconds: float) -> dict[str, str]:
    """Return how many points wait, run and ended, and how many workers there are."""
    counts = Counts.of([stand.status for stand in stands])
    return {
        "elapsed": f"{int(seconds) // 60}:{int(seconds) % 60:02d}",
        "wait": str(counts.waiting),
        "run": str(counts.running),
        "ended": f"{counts.ended} of {len(stands)}",
        "workers": str(workers),
    }


def board_listing(stands: Sequence[PointStand]) -> Listing:
    """Return incumbent, bound and gap of the points that run."""
    rows = [
        (f"{stand.number}", _named(stand), *_costs(stand), f"{stand.seconds:.0f}", stand.stage)
        for stand in stands
        if stand.status == "running"
    ]
    columns = ("point", "is", "incumbent", "bound", "gap", "seconds", "stage")
    return Listing("Points that run", "point", columns, rows, NUMERIC)


def table_listing(sweep: Sweep, stands: Sequence[PointStand]) -> Listing:
    """Return the table of a sweep: what it found at each point."""
    rows = [
        (
            *(f"{stand.number}", stand.base, *stand.choices, _state(stand), *_costs(stand)),
            "" if stand.line_time_lost is None else figure(Decimal(str(stand.line_time_lost))),
            *("" if count is None else f"{count:,}" for count in (stand.cohorts, stand.unseated)),
        )
        for stand in stands
    ]
    axes = tuple(axis["name"] for axis in sweep.axes)
    costs = ("objective", "bound", "gap", "line time lost", "cohorts", "unseated")
    return Listing(sweep.name, "point", ("point", "scenario", *axes, "status", *costs), rows, NUMERIC)


def sweep_listing(found: Sequence[tuple[Sweep, Counts]]) -> Listing:
    """Return the sweeps of a region with how many of their points wait, run and ended."""
    rows = [
        (sweep.name, f"{sweep.created_at:%Y-%m-%d %H:%M}", *map(str, (counts.waiting, counts.running, counts.ended)))
        for sweep, counts in found
    ]
    columns = ("name", "started (UTC)", "wait", "run", "ended")
    return Listing("Sweeps", "sweep", columns, rows, frozenset(columns[2:]))


def _named(stand: PointStand) -> str:
    return ", ".join((stand.base, *stand.choices))


def _state(stand: PointStand) -> str:
    return stand.outcome or stand.status if stand.status == "finished" else stand.status


def _costs(stand: PointStand) -> tuple[str, str, str]:
    objective, bound = (
        "" if value is None else figure(Decimal(str(value))) for value in (stand.objective, stand.bound)
    )
    return objective, bound, "" if stand.gap is None else f"{stand.gap * 100:.1f} %"
