"""The contestant Timefold, second half: local search until the limit, with every better solution noted.

It runs in the environment of Timefold. Java gets three quarters of the memory that the contest allows.
"""

from __future__ import annotations

import pickle
from collections import Counter
from typing import Any

import timefold.solver

from benchmarks.rivals.notes import Task

NOTE_EVERY_SECONDS = 1.0
"""Better solutions are noted at most this often; the last one always is."""
JAVA_SHARE = 0.75


def packed(lists: dict[str, list[int]]) -> str:
    """Return lists of whole numbers as one text: to hand a text to Java takes as long as to hand it one number."""
    return ";".join(",".join(map(str, numbers)) for numbers in lists.values())


def region_of(data: dict[str, Any]) -> Any:
    """Return the planning problem of prepared numbers."""
    from benchmarks.timefold.domain import Choice, Cohort, Crew, Meant, Need, Person, Region, Server, Staffing

    servers: dict[tuple[str, int, int, int], Server] = {}

    def server(kind: str, number: int, cap: int, cost: int) -> Server:
        return servers.setdefault((kind, number, cap, cost), Server(len(servers), number, cap, cost))

    cohorts, staffings, of_candidate = [], [], {}
    for k, row in enumerate(data["cohorts"]):
        names = ("starts", "ends", "weeks", "days", "week_numbers", "week_minutes")
        cohort = Cohort(k, row["candidate"], row["site"], row["seats_min"], packed({n: row[n] for n in names}))
        cohorts.append(cohort)
        of_candidate.setdefault(row["candidate"], []).append(cohort)
        rooms = [server("room", *room) for room in row["rooms"]]
        teachers = [server("teacher", t, data["teacher_weeks"][t], cost) for t, cost in row["teachers"]]
        staffings.append(Staffing(k, cohort, data["gaps"], rooms, teachers, rooms[0], teachers[0]))
    crews = [Crew(k, row["cost"], row["frozen"]) for k, row in enumerate(data["crews"])]
    rules = data["rules"]
    limits = [rules[name] for name in ("at_once", "class_week", "work_week", "duty", "rest", "day_off")]
    people = [
        Person(k, row["worked"], row["free"], row["frozen"], data["gaps"], *limits)
        for k, row in enumerate(data["people"])
    ]
    known: dict[int, Meant] = {}
    needs = {}
    for row in data["needs"]:
        person = row["person"]
        choice = None if row["choice"] < 0 else Choice(row["choice"], data["choices"][row["choice"]])
        needs[row["need"]] = Need(
            row["need"], row["price"], people[person], crews[data["people"][person]["crew"]], choice,
            row["options"], row["party"], row["pinned"], row["earlier"], {}, {}, [],
        )  # fmt: skip
    for need, candidate, cost in data["seats"]:
        if candidate in of_candidate:
            found = data["facts"][needs[need].person.id, candidate]
            if id(found) not in known:
                known[id(found)] = Meant(packed(found))
            meant = known[id(found)]
            needs[need].costs[candidate] = cost
            needs[need].meant[candidate] = meant
            needs[need].cohorts.extend(of_candidate[candidate])
    return Region(staffings, [need for need in needs.values() if need.cohorts])


def attribute(thing: Any, name: str) -> Any:
    """Return an attribute of a solution as Java has it."""
    return getattr(thing, "$getAttributeOrError")(name)


def number(thing: Any, name: str) -> int:
    """Return an attribute that is a whole number."""
    return int(attribute(thing, name).getValue().longValue())


