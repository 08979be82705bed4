"""When the bound's processor goes to the search, and when it does not."""

from __future__ import annotations

from lineside.solver.turns import WINDOW_SECONDS, Turns


def test_new_rows_are_given_time_until_they_prove_something() -> None:
    turns = Turns(1)
    turns.begin(0.0, 100.0, 200.0, 7)
    assert not any(turns.is_enough(WINDOW_SECONDS * k, 100.0, 200.0 - 5.0 * k, 7) for k in range(1, 10))


def test_the_plan_gets_the_processor_when_it_gains_more_than_twice_as_much() -> None:
    turns = Turns(1)
    turns.begin(0.0, 100.0, 200.0, 7)
    assert not turns.is_enough(WINDOW_SECONDS, 105.0, 195.0, 7)
    assert not turns.is_enough(WINDOW_SECONDS * 2, 108.0, 190.0, 7)
    assert turns.is_enough(WINDOW_SECONDS * 3, 109.0, 185.0, 7)


def test_nothing_is_compared_before_the_window_is_over() -> None:
    turns = Turns(1)
    turns.begin(0.0, 100.0, 200.0, 7)
    assert not turns.is_enough(WINDOW_SECONDS, 110.0, 190.0, 7)
    assert not turns.is_enough(WINDOW_SECONDS * 1.9, 110.0, 150.0, 7)
    assert turns.is_enough(WINDOW_SECONDS * 2, 110.0, 150.0, 7)


def test_the_bound_keeps_its_turn_while_neither_gains() -> None:
    turns = Turns(1)
    turns.begin(0.0, 100.0, 200.0, 7)
    assert not turns.is_enough(WINDOW_SECONDS, 110.0, 190.0, 7)
    assert not turns.is_enough(WINDOW_SECONDS * 2, 110.0, 190.0, 7)


def test_the_gain_of_several_processes_is_shared_among_them() -> None:
    turns = Turns(4)
    turns.begin(0.0, 100.0, 200.0, 7)
    assert not turns.is_enough(WINDOW_SECONDS, 110.0, 130.0, 7)
    assert turns.is_enough(WINDOW_SECONDS * 2, 110.0, 120.0, 7)


def test_a_later_turn_begins_anew_and_remembers_that_rows_have_proven_something() -> None:
    turns = Turns(1)
    turns.begin(0.0, 100.0, 200.0, 7)
    turns.is_enough(WINDOW_SECONDS, 110.0, 190.0, 7)
    turns.begin(1_000.0, 110.0, 170.0, 7)
    assert not turns.is_enough(1_000.0 + WINDOW_SECONDS / 2, 110.0, 150.0, 7)
    assert turns.is_enough(1_000.0 + WINDOW_SECONDS, 110.0, 165.0, 7)


def test_further_rows_are_given_time_as_the_first_ones_are() -> None:
    turns = Turns(1)
    turns.begin(0.0, 100.0, 200.0, 7)
    assert not turns.is_enough(WINDOW_SECONDS, 110.0, 190.0, 7)
    assert not any(turns.is_enough(WINDOW_SECONDS * k, 110.0, 190.0 - k, 9) for k in range(2, 6))
    assert not turns.is_enough(WINDOW_SECONDS * 6, 115.0, 180.0, 9)
    assert turns.is_enough(WINDOW_SECONDS * 7, 115.0, 170.0, 9)
