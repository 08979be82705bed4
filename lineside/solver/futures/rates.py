"""How often people leave, stay away or work longer, and where the defaults come from."""

from __future__ import annotations

from dataclasses import dataclass

LONGEST_SHIFT_MINUTES = 720
"""Overtime makes no shift longer than this; a crew with shifts of twelve hours has overtime without longer shifts."""


@dataclass(frozen=True)
class Rates:
    """What may come between a plan and its weeks.

    The defaults are averages of other places and unverified for any plant: ask each plant for its own.

    Parameters
    ----------
    drop_out_per_week
        Chance, from 0 to 1, that an apprentice leaves the program in a week. The default is 1 - (37/51)^(1/52): of
        51 people who began in St. Cloud 37 finished, after about a year (press).
    absence_per_shift
        Chance that an operator, apprentice or not, stays away on a date, from work and class. Illness and personal
        reasons took 1.4 % of full-time hours in the United States in 2017 (Current Population Survey, table 46), and
        3.1 % of people in manufacturing were away in a week of 2005 (the same, table 47); the default leaves room
        for holidays taken, which those figures leave out.
    overtime_per_week
        Chance that a crew works overtime in a week. Its relief then works on the line and covers nobody, and its
        shifts end later. One week in four is an assumption.
    overtime_minutes
        How much later each shift of such a week ends, up to shifts of twelve hours. With five shifts in every fourth
        week, the default is the average of 2.9 hours a week in manufacturing (Bureau of Labor Statistics, December
        2025).

    Raises
    ------
    ValueError
        If a chance is not from 0 to 1, or overtime is negative.
    """

    drop_out_per_week: float = 0.0062
    absence_per_shift: float = 0.03
    overtime_per_week: float = 0.25
    overtime_minutes: int = 140

    def __post_init__(self) -> None:
        for name in ("drop_out_per_week", "absence_per_shift", "overtime_per_week"):
            chance = getattr(self, name)
            if not 0 <= chance <= 1:
                raise ValueError(f"The rate {name} is {chance}, outside 0 to 1. Give a chance such as 0.03 for 3 %.")
        if self.overtime_minutes < 0:
            raise ValueError(
                f"The rate overtime_minutes is {self.overtime_minutes}, below 0. Give minutes a shift, such as 120."
            )
