"""The commands about plans: solve, check and impact."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from lineside.models.checker import CheckReport
from lineside.models.checker import check as check_plan
from lineside.models.plan import Plan
from lineside.models.scenario import Scenario
from lineside.scenarios.shares import company_shares
from lineside.service.aim_words import goal_listing, limits_sentence, share_listing
from lineside.service.cli_exits import DONE, NO_PLAN, VIOLATIONS
from lineside.service.cli_inputs import BadInputError, plan_from, scenario_from
from lineside.service.cli_outputs import Outputs
from lineside.service.cli_solve import Wish, solve_with_progress
from lineside.service.console import Screen, figure
from lineside.service.plan_words import (
    cohort_listing,
    margin_sentence,
    parts_listing,
    proof_sentence,
    seat_sentence,
    unmeetable_sentence,
    unseated_listing,
)

ROWS_SHOWN = 40
"""Rows of a long table on the screen; the workbook and the CSV tables have them all."""


def solve_and_write(path: Path, edits: Sequence[Path], outputs: Outputs, wish: Wish, screen: Screen) -> int:
    """Solve a scenario, check the plan, write it and show it.

    Parameters
    ----------
    path
        Folder, workbook or variant file of the scenario.
    edits
        Files of edits to make first.
    outputs
        The files to write.
    wish
        Seconds, workers, seed, margin, limits and goals.

    Returns
    -------
    Exit status.

    Raises
    ------
    BadInputError
        If the scenario has mistakes or a file could not be written; then nothing is solved.
    """
    scenario = _scenario_and_outputs(path, edits, outputs, screen)
    if outputs.is_empty:
        screen.say("The plan will be shown and not kept. Add --out, --xlsx or --csv to keep it.")
    solution, reached = solve_with_progress(scenario, wish, screen)
    plan = solution.plan
    if plan.status in ("infeasible", "unknown"):
        screen.say(solution.explanation)
        return NO_PLAN
    report = check_plan(scenario, plan)
    if not report.is_clean:
        screen.say("This is an error in Lineside: the plan it found does not pass its own check. Nothing is written.")
        _tell_findings(report, screen)
        return VIOLATIONS
    written = outputs.write(scenario, plan, solution.unmeetable_needs)
    _show_plan(scenario, plan, solution.unmeetable_needs, screen)
    screen.listing(goal_listing(reached))
    if wish.goals is None and wish.limits and solution.aim is not None:
        screen.say(limits_sentence(solution.aim, wish.limits))
    elif wish.goals is None:
        screen.say(proof_sentence(plan))
    if solution.margin is not None:
        screen.say(margin_sentence(solution.margin, plan.objective))
    screen.say(f"The plan keeps every rule; it took {solution.seconds:.1f} seconds.")
    for file in written:
        screen.say(f"Written: {file}")
    return DONE


def _scenario_and_outputs(path: Path, edits: Sequence[Path], outputs: Outputs, screen: Screen) -> Scenario:
    """Read the scenario, with every mistake in it and in the outputs told at once."""
    mistakes = outputs.mistakes(path)
    try:
        result = scenario_from(path, edits)
    except BadInputError as error:
        raise BadInputError([*mistakes, *error.sentences]) from None
    if mistakes:
        raise BadInputError(mistakes)
    _tell_warnings(result.warnings, screen)
    return result.scenario


def _tell_warnings(warnings: tuple[str, ...], screen: Screen) -> None:
    for warning in warnings:
        screen.say(f"Warning: {warning}")


def _show_plan(scenario: Scenario, plan: Plan, unmeetable_needs: int, screen: Screen) -> None:
    screen.listing(cohort_listing(scenario, plan, ROWS_SHOWN))
    screen.listing(unseated_listing(plan, ROWS_SHOWN))
    if plan.measures is not None:
        screen.listing(parts_listing(plan.measures, scenario.settings.prices))
        screen.say(
            f"Release {figure(plan.measures.release)} person-minutes; lines stopped {figure(plan.measures.stopped)} "
            "minutes."
        )
    screen.say(seat_sentence(plan))
    screen.say(unmeetable_sentence(plan, unmeetable_needs))


def tell_check(scenario_path: Path, plan_path: Path, edits: Sequence[Path], screen: Screen) -> int:
    """Check a plan and tell what is wrong; return the exit status.

    Raises
    ------
    BadInputError
        If the scenario or the plan cannot be read.
    """
    scenario, plan = scenario_and_plan(scenario_path, plan_path, screen, edits)
    report = check_plan(scenario, plan)
    _tell_findings(report, screen)
    screen.listing(parts_listing(report.measures, scenario.settings.prices))
    screen.say(f"Objective recomputed from the tables: {figure(report.objective, 3)} line-minutes.")
    if report.is_clean:
        screen.say(unmeetable_sentence(plan, _num_unmeetable(scenario, plan)))
        screen.say(proof_sentence(plan))
        screen.say("The plan keeps every rule, and its figures are right.")
        return DONE
    screen.say(f"{len(report.violations):,} violations, {len(report.faults):,} faults of the plan file.")
    return VIOLATIONS


def _num_unmeetable(scenario: Scenario, plan: Plan) -> int:
    """Return how many of a plan's needs without a seat no single candidate cohort could meet."""
    from lineside.solver import unmeetable_needs

    hopeless = unmeetable_needs(scenario)
    return sum((row.apprentice, row.module) in hopeless for row in plan.unseated)


