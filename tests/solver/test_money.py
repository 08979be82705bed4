"""Prices as whole numbers."""

from __future__ import annotations

from fractions import Fraction

from lineside.solver.money import LARGEST_SCALE, Money
from tests.build import tiny


def test_the_scale_is_the_least_common_denominator() -> None:
    # travel 0.02 = 1/50; an instructor at 30 dollars: 0.05 x 30 / 60 = 1/40; weight 1: 1/1000; 120 a seat. The
    # least common multiple of 50, 40 and 1000 is 1000.
    money = Money.of(tiny(instructors={"ida": {"dollars_per_hour": 30}}))
    assert (money.scale, money.exact) == (1000, True)
    assert money.units(Fraction(1, 40)) == 25
    assert money.line_minutes(2500) == 2.5


def test_thirds_make_the_scale_three_times_as_large() -> None:
    # 0.05 x 20 / 60 = 1/60.
    money = Money.of(tiny(instructors={"ida": {"dollars_per_hour": 20}}))
    assert (money.scale, money.exact) == (3000, True)


def test_the_worst_company_is_charged_in_thousandths_of_thousandths() -> None:
    assert Money.of(tiny(prices={"worst_company": "0.125"})).scale == 8000


def test_a_scale_that_grows_too_large_is_cut_and_said_to_round() -> None:
    money = Money.of(tiny(prices={"dollar": "0.00000007"}, instructors={"ida": {"dollars_per_hour": "0.07"}}))
    assert (money.scale, money.exact) == (LARGEST_SCALE, False)
    assert money.units(Fraction(1, 3 * LARGEST_SCALE)) == 0
