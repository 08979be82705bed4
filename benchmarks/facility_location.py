"""Published instances of capacitated facility location with single sourcing, posed through the solver's arrays.

``python -m benchmarks.facility_location [--cases WORD ...] [--seconds N] [--seed N]``; a word is a folder of
``shared/instances/facility_location`` or a folder and an instance, such as ``yang/p2``. It prints a table and
appends it to the results of the day. It ends with 1 if an instance with known optimum is not within half a per cent.
"""

from __future__ import annotations

import argparse
import csv
import datetime as dt
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.cases import ROOT
from lineside.solver import Allotment, SeatArrays, allot

INSTANCES = ROOT / "../shared/instances/facility_location"
"""Instances beside the project's root folder; their README has the formats."""
RESULTS = Path(__file__).parent / "results"
WITHIN = 0.005
"""Goal: how far above the known optimum an objective may be, as a share of it."""
PLACES = 6
"""Most decimals of an amount."""

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Instance:
    """A published instance.

    Parameters
    ----------
    name
        Folder and file.
    arrays
        Customers as parties, facilities as cohorts, in whole units.
    scale
        Units of one of the instance's own.
    published
        Published value.
    is_optimum
        Whether it is said to be the optimum; else it is the best value known.
    """

    name: str
    arrays: SeatArrays
    scale: int
    published: float
    is_optimum: bool


def read_instance(folder: str, name: str) -> Instance:
    """Read an instance and what is known about it."""
    numbers = np.array([float(word) for word in (INSTANCES / folder / f"{name}.txt").read_text().split()])
    demand, capacity, fixed, cost = _PARSERS[folder](numbers)
    scale = _scale(np.concatenate([fixed, cost.ravel()]))
    opening, table = (np.rint(values * scale).astype(np.int64) for values in (fixed, cost))
    nobody_stays_away = int(table.max(axis=1).sum() + opening.sum() + 1)
    arrays = SeatArrays.dense(
        sizes=demand.astype(np.int64),
        away=np.full(len(demand), nobody_stays_away),
        opening=opening,
        most=capacity.astype(np.int64),
        least=np.zeros(len(opening), dtype=np.int64),
        cost=table,
    )
    with (INSTANCES / folder / "best_known.csv").open(encoding="utf-8", newline="") as file:
        row = next(row for row in csv.reader(file) if row[0] == name)
    return Instance(f"{folder}/{name}", arrays, scale, float(row[3]), row[4].strip() == "optimal")


def _scale(amounts: Floats) -> int:
    for places in range(PLACES + 1):
        scale = 10**places
        if np.allclose(amounts * scale, np.rint(amounts * scale), rtol=0, atol=1e-4):
            return int(scale)
    raise ValueError(f"Amounts have more than {PLACES} decimals. Raise PLACES.")


def _facilities_first(numbers: Floats) -> tuple[Floats, Floats, Floats, Floats]:
    """Parse ``m n``, m pairs of capacity and fixed cost, n demands, a block of n costs for each facility."""
    num_facilities, num_customers = int(numbers[0]), int(numbers[1])
    pairs, demand, cost = np.split(numbers[2:], [2 * num_facilities, 2 * num_facilities + num_customers])
    return demand, pairs[::2], pairs[1::2], cost.reshape(num_facilities, num_customers).T


def _customers_first(numbers: Floats) -> tuple[Floats, Floats, Floats, Floats]:
    """Parse ``n m``, n rows of m costs, n demands, m fixed costs, m capacities."""
    num_customers, num_facilities = int(numbers[0]), int(numbers[1])
    ends = np.cumsum([num_customers * num_facilities, num_customers, num_facilities])
    cost, demand, fixed, capacity = np.split(numbers[2:], ends)
    return demand, capacity, fixed, cost.reshape(num_customers, num_facilities)


def _per_demand(numbers: Floats) -> tuple[Floats, Floats, Floats, Floats]:
    """Parse ``m n``, n demands, m capacities, m fixed costs, m rows of n costs per unit of demand."""
    num_facilities, num_customers = int(numbers[0]), int(numbers[1])
    ends = np.cumsum([num_customers, num_facilities, num_facilities])
    demand, capacity, fixed, cost = np.split(numbers[2:], ends)
    return demand, capacity, fixed, cost.reshape(num_facilities, num_customers).T * demand[:, None]


_PARSERS = {
    "holmberg": _facilities_first,
    "yang": _facilities_first,
    "diaz_fernandez": _customers_first,
    "tbed1": _per_demand,
}


def chosen_instances(words: list[str]) -> list[tuple[str, str]]:
    """Return folder and name of the instances that words name, each once.

    Raises
    ------
    ValueError
        If a word names none.
    """
    found: dict[tuple[str, str], None] = {}
    for word in words:
        folder, _, name = word.partition("/")
        files = sorted((INSTANCES / folder).glob(f"{name or '*'}.txt")) if folder in _PARSERS else []
        if not files:
            raise ValueError(f"There is no instance {word}. Name a folder ({', '.join(_PARSERS)}) or folder/instance.")
        numbers = sorted((int("".join(filter(str.isdigit, file.stem))), file.stem) for file in files)
        found.update({(folder, stem): None for _, stem in numbers})
    return list(found)


def line(instance: Instance, found: Allotment) -> str:
    """Return a line of the table."""
    objective, bound = found.objective / instance.scale, found.bound / instance.scale
    above = objective / instance.published - 1
    kind = "optimum" if instance.is_optimum else "best known"
    size = f"{instance.arrays.num_cohorts} × {instance.arrays.num_parties}"
    proven = "yes" if found.optimal else "no"
    return (
        f"| {instance.name} | {size} | {instance.published:,.10g} | {kind} | {objective:,.10g} | {above:.3%} | "
        f"{bound:,.10g} | {found.gap:.3%} | {proven} | {found.seconds:.1f} |"
    )


def main(words: list[str] | None = None) -> int:
    """Run the instances that the command line names; return 1 if a known optimum is missed by more than the goal."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.facility_location", description="Run the instances.")
    parser.add_argument("--cases", nargs="+", default=list(_PARSERS), metavar="WORD", help="folders or instances")
    parser.add_argument("--seconds", type=float, default=60.0, help="time limit of each instance; default: 60")
    parser.add_argument("--seed", type=int, default=0, help="seed of everything random; default: 0")
    parser.add_argument("--results", type=Path, default=RESULTS, help="folder of the dated files")
    arguments = parser.parse_args(words)
    try:
        chosen = chosen_instances(arguments.cases)
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2
    now = dt.datetime.now(dt.UTC)
    arguments.results.mkdir(parents=True, exist_ok=True)
    missed = 0
    with (arguments.results / f"{now:%Y-%m-%d}-facility-location.md").open("a", encoding="utf-8") as file:

        def write(text: str) -> None:
            for stream in (file, sys.stdout):
                print(text, file=stream, flush=True)

        write(f"\n## {now:%H:%M} UTC: {', '.join(arguments.cases)}, {arguments.seconds:g} s, two threads, one run\n")
        write(
            "| instance | facilities × customers | published | is | objective | above it | bound | gap | proven | s |"
        )
        write("| --- | --- | ---: | --- | ---: | ---: | ---: | ---: | --- | ---: |")
        for folder, name in chosen:
            instance = read_instance(folder, name)
            found = allot(instance.arrays, arguments.seconds, arguments.seed)
            write(line(instance, found))
            missed += found.objective / instance.scale > instance.published * (1 + WITHIN) and instance.is_optimum
    return int(missed > 0)


if __name__ == "__main__":
    sys.exit(main())