def _tell_findings(report: CheckReport, screen: Screen) -> None:
    for fault in report.faults:
        screen.say(f"fault: {fault}")
    for violation in report.violations:
        screen.say(f"{violation.rule}: {violation.message}")


def tell_impact(
    scenario_path: Path, plan_path: Path, company: str | None, edits: Sequence[Path], screen: Screen
) -> None:
    """Tell what a plan does to the lines, for all companies or for one.

    Raises
    ------
    BadInputError
        If the scenario or the plan cannot be read, or there is no such company.
    """
    from lineside.service.cli_impact import impact_listings, impact_sentence
    from lineside.solver import impact_of

    scenario, plan = scenario_and_plan(scenario_path, plan_path, screen, edits)
    known_company(scenario, company)
    warn_of_findings(scenario, plan, screen)
    impact = impact_of(scenario, plan)
    if company is not None:
        impact = impact.of_company(company)
    screen.say(impact_sentence(impact))
    shares = company_shares(scenario, plan)
    screen.listing(share_listing(scenario, [row for row in shares if company in (None, row.company)]))
    for listing in impact_listings(scenario, impact):
        screen.listing(listing)


def warn_of_findings(scenario: Scenario, plan: Plan, screen: Screen) -> None:
    """Say that figures may not hold if the plan does not pass its check."""
    report = check_plan(scenario, plan)
    if not report.is_clean:
        screen.say(
            f"Warning: the plan has {len(report.violations) + len(report.faults):,} violations and faults, so these "
            "figures may not hold. Run lineside check to see them."
        )


def known_company(scenario: Scenario, company: str | None) -> None:
    """Refuse a company that the tables do not have; None stands for all.

    Raises
    ------
    BadInputError
        If there is no such company.
    """
    if company is not None and company not in scenario.company_by_id:
        known = ", ".join(scenario.company_by_id)
        raise BadInputError([f"There is no company {company} in the tables. Choose one of {known}."])


def scenario_and_plan(
    scenario_path: Path, plan_path: Path, screen: Screen, edits: Sequence[Path] = ()
) -> tuple[Scenario, Plan]:
    """Read a scenario and a plan, with every mistake in either told at once.

    Raises
    ------
    BadInputError
        If either cannot be read.
    """
    sentences: list[str] = []
    scenario, plan = None, None
    try:
        result = scenario_from(scenario_path, edits)
        scenario = result.scenario
        _tell_warnings(result.warnings, screen)
    except BadInputError as error:
        sentences += error.sentences
    try:
        plan = plan_from(plan_path)
    except BadInputError as error:
        sentences += error.sentences
    if scenario is None or plan is None:
        raise BadInputError(sentences)
    return scenario, plan
