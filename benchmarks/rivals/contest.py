"""One contestant on one case: raced, judged, and what stands in the end."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from benchmarks.cases import FOLDERS, ROOT
from benchmarks.environments import make_environment
from benchmarks.rivals.race import Finish, Limits, contestant_command, race
from benchmarks.rivals.trajectory import Standing, Trajectory


@dataclass(frozen=True)
class Contestant:
    """Who takes part: the module that is run, and the environment that it needs beside the project's."""

    module: str
    environment: str | None = None


CONTESTANTS = {
    "lineside": Contestant("benchmarks.rivals.contestants.lineside"),
    "straight": Contestant("benchmarks.rivals.contestants.straight"),
    "highs": Contestant("benchmarks.highs.prepare", "highs"),
    "timefold": Contestant("benchmarks.timefold.prepare", "timefold"),
    "first_come": Contestant("benchmarks.rivals.contestants.first_come"),
}
"""Contestants by the name that tables have for them."""


def prepare(names: list[str]) -> None:
    """Make the environments that contestants need, before any clock runs."""
    for name in names:
        environment = CONTESTANTS[name].environment
        if environment is not None:
            make_environment(environment)


def hold(name: str, case: str, limits: Limits, times: list[float], keep: Path | None = None) -> Standing:
    """Race a contestant on a case and judge it.

    Parameters
    ----------
    name, case
        Contestant and scenario.
    limits
        Time, threads, seed, memory.
    times
        Seconds at which tables read its trajectory.
    keep
        Folder in which its events and messages are kept; by default they are thrown away.
    """
    if keep is not None:
        scratch = keep / f"{case}-{name}-{limits.seconds:g}"
        scratch.mkdir(parents=True)
        return _hold(name, case, limits, times, scratch)
    with tempfile.TemporaryDirectory(prefix="lineside-race-") as folder:
        return _hold(name, case, limits, times, Path(folder))


def _hold(name: str, case: str, limits: Limits, times: list[float], scratch: Path) -> Standing:
    finish = race(contestant_command(CONTESTANTS[name].module), FOLDERS[case], limits, scratch)
    return standing_of(name, case, limits, finish, _judge(case, scratch, times))


def standing_of(name: str, case: str, limits: Limits, finish: Finish, trajectory: Trajectory) -> Standing:
    """Put a finish and a trajectory together."""
    with (FOLDERS[case] / "apprentices.csv").open(encoding="utf-8") as file:
        people = sum(1 for line in file if line.strip()) - 1
    return Standing(
        case, people, name, limits.seconds, finish.how, finish.megabytes, trajectory, complaint=finish.complaint
    )


def _judge(case: str, scratch: Path, times: list[float]) -> Trajectory:
    command = [sys.executable, "-m", "benchmarks.rivals.judge", str(FOLDERS[case]), str(scratch), *map(str, times)]
    subprocess.run(command, cwd=ROOT, check=True)
    return Trajectory.from_json(json.loads((scratch / "trajectory.json").read_text(encoding="utf-8")))


def read_apart(standings: list[Standing]) -> Standing:
    """Return one standing of several runs with rising limits: what each had at its own limit, and the longest's end.

    A contestant that plans its stages by the limit may be further after ten seconds of ten than of six hundred.
    """
    last = standings[-1]
    plans, bounds = list(last.trajectory.plans), list(last.trajectory.bounds)
    for row in standings[:-1]:
        objective, bound = row.trajectory.objective_at(row.limit), row.trajectory.bound_at(row.limit)
        plans += [] if objective is None else [(row.limit, objective)]
        bounds += [] if bound is None else [(row.limit, bound)]
    faults = tuple(dict.fromkeys(fault for row in standings for fault in row.trajectory.faults))
    merged = Trajectory(
        tuple(sorted(plans)),
        tuple(sorted(bounds)),
        last.trajectory.built,
        faults,
        sum(row.trajectory.num_checked for row in standings),
    )
    megabytes = max(row.megabytes for row in standings)
    return Standing(
        last.case, last.people, last.contestant, last.limit, last.how, megabytes, merged, complaint=last.complaint
    )
