"""The commands that question a plan: why, and advise."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, wait
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from lineside.models.plan import Plan
from lineside.models.scenario import Scenario
from lineside.service.advice_words import (
    advice_sentence,
    extent_sentence,
    head_sentence,
    improved_sentence,
    next_best_sentence,
    no_way_sentence,
    reason_sentence,
    way_sentence,
)
from lineside.service.cli_inputs import BadInputError
from lineside.service.cli_plans import scenario_and_plan
from lineside.service.cli_solve import kept_on_interrupt
from lineside.service.cli_taken import Taking
from lineside.service.console import Screen
from lineside.solver import AdviceOptions, Advised, Inquiry, Loosening, NoSuchNeedError, UnusablePlanError, Why, advise

REFRESH_SECONDS = 0.2
T = TypeVar("T")


@dataclass(frozen=True)
class Question:
    """What is asked about a plan.

    Parameters
    ----------
    apprentice, module
        Whose seats, and in which module; without an apprentice the empty seats.
    seconds
        Time for all answers.
    ways
        Most changes that are told for an empty seat.
    """

    apprentice: str | None
    module: str | None
    seconds: float
    ways: int


def tell_why(scenario_path: Path, plan_path: Path, question: Question, taking: Taking | None, screen: Screen) -> None:
    """Tell why people sit where they sit, or have no seat, and take over one of the changes if asked.

    Raises
    ------
    BadInputError
        If the scenario or the plan cannot be read or used, there is nobody and nothing of that id, or the change
        cannot be taken over.
    """
    scenario, plan = scenario_and_plan(scenario_path, plan_path, screen)
    needs = _needs(scenario, plan, question)
    if not needs:
        screen.say("Everybody has a seat in every module that is needed. Name an apprentice to ask about a seat.")
        return
    until = time.monotonic() + question.seconds
    found: list[tuple[Loosening, str]] = []

    def answer(stop: threading.Event) -> int:
        inquiry = Inquiry(scenario, plan, stop)
        for number, (apprentice, module) in enumerate(needs):
            left = until - time.monotonic()
            if stop.is_set() or (number and left <= 0):
                return number
            why = inquiry.why(apprentice, module, seconds=left, most_ways=question.ways)
            _tell(scenario, why, screen)
            if why.ways is not None:
                found.extend((way.loosening, way_sentence(scenario, why, way)) for way in why.ways.found)
        return len(needs)

    told = _interruptible(answer, screen)
    if told < len(needs):
        screen.say(f"{told:,} of {len(needs):,} seats were looked at. Give it more time with --seconds.")
    if taking is not None:
        taking.write(scenario_path, found, screen)


def _needs(scenario: Scenario, plan: Plan, question: Question) -> list[tuple[str, str]]:
    """Return the needs that are asked about."""
    mistakes = []
    if question.apprentice is not None and question.apprentice not in scenario.apprentice_by_id:
        mistakes.append(f"There is no apprentice {question.apprentice} in the tables. Choose one who is there.")
    if question.module is not None and question.module not in scenario.module_by_id:
        known = ", ".join(scenario.module_by_id)
        mistakes.append(f"There is no module {question.module} in the tables. Choose one of {known}.")
    if mistakes:
        raise BadInputError(mistakes)
    rows = [(row.apprentice, row.module) for row in plan.unseated]
    if question.apprentice is not None:
        rows += [(row.apprentice, row.module) for row in plan.seats]
    found = [
        (apprentice, module)
        for apprentice, module in rows
        if question.apprentice in (None, apprentice) and question.module in (None, module)
    ]
    if not found and question.apprentice is not None:
        what = question.module or "any module"
        raise BadInputError([f"{question.apprentice} needs no seat in {what}. Choose a module that the person needs."])
    return found


def _tell(scenario: Scenario, why: Why, screen: Screen) -> None:
    screen.say(head_sentence(scenario, why))
    sentences = [reason_sentence(why), next_best_sentence(scenario, why)]
    if why.ways is not None:
        sentences += [way_sentence(scenario, why, way) for way in why.ways.found]
    for sentence in filter(None, [*sentences, no_way_sentence(why)]):
        screen.say(f"  {sentence}")


def tell_advice(
    scenario_path: Path, plan_path: Path, options: AdviceOptions, taking: Taking | None, screen: Screen
) -> None:
    """Tell which changes of the tables would be worth asking for, and take over one of them if asked.

    Raises
    ------
    BadInputError
        If the scenario or the plan cannot be read or used, or the change cannot be taken over.
    """
    scenario, plan = scenario_and_plan(scenario_path, plan_path, screen)
    stage = [""]

    def progress(words: str, number: int, total: int) -> None:
        if words != stage[0]:
            stage[0] = words
            screen.say(f"{words}: {total:,}")

    def answer(stop: threading.Event) -> Advised:
        return advise(scenario, plan, options, progress, stop)

    found = _interruptible(answer, screen)
    for sentence in filter(None, [improved_sentence(found)]):
        screen.say(sentence)
    for number, row in enumerate(found.advice, 1):
        screen.say(f"{number}. {advice_sentence(scenario, row)}")
    if not found.advice:
        screen.say("No change was found that saves anything.")
    screen.say(extent_sentence(found))
    if taking is not None:
        taking.write(scenario_path, [(row.change, advice_sentence(scenario, row)) for row in found.advice], screen)


def _interruptible(answer: Callable[[threading.Event], T], screen: Screen) -> T:
    """Work in a thread of its own, since Python tells only the main thread about Ctrl-C; it ends with what is known.

    Raises
    ------
    BadInputError
        If the plan cannot be used.
    KeyboardInterrupt
        At the second Ctrl-C.
    """
    stop, outcome = threading.Event(), Future[T]()

    def work() -> None:
        try:
            outcome.set_result(answer(stop))
        except BaseException as error:  # carried over to the main thread, which raises it
            outcome.set_exception(error)

    with kept_on_interrupt(stop):
        threading.Thread(target=work, daemon=True).start()
        told = False
        while not wait((outcome,), timeout=REFRESH_SECONDS).done:
            if stop.is_set() and not told:
                told = True
                screen.say("Stopping: what is known so far is told. Press Ctrl-C again to quit without it.")
    try:
        return outcome.result()
    except (UnusablePlanError, NoSuchNeedError) as error:
        raise BadInputError([str(error)]) from None
