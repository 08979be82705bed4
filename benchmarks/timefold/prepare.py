"""The contestant Timefold, first half: it prepares the region, then becomes the process that searches.

Timefold gets Lineside's candidates and the pairs that are left after pruning, as plain numbers: what a seat costs, when
meetings are, how far a stretch of duty reaches and which minutes are lost are worked out here, once.
"""

from __future__ import annotations

import os
import pickle
from typing import Any

import numpy as np

from benchmarks.environments import python_of
from benchmarks.rivals.notes import Task
from lineside.models.reading import read_scenario
from lineside.solver.problem import Problem
from lineside.solver.seating import Ledger

Facts = dict[str, Any]


def region_of(problem: Problem) -> Facts:
    """Return everything that the search needs, as lists and dictionaries of whole numbers.

    Notes
    -----
    A candidate with enough people for two cohorts, and more than one cohort or its largest room can seat, may be opened
    a second time, in another room; a third time is left out.
    """
    rows = problem.viable_pairs
    pairs = problem.pairs
    return {
        "cohorts": _cohorts(problem, rows),
        "needs": _needs(problem, rows),
        "seats": np.stack([pairs.need[rows], pairs.candidate[rows], pairs.cost[rows]], axis=1).tolist(),
        "facts": _facts(problem, rows),
        "people": [_person(problem, person) for person in range(len(problem.scenario.apprentices))],
        "crews": _crews(problem),
        "choices": [list(choice) for choice in problem.demand.choices],
        "gaps": np.minimum(problem.between, 10_000).tolist(),
        "rules": {
            "at_once": problem.settings.rules.modules_at_once,
            "class_week": problem.settings.rules.class_minutes_per_week,
            "work_week": problem.settings.rules.week_minutes,
            "duty": problem.settings.rules.duty_minutes,
            "rest": problem.settings.rules.rest_minutes,
            "day_off": problem.settings.rules.keep_day_off,
        },
        "teacher_weeks": [row.week_minutes for row in problem.scenario.instructors],
    }


def _cohorts(problem: Problem, rows: np.ndarray) -> list[Facts]:
    found, slots = problem.candidates, problem.candidates.slots
    candidates, sizes = np.unique(problem.pairs.candidate[rows], return_counts=True)
    cohorts = []
    for candidate, size in zip(candidates.tolist(), sizes.tolist(), strict=True):
        module = problem.scenario.modules[found.module[candidate]]
        rooms, teachers = problem.rooms.of(candidate).tolist(), problem.instructors.of(candidate).tolist()
        caps = [min(module.seats_max, problem.scenario.rooms[room].seats) for room in rooms]
        idx = found.slots_of(candidate)
        numbers, position = np.unique(slots.week[idx], return_inverse=True)
        row = {
            "candidate": candidate,
            "site": int(slots.site[idx[0]]),
            "seats_min": module.seats_min,
            "rooms": list(zip(rooms, caps, problem.rooms.cost_of(candidate).tolist(), strict=True)),
            "teachers": list(zip(teachers, problem.instructors.cost_of(candidate).tolist(), strict=True)),
            "starts": slots.start[idx].tolist(),
            "ends": slots.end[idx].tolist(),
            "weeks": slots.week[idx].tolist(),
            "days": slots.ordinal[idx].tolist(),
            "week_numbers": numbers.tolist(),
            "week_minutes": np.bincount(position, slots.end[idx] - slots.start[idx]).astype(int).tolist(),
        }
        if rooms and teachers:
            twice = size >= 2 * module.seats_min and size > max(caps) and min(len(rooms), len(teachers)) > 1
            cohorts.extend([row, row] if twice else [row])
    return cohorts


