"""Sharing people out among copies of one cohort."""

from __future__ import annotations

import pytest

from lineside.solver.problem import Problem
from lineside.solver.sharing import share_out
from tests.build import tiny


def needs_with_parties(*parties: str) -> Problem:
    """Return a problem with one person a text; the text is the person's party, empty for none."""
    rows = {f"a{k}": {"party": party} if party else {} for k, party in enumerate(parties, 1)}
    return Problem(tiny(apprentices=rows))


def sizes(problem: Problem, fixed: list[list[int]], seats_min: int, caps: list[int]) -> list[int]:
    placed = {need for part in fixed for need in part}
    needs = [k for k in range(len(problem.demand.needs)) if k not in placed]
    shares = share_out(problem, needs, fixed, seats_min, caps)
    assert sorted(need for share in shares for need in share) == list(range(len(problem.demand.needs)))
    for share in shares:
        parties = {problem.scenario.apprentices[need].party for need in share} - {None}
        for party in parties:
            members = {k for k, row in enumerate(problem.scenario.apprentices) if row.party == party}
            assert members <= set(share)
    return [len(share) for share in shares]


def test_one_copy_takes_everybody() -> None:
    assert sizes(needs_with_parties("", "", ""), [[]], 1, [10]) == [3]


def test_each_copy_reaches_its_least_size() -> None:
    assert sizes(needs_with_parties("", "", "", ""), [[], []], 2, [10, 10]) == [2, 2]


def test_parties_stay_whole() -> None:
    # Three of car and two of bus in rooms of three and two seats.
    assert sizes(needs_with_parties("car", "bus", "car", "bus", "car"), [[], []], 2, [2, 3]) == [2, 3]


def test_a_party_may_have_to_leave_the_first_room_that_fits() -> None:
    # In the order of their sizes car (3) would take the room of four, and bus and van (2 each) would not fit in three.
    parties = ("car", "car", "car", "bus", "bus", "van", "van")
    assert sizes(needs_with_parties(*parties), [[], []], 1, [4, 3]) == [4, 3]


def test_who_is_placed_stays() -> None:
    problem = needs_with_parties("", "", "", "")
    shares = share_out(problem, [1, 2, 3], [[], [0]], 2, [2, 2])
    assert 0 in shares[1]
    assert [len(share) for share in shares] == [2, 2]


def test_what_cannot_be_shared_out_is_an_error() -> None:
    with pytest.raises(ValueError, match="cannot be shared out"):
        share_out(needs_with_parties("car", "car", "car", "car"), [0, 1, 2, 3], [[], []], 1, [3, 3])