class Watch:
    """Notes better solutions that keep every hard rule.

    Solutions are read as Java has them: the wheel's own listener turns the whole region into Python objects for each
    better solution, which takes seconds on a region of 60 apprentices.
    """

    def __init__(self, task: Task, data: dict[str, Any]) -> None:
        self._task, self._choices = task, data["choices"]
        self._candidate = [row["candidate"] for row in data["cohorts"]]
        self._of_need = {row["need"]: row for row in data["needs"]}
        self._noted_at = 0.0

    def better(self, region: Any) -> None:
        """Note a better solution, not too often."""
        if self._task.notes.seconds >= self._noted_at + NOTE_EVERY_SECONDS:
            self.note(region)

    def note(self, region: Any) -> None:
        """Note a solution as cohorts and options."""
        if "0hard" not in str(attribute(region, "score")).split("/"):
            return  # a rule is broken; people whom first fit has not come to yet have empty seats
        seated: dict[int, list[int]] = {}
        for need in attribute(region, "needs"):
            cohort = attribute(need, "cohort")
            if str(cohort) != "None":
                seated.setdefault(number(cohort, "id"), []).append(number(need, "id"))
        staffings = attribute(region, "staffings")
        cohorts = []
        for k, needs in sorted(seated.items()):
            room, teacher = (number(attribute(staffings[k], name), "number") for name in ("room", "teacher"))
            cohorts.append((self._candidate[k], room, teacher, needs))
        self._task.notes.seating(cohorts, self._chosen({n for needs in seated.values() for n in needs}), mend=True)
        self._noted_at = self._task.notes.seconds

    def _chosen(self, seated: set[int]) -> list[int]:
        """Return the option of each choice that its seats suit best; of several, the one with the least empty seats."""
        seats, empty = Counter[int](), Counter[int]()
        for need, row in self._of_need.items():
            for option in row["options"]:
                seats[option] += need in seated
                empty[option] += 0 if need in seated else row["price"]
        return [max(options, key=lambda k: (seats[k], -empty[k])) for options in self._choices]


def start_java(megabytes: int) -> None:
    """Start Java with a heap of its own size."""
    from _jpyinterpreter import get_default_jvm_path

    timefold.solver.init(get_default_jvm_path(), f"-Xmx{megabytes}m")


def solver_for(task: Task) -> Any:
    """Return Timefold's solver with its own defaults: first fit, then late acceptance."""
    from timefold.solver import SolverFactory
    from timefold.solver.config import (
        Duration,
        EnvironmentMode,
        ScoreDirectorFactoryConfig,
        SolverConfig,
        TerminationConfig,
    )

    from benchmarks.timefold.domain import Need, Region, Staffing
    from benchmarks.timefold.rules import score

    config = SolverConfig(
        solution_class=Region,
        entity_class_list=[Staffing, Need],
        environment_mode=EnvironmentMode.NO_ASSERT,
        random_seed=task.seed,
        score_director_factory_config=ScoreDirectorFactoryConfig(constraint_provider_function=score),
        termination_config=TerminationConfig(spent_limit=Duration(milliseconds=int(1000 * task.seconds_left))),
    )
    return SolverFactory.create(config).build_solver()


def listener_of(watch: Watch) -> Any:
    """Return a Java listener that tells better solutions."""
    from ai.timefold.solver.core.api.solver.event import SolverEventListener
    from jpype import JImplements, JOverride

    def better(_listener: Any, event: Any) -> None:
        watch.better(event.getNewBestSolution())

    return JImplements(SolverEventListener)(type("Listener", (), {"bestSolutionChanged": JOverride(better)}))()


def main() -> None:
    """Search until the limit."""
    task = Task()
    start_java(int(JAVA_SHARE * task.memory_megabytes))
    from _jpyinterpreter import convert_to_java_python_like_object

    with (task.scratch / "region.pickle").open("rb") as file:
        data = pickle.load(file)
    watch = Watch(task, data)
    solver_for(task)  # it turns the classes into Java, which the next line needs
    region = convert_to_java_python_like_object(region_of(data))
    solver = solver_for(task)._delegate
    solver.addEventListener(listener_of(watch))
    task.notes.built()
    watch.note(solver.solve(region))
    task.notes.ended("time used up")


if __name__ == "__main__":
    main()
