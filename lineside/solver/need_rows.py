"""The rows of a master problem about needs: each is met or left empty, as options and weeks allow."""

from __future__ import annotations

from lineside.solver.problem import Problem
from lineside.solver.program import LinearProgram
from lineside.solver.together import Way


def add_needs(program: LinearProgram, problem: Problem, unit: float) -> int:
    """Add the rows of needs first, then one of each choice and of each person with ways.

    Parameters
    ----------
    program
        An empty program.
    problem
        The prepared problem.
    unit
        Units of the objective in which the program counts.

    Returns
    -------
    Number of all these rows: others begin there.
    """
    demand, together = problem.demand, problem.together
    in_ways = {need for ways in together.ways for way in ways for need in way.asked}
    for k, need in enumerate(demand.needs):
        required = 0.0 if need.options or k in in_ways else 1.0
        program.add_row(required, required)
    for k, need in enumerate(demand.needs):
        program.add_variable(need.price / unit, [(k, 1.0)])
    under: dict[int, list[int]] = {}
    for k, need in enumerate(demand.needs):
        for option in need.options:
            under.setdefault(option, []).append(k)
    for choice in together.loose:
        asked = [[(k, -1.0) for k in under.get(option, ())] for option in choice]
        program.add_row(1.0, 1.0, [(program.add_variable(0.0, entries), 1.0) for entries in asked])
    for ways in together.ways:
        program.add_row(1.0, 1.0, [(_add_way(program, problem, way, unit), 1.0) for way in ways])
    return program.num_rows


def _add_way(program: LinearProgram, problem: Problem, way: Way, unit: float) -> int:
    """Add a way as a variable: what it does not meet goes without, what it meets may have a seat."""
    empty = sum(problem.demand.needs[k].price for k in way.asked if k not in way.met)
    return program.add_variable(empty / unit, [(k, -1.0) for k in way.met])
