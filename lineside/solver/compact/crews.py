"""Line time of crews, exactly: minutes with the same seats that can be away, and what they cost."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from lineside.solver.crew_losses import CrewLoss
from lineside.solver.problem import Problem
from lineside.solver.seating import Ledger, overlap_runs

Ints = NDArray[np.int64]
Cover = frozenset[int]
"""Pair rows whose seats take somebody away; a person who is away in any case is a number below 0."""


@dataclass
class Crew:
    """What the seats of a crew's people can cost it.

    Parameters
    ----------
    loss
        What a minute costs by the number of people away.
    minutes
        Minutes with each set of seats that can be away, over the whole horizon.
    stated
        Sets whose cost the program states exactly already.
    """

    loss: CrewLoss
    minutes: dict[Cover, int]
    stated: set[Cover] = field(default_factory=set)


def crews_of(problem: Problem, ledger: Ledger, rows: Ints) -> dict[int, Crew]:
    """Return the crews that seats can cost line time.

    Parameters
    ----------
    problem
        The prepared problem.
    ledger
        Memory of what people lose to candidates.
    rows
        Pair rows that may be seats.
    """
    needs = problem.demand.needs
    seats: dict[int, list[int]] = {}
    for row in rows[problem.pairs.lost[rows] > 0].tolist():
        seats.setdefault(needs[problem.pairs.need[row]].person_idx, []).append(row)
    found: dict[int, Crew] = {}
    for crew, loss in enumerate(problem.crew_losses):
        if not loss.cost[-1] or not any(person in seats for person in loss.members):
            continue
        spans = [
            (start, end, label)
            for person in loss.members
            for label, pieces in (
                (-1 - person, ledger.frozen_spans(person)),
                *((row, ledger.pieces(person, int(problem.pairs.candidate[row]))) for row in seats.get(person, ())),
            )
            for start, end in pieces
        ]
        found[crew] = Crew(loss, overlap_runs(spans))
    return found


def people_of(problem: Problem, cover: Cover) -> dict[int, list[int]]:
    """Return the people whom a set of seats takes away, with their seats; none for who is away in any case."""
    found: dict[int, list[int]] = {-1 - label: [] for label in cover if label < 0}
    for row in sorted(label for label in cover if label >= 0):
        person = problem.demand.needs[problem.pairs.need[row]].person_idx
        if person not in found or found[person]:
            found.setdefault(person, []).append(row)
    return found


def cost_of(problem: Problem, crew: Crew, seats: frozenset[int]) -> tuple[int, list[Cover]]:
    """Return the units that some seats cost a crew, and the sets of seats that cost anything.

    Parameters
    ----------
    problem
        The prepared problem.
    crew
        The crew.
    seats
        Pair rows of the seats taken.
    """
    total, costly = 0, []
    for cover, minutes in crew.minutes.items():
        away = sum(not rows or any(row in seats for row in rows) for rows in people_of(problem, cover).values())
        if crew.loss.cost[away]:
            total += crew.loss.cost[away] * minutes
            costly.append(cover)
    return total, costly
