"""Many futures of a plan: the crews' games, block by block, and what they add up to."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from lineside.models.measures import crew_losses
from lineside.models.plan import Plan
from lineside.models.scenario import Scenario
from lineside.solver.futures.crews import CrewTaken, MetCohorts, crews_taken, met_cohorts
from lineside.solver.futures.game import CrewGame
from lineside.solver.futures.outlook import CohortOutlook, CrewFutures, Futures
from lineside.solver.futures.rates import Rates
from lineside.solver.impact import losses_of

Ints = NDArray[np.int64]
BLOCK = 2_500
"""Futures that are drawn together; part of what a seed means."""


def simulate(
    scenario: Scenario, plan: Plan, rates: Rates | None = None, num_futures: int = 10_000, seed: int = 0
) -> Futures:
    """Play many futures of a plan.

    Parameters
    ----------
    scenario
        A scenario without mistakes.
    plan
        A plan for it; parts that name something unknown are left out.
    rates
        How often people leave, stay away or work longer; the defaults of :class:`Rates` if not given.
    num_futures
        How many futures, 1 at least.
    seed
        Seed of everything random, 0 at least; the same input gives the same futures.

    Raises
    ------
    ValueError
        If there is no future to play.

    Notes
    -----
    In each future, independently of one another,

    * an apprentice leaves the program in any week with the chance ``drop_out_per_week``, and comes to no meeting from
      the next week on, but goes on working;
    * an operator, apprentice or not, stays away on a date with the chance ``absence_per_shift``: from the shift that
      starts then, and from the meetings on it;
    * a crew works longer in a week with the chance ``overtime_per_week``, and has no relief then.

    A minute with ``a`` operators of a crew absent and ``n`` of the others in class is charged what classes add,
    ``f(a + n) - f(a)``, where ``f`` is the contract's cost of a minute. With all rates at 0 that is the plan's line
    time lost, in every future. Cohorts that fall below their least number go on.

    Each block of futures of each crew has random numbers of its own, so that a crew's futures depend neither on the
    other crews nor on how many more futures are played.
    """
    if num_futures < 1:
        raise ValueError(f"{num_futures} futures were asked for, fewer than 1. Ask for some, such as 10000.")
    rates = rates or Rates()
    met = met_cohorts(scenario, plan)
    crews = crews_taken(scenario, plan, met, rates.overtime_minutes)
    number = {(row.line, row.rota): k for k, row in enumerate(scenario.crews)}
    sums = _Sums(scenario, crews, met, num_futures)
    for block, start in enumerate(range(0, num_futures, BLOCK)):
        count = min(BLOCK, num_futures - start)
        sums.begin(start, count)
        for k, taken in enumerate(crews):
            rng = np.random.default_rng([seed, block, number[taken.crew.line, taken.crew.rota]])
            sums.add(k, CrewGame(taken, rates, rng, count))
        sums.end()
    return Futures(rates, seed, num_futures, sums.cohort_outlooks(), sums.holds, sums.crew_futures(plan))


class _Sums:
    """What the games of all crews add up to, block by block."""

    def __init__(self, scenario: Scenario, crews: tuple[CrewTaken, ...], met: MetCohorts, num_futures: int) -> None:
        self._scenario, self._crews, self._met, self._num_futures = scenario, crews, met, num_futures
        self._least = np.array([scenario.module_by_id[row.module].seats_min for row in met.cohorts], dtype=np.int64)
        self._last_week = [_last_week(scenario, met, k) for k in range(len(met.cohorts))]
        self._lost, self._stopped, self._missed = np.zeros((3, len(crews), num_futures), dtype=np.int64)
        self.holds = np.zeros((len(met.cohorts), num_futures), dtype=bool)
        self._left_sum, self._thin_sum = np.zeros((2, len(met.cohorts)), dtype=np.int64)

    def begin(self, start: int, count: int) -> None:
        """Begin a block of futures."""
        self._block = slice(start, start + count)
        self._present = np.zeros((int(self._met.first[-1]), count), dtype=np.int16)
        self._left = np.zeros((len(self._met.cohorts), count), dtype=np.int16)

    def add(self, crew: int, game: CrewGame) -> None:
        """Take in the futures of a crew in this block."""
        taken = self._crews[crew]
        self._lost[crew, self._block], self._stopped[crew, self._block] = game.lost_and_stopped()
        self._missed[crew, self._block] = game.missed_minutes
        for meeting, attends in zip(taken.seat_meeting.tolist(), game.attends, strict=True):
            self._present[meeting] += attends
        for person, cohort in taken.seats:
            self._left[cohort] += game.leaves[person] > self._last_week[cohort]

    def end(self) -> None:
        """End a block, when every crew's futures are in."""
        self.holds[:, self._block] = self._left >= self._least[:, None]
        self._left_sum += self._left.sum(axis=1, dtype=np.int64)
        for k, least in enumerate(self._least.tolist()):
            present = self._present[self._met.first[k] : self._met.first[k + 1]]
            self._thin_sum[k] += int((present < least).sum())

    def cohort_outlooks(self) -> tuple[CohortOutlook, ...]:
        """Return what is to be told of each cohort, in the plan's order."""
        members: dict[int, list[str]] = defaultdict(list)
        for taken in self._crews:
            for _, cohort in taken.seats:
                members[cohort].append(taken.company)
        return tuple(
            CohortOutlook(
                cohort=cohort.cohort,
                module=cohort.module,
                site=cohort.site,
                seats_min=int(self._least[k]),
                members=len(members[k]),
                last_meeting=max(meeting.date for meeting in cohort.meetings),
                chance_holds=float(self.holds[k].mean()),
                mean_members_left=float(self._left_sum[k] / self._num_futures),
                meetings=int(self._met.first[k + 1] - self._met.first[k]),
                mean_thin_meetings=float(self._thin_sum[k] / self._num_futures),
                companies=tuple(sorted(set(members[k]))),
            )
            for k, cohort in enumerate(self._met.cohorts)
        )

    def crew_futures(self, plan: Plan) -> tuple[CrewFutures, ...]:
        """Return each crew's futures, with what the plan itself says of it."""
        planned_lost: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
        planned_stopped: dict[tuple[str, str], int] = defaultdict(int)
        for row in losses_of(self._scenario, crew_losses(self._scenario, plan)):
            planned_lost[row.line, row.rota] += row.lost_line_minutes
            planned_stopped[row.line, row.rota] += row.stopped_minutes
        rows = []
        for k, taken in enumerate(self._crews):
            line = self._scenario.line_by_id[taken.crew.line]
            key = (line.line, taken.crew.rota)
            lost = self._lost[k] * float(line.weight) / 1000
            planned = planned_lost[key], planned_stopped[key]
            rows.append(
                CrewFutures(taken.crew, taken.company, line.site, *planned, lost, self._stopped[k], self._missed[k])
            )
        return tuple(rows)


def _last_week(scenario: Scenario, met: MetCohorts, cohort: int) -> int:
    """Return the week of a cohort's last meeting, counted from the scenario's first."""
    last = max(meeting.date for meeting in met.cohorts[cohort].meetings)
    return (last - scenario.settings.first_day).days // 7
