"""The arrays as a door: against enumeration on small random problems, and refusals."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from lineside.solver import AWAY, SeatArrays, allot
from lineside.solver.seats.dual import Dual


def random_arrays(seed: int) -> SeatArrays:
    """Return a problem of up to five parties and three cohorts, with gaps in the table and fewest people."""
    rng = np.random.default_rng(seed)
    parties, cohorts = int(rng.integers(1, 6)), int(rng.integers(1, 4))
    pair = rng.random((parties, cohorts)) < 0.8
    party, cohort = np.nonzero(pair)
    most = rng.integers(0, 8, cohorts)
    return SeatArrays(
        sizes=rng.integers(1, 5, parties),
        away=rng.integers(0, 60, parties),
        opening=rng.integers(0, 40, cohorts),
        most=most,
        least=np.minimum(rng.integers(0, 5, cohorts), most) * rng.integers(0, 2),
        party=party,
        cohort=cohort,
        cost=rng.integers(0, 30, len(party)),
    )


def least_objective(arrays: SeatArrays) -> int:
    """Return the optimum by trying everything."""
    best = int(arrays.away.sum())
    for seats in itertools.product(range(-1, arrays.num_cohorts), repeat=arrays.num_parties):
        try:
            best = min(best, arrays.objective(np.array(seats)))
        except ValueError:
            continue
    return best


@pytest.mark.parametrize("seed", range(60))
def test_allotments_are_as_good_as_enumeration_finds_and_proven(seed: int) -> None:
    arrays = random_arrays(seed)
    found = allot(arrays, seconds=30.0, seed=seed)
    assert found.objective == arrays.objective(found.seats)
    assert found.objective == least_objective(arrays)
    assert found.bound == found.objective and found.optimal and found.gap == 0


@pytest.mark.parametrize("seed", range(100))
def test_the_bound_of_any_prices_is_below_the_optimum_and_nothing_of_the_optimum_is_ruled_out(seed: int) -> None:
    arrays = random_arrays(1000 + seed)
    optimum = least_objective(arrays)
    rng = np.random.default_rng(seed)
    dual = Dual(arrays)
    for _ in range(5):
        dual.price = rng.uniform(-10, 80, arrays.num_parties)
        dual.evaluate()
        assert dual.bound <= optimum + 1e-6
    dual.fix(optimum)
    alive = dual.alive
    rest = SeatArrays(
        arrays.sizes,
        arrays.away,
        arrays.opening,
        arrays.most,
        arrays.least,
        arrays.party[alive],
        arrays.cohort[alive],
        arrays.cost[alive],
    )
    assert least_objective(rest) == optimum


def test_customers_go_to_the_facility_that_holds_them() -> None:
    # Facility 0 is cheaper for both customers but holds one of them only: 4 + 1 there, 6 + 3 at facility 1.
    arrays = SeatArrays.dense(
        sizes=[3, 3], away=[1000, 1000], opening=[4, 6], most=[5, 5], least=[0, 0], cost=[[1, 9], [2, 3]]
    )
    found = allot(arrays, seconds=10.0)
    assert found.seats.tolist() == [0, 1]
    assert (found.objective, found.bound) == (14, 14)


def test_a_cohort_below_its_fewest_people_is_not_opened() -> None:
    arrays = SeatArrays.dense(sizes=[1, 1], away=[50, 5], opening=[1], most=[4], least=[2], cost=[[1], [30]])
    # Both sit for 1 + 1 + 30 = 32, less than 55 for nobody; one alone may not.
    assert allot(arrays, seconds=10.0).objective == 32
    alone = SeatArrays.dense(sizes=[1, 1], away=[5, 5], opening=[1], most=[4], least=[2], cost=[[1], [30]])
    assert allot(alone, seconds=10.0).seats.tolist() == [AWAY, AWAY]


def test_nothing_to_seat_and_nothing_to_open_are_problems_too() -> None:
    none = np.zeros(0, dtype=np.int64)
    assert allot(SeatArrays(none, none, none, none, none, none, none, none), seconds=5.0).objective == 0
    one = np.ones(1, dtype=np.int64)
    assert allot(SeatArrays(one, one, none, none, none, none, none, none), seconds=5.0).objective == 1


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"sizes": [0]}, "sizes has 0, below 1"),
        ({"away": [-1]}, "away has -1, below 0"),
        ({"opening": [1, 2]}, "Lengths differ: opening 2, most 1, least 1"),
        ({"cost": [0.5]}, "cost is not one row of whole numbers"),
        ({"cohort": [1]}, "cohort has an index outside 0 to 0"),
        ({"party": [0, 0], "cohort": [0, 0], "cost": [1, 2]}, "paired twice"),
    ],
)
def test_arrays_that_do_not_go_together_are_refused(change: dict[str, list[float]], sentence: str) -> None:
    good = {"sizes": [1], "away": [1], "opening": [1], "most": [1], "least": [0], "party": [0], "cohort": [0]}
    with pytest.raises(ValueError, match=sentence):
        SeatArrays(**{name: np.array(values) for name, values in {**good, "cost": [1], **change}.items()})


def test_seats_that_break_a_limit_have_no_objective() -> None:
    arrays = SeatArrays.dense(sizes=[2, 2], away=[9, 9], opening=[1], most=[3], least=[0], cost=[[1], [1]])
    with pytest.raises(ValueError, match="Cohort 0 has 4 people, not 0 to 3"):
        arrays.objective(np.array([0, 0]))