def _needs(problem: Problem, rows: np.ndarray) -> list[Facts]:
    people, modules = problem.scenario.apprentices, problem.scenario.modules
    meetable = set(problem.pairs.need[rows].tolist())
    earlier: dict[int, list[list[int]]] = {}
    for row in problem.demand.earlier:
        last = -1 if row.frozen_last is None else row.frozen_last
        earlier.setdefault(row.need_idx, []).append([row.need_before, last, int(not row.options)])
    choice_of = {option: k for k, choice in enumerate(problem.demand.choices) for option in choice}
    needs = []
    for k, need in enumerate(problem.demand.needs):
        if k in meetable:
            person = people[need.person_idx]
            key = (person.apprentice, modules[need.module_idx].module)
            party = "" if person.party is None else f"{person.party} {need.module_idx}"
            needs.append(
                {
                    "need": k,
                    "person": need.person_idx,
                    "price": need.price,
                    "options": list(need.options),
                    "choice": choice_of[need.options[0]] if need.options else -1,
                    "party": party,
                    "pinned": key in problem.facts.pinned,
                    "earlier": earlier.get(k, []),
                }
            )
    return needs


def _facts(problem: Problem, rows: np.ndarray) -> dict[tuple[int, int], Facts]:
    """Return what each candidate's meetings mean to the people of each crew, by person and candidate."""
    ledger, found, slots = Ledger(problem), problem.candidates, problem.candidates.slots
    known: dict[tuple[int, int], Facts] = {}
    facts: dict[tuple[int, int], Facts] = {}
    for need, candidate in zip(problem.pairs.need[rows].tolist(), problem.pairs.candidate[rows].tolist(), strict=True):
        person = problem.demand.needs[need].person_idx
        persona = problem.persona(person)
        key = (id(persona), candidate)
        if key not in known:
            idx = found.slots_of(candidate)
            start, end, travel = slots.start[idx], slots.end[idx], persona.travel[slots.site[idx]]
            low, high = persona.stretches.with_window(start - travel, end + travel)
            known[key] = {
                "lows": low.tolist(),
                "highs": high.tolist(),
                "outs": (end - start - persona.timeline.shifts.minutes_within(start, end)).tolist(),
                "free": (~persona.timeline.works_on(slots.ordinal[idx])).astype(int).tolist(),
                "pieces": [minute for piece in ledger.pieces(person, candidate) for minute in piece],
            }
        facts[person, candidate] = known[key]
    return facts


def _person(problem: Problem, person: int) -> Facts:
    """Return a person's weeks: minutes worked, dates without a shift, and what frozen meetings take of them."""
    persona = problem.persona(person)
    timeline = persona.timeline
    numbers = sorted(set(np.unique(problem.candidates.slots.week).tolist()))
    weeks = np.array(numbers, dtype=np.int64)
    free = persona.free_days(weeks).tolist() if numbers else []
    frozen: dict[int, list[int]] = {}
    for cohort in problem.frozen_of.get(person, ()):
        seen: set[int] = set()
        for start, end in problem.facts.frozen[cohort].spans:
            week, day = (start // 1440 - 1) // 7, start // 1440
            inside = int(timeline.shifts.minutes_within(np.array([start]), np.array([end]))[0])
            row = frozen.setdefault(week, [0, 0, 0, 0])
            row[0] += end - start
            row[1] += end - start - inside
            row[2] += week not in seen
            row[3] += int(not timeline.works_on(np.array([day]))[0])
            seen.add(week)
    return {
        "crew": int(problem.crew_of[person]),
        "worked": {week: int(timeline.worked_by_week[week - timeline.first_week]) for week in numbers},
        "free": dict(zip(numbers, free, strict=True)),
        "frozen": frozen,
    }


def _crews(problem: Problem) -> list[Facts]:
    ledger = Ledger(problem)
    crews = []
    for loss in problem.crew_losses:
        frozen = [[person, s, e] for person in loss.members for s, e in ledger.frozen_spans(person)]
        crews.append({"cost": list(loss.cost), "members": list(loss.members), "frozen": frozen})
    return crews


def main() -> None:
    """Prepare the region and hand over to the environment of Timefold."""
    task = Task()
    problem = Problem(read_scenario(task.folder).scenario)
    with (task.scratch / "region.pickle").open("wb") as file:
        pickle.dump(region_of(problem), file, protocol=pickle.HIGHEST_PROTOCOL)
    python = str(python_of("timefold"))
    os.execv(python, [python, "-m", "benchmarks.timefold.search"])


if __name__ == "__main__":
    main()
