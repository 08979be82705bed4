"""A brute-force optimiser for tiny scenarios, written from the contract alone.

It enumerates all allowed plans, with exact arithmetic and the plainest code, and shares nothing
with the package but the types of tables and plans. Each rule can be switched off by name, which
shows that a set of scenarios depends on it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction

from lineside.models.plan import Plan
from lineside.models.scenario import Scenario
from tests.exhaustive.plan import plan_of
from tests.exhaustive.search import Search
from tests.exhaustive.world import World

__all__ = ["exhaustive_optimum", "exhaustive_plan"]


def exhaustive_optimum(
    scenario: Scenario, without: Iterable[str] = (), most: Mapping[str, Fraction] | None = None
) -> Fraction | None:
    """Return the least objective over all allowed plans, in line-minutes, or None if no plan is allowed.

    Parameters
    ----------
    scenario
        A tiny scenario with a table of patterns.
    without
        Names of rules that plans may break: a switch for tests.
    most
        Most of some measures that a plan may have.
    """
    best = Search(World(scenario, frozenset(without)), most).run()
    return None if best is None else best.objective


def exhaustive_plan(scenario: Scenario, without: Iterable[str] = ()) -> Plan:
    """Return an optimal plan with its measures; its status is `infeasible` if no plan is allowed.

    The parameters are those of :func:`exhaustive_optimum`.
    """
    world = World(scenario, frozenset(without))
    best = Search(world).run()
    return Plan(scenario=scenario.settings.name, status="infeasible") if best is None else plan_of(world, best)
