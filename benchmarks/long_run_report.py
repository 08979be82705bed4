"""What is told of a long run: tables minute by minute, by kind of request, and of what grows."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence

from benchmarks.long_run_samples import Latencies, share_of, slope_of, slopes

MOST_ROWS = 20
"""Minutes that the first table shows, evenly over the day."""
MEMORY = ("web MB", "kept calendars MB", "worker MB", "solves MB", "pages MB", "PostgreSQL MB", "database cache MB")
OTHERS = (
    "web handles",
    "web threads",
    "worker handles",
    "pages handles",
    "PostgreSQL handles",
    "connections",
    "database MB",
    "load",
)
FEWEST = 5
"""Minutes with answers of a kind that a slope needs."""


def report(
    title: str, about: str, samples: Sequence[Mapping[str, float]], latencies: Latencies, trouble: Mapping[str, int]
) -> str:
    """Return the report of a day as Markdown."""
    wrong = ", ".join(f"{count} times {what}" for what, count in sorted(trouble.items())) or "none"
    parts = (
        f"## {title}\n\n{about} Answers that were errors: {wrong}.",
        "Minute by minute (memory is `Pss`: what processes share is parted among them):\n\n"
        + _minutes(samples, latencies),
        "Seconds of an answer, first half of the day and second half:\n\n" + _kinds(latencies),
        "Growth over the second half, with twice its standard error; latencies are medians of a minute in seconds. "
        "*Flat*: the growth is not certain (5 %), or below 5 % of the mean over the half:\n\n"
        + _growth(samples, latencies),
    )
    return "\n\n".join(parts) + "\n"


def _minutes(samples: Sequence[Mapping[str, float]], latencies: Latencies) -> str:
    step = max(1, len(samples) // MOST_ROWS)
    lines = [
        _line("minute", "answers", "median s", "95 % s", "slowest s", *MEMORY, *OTHERS),
        _rule(5 + len(MEMORY + OTHERS)),
    ]
    for idx in range(step - 1, len(samples), step):
        told = sorted(seconds for answers in latencies.by_minute[idx].values() for seconds in answers)
        cells = [f"{share_of(told, share):.3f}" for share in (0.5, 0.95, 1.0)] if told else ["–"] * 3
        figures = [f"{samples[idx][name]:.0f}" for name in (*MEMORY, *OTHERS)]
        lines.append(_line(str(idx + 1), str(len(told)), *cells, *figures))
    return "\n".join(lines)


def _kinds(latencies: Latencies) -> str:
    middle = len(latencies.by_minute) // 2
    names = ("answers", "median s", "95 % s", "slowest s")
    lines = [_line("kind", *names, *(f"{name}, 2nd" for name in names)), _rule(9)]
    for kind in latencies.kinds:
        cells = []
        for half in (slice(0, middle), slice(middle, None)):
            told = latencies.of(kind, half)
            shares = [f"{share_of(told, share):.3f}" for share in (0.5, 0.95, 1.0)] if told else ["–"] * 3
            cells += [str(len(told)), *shares]
        lines.append(_line(kind, *cells))
    return "\n".join(lines)


def _growth(samples: Sequence[Mapping[str, float]], latencies: Latencies) -> str:
    found = {name: slope for name, slope in slopes(samples).items() if name != "load"}
    for kind in latencies.kinds:
        half = enumerate(latencies.by_minute[len(latencies.by_minute) // 2 :])
        medians = {minute: statistics.median(answers[kind]) for minute, answers in half if answers.get(kind)}
        if len(medians) >= FEWEST:
            found[kind] = slope_of(medians)
    lines = [_line("figure", "mean", "growth an hour", "±", "verdict"), _rule(5)]
    for name, slope in found.items():
        figures = (f"{slope.mean:.4g}", f"{slope.per_hour:+.3g}", f"{2 * slope.error:.2g}")
        lines.append(_line(name, *figures, slope.verdict))
    return "\n".join(lines)


def _line(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def _rule(num_columns: int) -> str:
    return f"| --- |{' ---: |' * (num_columns - 1)}"
