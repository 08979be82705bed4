"""The points of a sweep in words and tables: how far they are, which is best, and what went wrong."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pandas as pd

from lineside.ui.client import Json
from lineside.ui.views.scenario.what_if import edit_frame
from lineside.ui.words import counted, line_minutes, share

ACTIVE = ("queued", "running")
KINDS = ("settings", "cells", "added", "removed")
SURE = 0.0005
"""Line-minutes by which two amounts are the same; they are kept to a thousandth."""
STATUS = {"queued": "waiting", "running": "under way", "stopped": "stopped", "failed": "failed"}
OUTCOMES = {
    "optimal": "proven best plan",
    "feasible": "solved",
    "infeasible": "no plan keeps all rules",
    "unknown": "no plan found in time",
}
"""What a finished point came to."""


def status_words(point: Json) -> str:
    """Return how a point stands.

    >>> status_words({"status": "queued", "outcome": None}), status_words({"status": "finished", "outcome": "feasible"})
    ('waiting', 'solved')
    """
    return STATUS.get(point["status"]) or OUTCOMES.get(point["outcome"], "finished")


def progress_words(points: list[Json]) -> str:
    """Return how many points are solved, under way, waiting, stopped and failed; what is none is left out.

    >>> progress_words([{"status": status} for status in ("finished", "running", "queued", "queued", "failed")])
    '1 of 5 solved, 1 under way, 2 waiting, 1 failed'
    """
    counts = Counter(point["status"] for point in points)
    others = (f"{counts[status]:,} {words}" for status, words in _IN_ORDER if counts[status])
    return ", ".join([f"{counts['finished']:,} of {len(points):,} solved", *others])


_IN_ORDER = [(status, STATUS[status]) for status in ("running", "queued", "stopped", "failed")]


def best_of(points: list[Json]) -> set[int]:
    """Return the numbers of the points whose plans cost least among those of the same scenario."""
    return {number for _, best, _ in _by_base(points) for number in best}


def _by_base(points: list[Json]) -> Iterator[tuple[str, list[int], float]]:
    """Yield each scenario that the grid named with a plan, with its best points' numbers and their cost."""
    for base in dict.fromkeys(point["base"] for point in points):
        planned = [point for point in points if point["base"] == base and point["plan"]]
        if planned:
            least = min(point["objective"] for point in planned)
            yield base, [point["number"] for point in planned if point["objective"] - least < SURE], least


def best_words(points: list[Json]) -> list[str]:
    """Return a sentence for each scenario: which point is best, and whether that is proven."""
    return [_best(base, numbers, least, points) for base, numbers, least in _by_base(points)]


def _best(base: str, numbers: list[int], least: float, points: list[Json]) -> str:
    others = [point for point in points if point["base"] == base and point["number"] not in numbers]
    open_ones = [point for point in others if _may_be_better(point, least)]
    so_far = " so far" if any(point["status"] in ACTIVE for point in others) else ""
    if len(numbers) == 1:
        best = f"{base}: point {numbers[0]} costs least{so_far}, {line_minutes(least)}."
    else:
        listed = f"{', '.join(map(str, numbers[:-1]))} and {numbers[-1]}"
        best = f"{base}: points {listed} cost the same, {line_minutes(least)}, and less than all others{so_far}."
        if not others:
            best = f"{base}: all points cost the same, {line_minutes(least)}."
    if not others:
        return best
    if not open_ones:
        return f"{best} It is proven that no plan of another point costs less."
    few = counted(len(open_ones), "other point may", "other points may")
    return f"{best} {few} yet have a plan that costs less, as nothing else is proven."


def _may_be_better(point: Json, least: float) -> bool:
    if point["outcome"] == "infeasible":
        return False
    return point["bound"] is None or point["bound"] < least - SURE


def trouble_words(points: list[Json]) -> list[str]:
    """Return a sentence for each point that failed or ended without a plan; of stopped ones the progress tells."""
    ended = ("finished", "failed")
    return [_trouble(point) for point in points if point["status"] in ended and not point["plan"]]


