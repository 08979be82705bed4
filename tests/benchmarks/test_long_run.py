"""The long run's figures: what grows is called so, what only wavers is not; polls come when they are due."""

from __future__ import annotations

import random
import threading

import pytest

from benchmarks.long_run_clients import Day, Program, Subscription, _Polls
from benchmarks.long_run_report import MEMORY, OTHERS, report
from benchmarks.long_run_samples import Latencies, share_of, slope_of


def test_a_straight_line_grows_by_its_slope_without_a_doubt() -> None:
    slope = slope_of({minute: 100.0 + 2 * minute for minute in range(10)})
    assert (slope.mean, slope.num_minutes, slope.verdict) == (109.0, 10, "grows")
    assert slope.per_hour == pytest.approx(120.0)  # 2 a minute
    assert slope.error == pytest.approx(0.0, abs=1e-9)
    assert slope_of({minute: 100.0 - 2 * minute for minute in range(10)}).verdict == "falls"


def test_what_wavers_or_hardly_grows_is_flat() -> None:
    wavers = slope_of({minute: 100.0 + 20 * (minute % 2) for minute in range(10)})
    # Sum of (t - 4.5) * y is 10 * 5 ones of +-: five pairs a minute apart, 20 * 5 / 2 = 50, over 82.5, 60 minutes.
    assert wavers.per_hour == pytest.approx(60 * 50 / 82.5)
    assert wavers.verdict == "flat"
    # Certain, and yet 0.1 a minute are 1 in ten minutes: 1 % of 100.
    assert slope_of({minute: 100.0 + 0.1 * minute for minute in range(10)}).verdict == "flat"


def test_minutes_without_a_value_leave_the_line_where_it_is() -> None:
    assert slope_of({0: 1.0, 4: 9.0, 9: 19.0}).per_hour == pytest.approx(120.0)


def test_shares_of_values_in_order() -> None:
    ordered = [float(value) for value in range(101)]
    assert [share_of(ordered, share) for share in (0.5, 0.95, 1.0)] == [50.0, 95.0, 100.0]
    assert share_of([7.0], 0.95) == 7.0


def test_addresses_are_parted_among_the_programs() -> None:
    day = Day("http://127.0.0.1:1", "key", 24.0, Latencies(), 0)
    day.feeds = [f"/{number}.ics" for number in range(20)]
    names = [one.program.name for one in day._subscriptions()]
    assert [names.count(name) for name in ("Google", "Apple", "Outlook")] == [10, 7, 3]


def test_a_poll_comes_again_after_its_interval_in_the_shortened_day() -> None:
    program = Program("Apple", "agent", 3600.0, True, 1.0)
    polls = _Polls([Subscription(program, "/a.ics")], 3600.0 / 0.02, random.Random(0))
    ending = threading.Event()
    found = [polls.next(ending) for _ in range(3)]  # every 16 to 24 ms
    assert [one.path for one in found if one] == ["/a.ics"] * 3
    ending.set()
    assert polls.next(ending) is None


def test_the_report_tells_what_grows_and_what_went_wrong() -> None:
    latencies = Latencies()
    samples = []
    for minute in range(12):
        samples.append(dict.fromkeys(MEMORY + OTHERS, 100.0) | {"web MB": 100.0 + minute})
        for seconds in (0.1, 0.2, 0.3):
            latencies.add("Apple polls", seconds)
        latencies.end_minute()
    lines = report("10:00 UTC", "A machine.", samples, latencies, {"503 for GET": 2}).splitlines()
    assert "A machine. Answers that were errors: 2 times 503 for GET." in lines
    assert "| Apple polls | 18 | 0.200 | 0.300 | 0.300 | 18 | 0.200 | 0.300 | 0.300 |" in lines
    # The second half is 106 to 111: 108.5 in the mean, and 1 a minute.
    assert any(line.startswith("| web MB | 108.5 | +60 |") and line.endswith("| grows |") for line in lines)
    assert any(line.startswith("| worker MB | 100 | +0 |") and line.endswith("| flat |") for line in lines)
    assert any(line.startswith("| Apple polls | 0.2 |") and line.endswith("| flat |") for line in lines)
