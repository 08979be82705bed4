"""Sorting within groups is exact, also where values are nearer to each other than one key can tell."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from lineside.solver import ordering
from lineside.solver.ordering import Groups, order_within

Values = st.floats(-1e6, 1e6, allow_nan=False)


@given(st.data())
def test_values_come_by_group_and_size(data: st.DataObject) -> None:
    size = data.draw(st.integers(0, 40))
    group = data.draw(arrays(np.int64, size, elements=st.integers(0, 5)))
    value = data.draw(arrays(np.float64, size, elements=Values))
    order = order_within(group, value)
    assert sorted(order.tolist()) == list(range(size))
    found = list(zip(group[order].tolist(), value[order].tolist(), strict=True))
    assert found == sorted(zip(group.tolist(), value.tolist(), strict=True))


@pytest.mark.parametrize("passes", [ordering.MOST_PASSES, 0])
def test_values_that_one_key_cannot_tell_apart_are_set_right(passes: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ordering, "MOST_PASSES", passes)
    rng = np.random.default_rng(0)
    group = np.sort(rng.integers(0, 1000, 5000))
    value = np.where(rng.random(5000) < 0.5, 1e9, 0.0) + rng.integers(0, 3, 5000) * 1e-6
    key = group * (value.max() + 1) + value
    assert len(np.unique(key)) < len(np.unique(np.stack([group, value]), axis=1).T)  # what a sort of keys sees
    order = order_within(group, value)
    assert np.array_equal(value[order], value[np.lexsort((value, group))])
    assert np.array_equal(group[order], group)


@given(st.lists(st.lists(st.sampled_from([-1.0, 0.0, 2.0, np.inf]), min_size=1, max_size=5), max_size=8))
def test_the_first_of_the_least_values_is_found(values: list[list[float]]) -> None:
    owner = np.repeat(np.arange(len(values)), [len(mine) for mine in values])
    flat = np.array([one for mine in values for one in mine], dtype=float)
    found = Groups(owner).least(flat).tolist()
    starts = np.cumsum([0, *map(len, values)]).tolist()
    assert found == [start + mine.index(min(mine)) for start, mine in zip(starts, values, strict=False)]