def _trouble(point: Json) -> str:
    where = f"Point {point['number']} ({named(point)})"
    reason = f" {point['reason']}" if point["reason"] else ""
    if point["status"] == "failed":
        return f"{where} failed.{reason} Go on with what is left to try it again."
    if point["outcome"] == "infeasible":
        return f"{where}: no plan keeps all the rules.{reason} Loosen the rule that is named, or leave this choice out."
    return f"{where}: no plan was found in time.{reason} Begin a sweep that gives each point more seconds."


def named(point: Json) -> str:
    """Return the scenario and the choices of a point.

    >>> named({"base": "North", "choices": ["no edit", "20 seats"]})
    'North: no edit, 20 seats'
    """
    return ": ".join(filter(None, (point["base"], ", ".join(point["choices"]))))


def points_frame(axes: list[Json], points: list[Json]) -> pd.DataFrame:
    """Return the points as a table, units in the columns' names, with a column for each axis.

    The scenario's name stands before them where there are several, and last where it is the same for all.
    """
    best = best_of(points)
    rows: list[dict[str, Any]] = [
        {
            "Point": point["number"],
            "Best": "✓" if point["number"] in best else "",
            "Scenario": point["base"],
            **{f"Axis {axis['name']}": choice for axis, choice in zip(axes, point["choices"], strict=True)},
            "Status": status_words(point),
            "Objective (line-minutes)": point["objective"],
            "Bound (line-minutes)": point["bound"],
            "Gap": share(point["gap"]),
            "Line time lost (line-minutes)": point["line_time_lost"],
            "Empty seats (needs)": point["unseated"],
            "Unseated hours": point["unseated_hours"],
            "Cohorts": point["cohorts"],
            "Searched (seconds)": round(point["seconds"], 1),
            "Reason": point["reason"],
        }
        for point in points
    ]
    frame = pd.DataFrame(rows)
    if frame["Scenario"].nunique() == 1:
        frame["Scenario"] = frame.pop("Scenario")
    numbers = [*(name for name in frame.columns if name.endswith("(line-minutes)")), "Unseated hours"]
    return frame.astype({**dict.fromkeys(numbers, "Float64"), "Empty seats (needs)": "Int64", "Cohorts": "Int64"})


def sweeps_frame(sweeps: list[Json], began: list[str]) -> pd.DataFrame:
    """Return sweeps as a table.

    Parameters
    ----------
    sweeps
        As the service lists them.
    began
        When each was begun, in words.
    """
    rows = [
        {
            "Name": sweep["name"],
            "Points": sweep["waiting"] + sweep["running"] + sweep["ended"],
            "Waiting": sweep["waiting"],
            "Running": sweep["running"],
            "Finished": sweep["solved"],
            "Stopped or failed": sweep["ended"] - sweep["solved"],
            "Begun": when,
        }
        for sweep, when in zip(sweeps, began, strict=True)
    ]
    return pd.DataFrame(rows)


def choices_frame(axes: list[Json], edits: list[Json]) -> pd.DataFrame:
    """Return what each choice changes, one change a row.

    Parameters
    ----------
    axes
        Their names, and the names of their choices.
    edits
        Those of the choices in their order; a choice without an edit has none there.
    """
    left, frames = list(edits), []
    for axis in axes:
        for choice in axis["choices"]:
            has_edit = bool(left) and left[0]["name"] == choice
            edit = _whole(left.pop(0)) if has_edit else _whole({})
            frame = edit_frame(edit)
            if frame.empty:
                frame.loc[0] = ["nothing", "", "", "", ""]
            frame.insert(0, "Choice", choice)
            frame.insert(0, "Axis", axis["name"])
            frames.append(frame)
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame()


def _whole(edit: Json) -> Json:
    """Return an edit with the parts that its short form leaves out."""
    kinds: Json = {kind: edit.get(kind, []) for kind in KINDS}
    for kind in ("settings", "cells"):
        kinds[kind] = [{"before": None, **part} for part in kinds[kind]]
    kinds["removed"] = [{"row": [], "cells": {}, **part} for part in kinds["removed"]]
    return kinds
