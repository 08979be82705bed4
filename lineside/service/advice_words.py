"""Answers about a plan in sentences: why somebody sits there or nowhere, what would help, what is worth asking for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal

from lineside.models.differences import MeasureDifference
from lineside.models.plan import Cohort
from lineside.models.scenario import Scenario
from lineside.service.console import figure
from lineside.service.plan_words import apprentice_name, module_name, site_name
from lineside.solver import Advice, Advised, NextBest, Way, Why

MEASURE_WORDS = {
    "line_time_lost": "line time lost",
    "unseated_hours": "empty seats",
    "dollars": "dollars",
    "travel_minutes": "travel",
    "changes": "changes",
    "worst_company": "worst company",
}
"""What each part of the objective is called."""
MOST_NAMED = 6
"""People who are named in one sentence; the rest is counted."""
SHOWN = Decimal("0.0005")
"""Line-minutes from which on an amount is told."""


def named(name: str, identifier: str) -> str:
    """Return a name with its id, or the id alone where it is the name.

    >>> named("Ann", "A1"), named("A2", "A2")
    ('Ann (A1)', 'A2')
    """
    return identifier if name in ("", identifier) else f"{name} ({identifier})"


def person_words(scenario: Scenario, apprentice: str) -> str:
    """Return a person's name and id."""
    return named(apprentice_name(scenario, apprentice), apprentice)


def seat_words(scenario: Scenario, seats: Sequence[tuple[str, str]]) -> str:
    """Return people with their modules, the first few by name."""
    found = [f"{person_words(scenario, who)} in {module}" for who, module in seats[:MOST_NAMED]]
    rest = len(seats) - len(found)
    return joined([*found, *([f"{rest} more"] if rest else [])])


def joined(words: Sequence[str]) -> str:
    """Return words as a list in a sentence.

    >>> joined(["a"]), joined(["a", "b", "c"])
    ('a', 'a, b and c')
    """
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def began(text: str) -> str:
    """Return a text as the beginning of a sentence.

    >>> began("a limit"), began("145 minutes")
    ('A limit', '145 minutes')
    """
    return text[:1].upper() + text[1:]


def cohort_words(scenario: Scenario, cohort: Cohort) -> str:
    """Return when and where a cohort meets."""
    first = cohort.meetings[0].date.isoformat() if cohort.meetings else "an unknown date"
    return f"{cohort.days} {cohort.start} at {site_name(scenario, cohort.site)}, from {first} on"


def head_sentence(scenario: Scenario, why: Why) -> str:
    """Say where a need is seated, or that it is not."""
    who = person_words(scenario, why.apprentice)
    module = named(module_name(scenario, why.module), why.module)
    if why.cohort is None:
        return f"{who} has no seat in {module}."
    if why.is_frozen:
        return f"{who} sits in {why.cohort} for {module}. It has begun, so nothing about it can change."
    return f"{who} sits in {why.cohort} for {module}."


def reason_sentence(why: Why) -> str:
    """Say what became of the other candidate cohorts, by rule."""
    if why.is_frozen:
        return ""
    if why.obstacle:
        return why.obstacle
    other = "" if why.cohort is None else "other "
    if not why.num_candidates:
        return f"The module has no {other}candidate cohort."
    noun = f"{other}candidate cohort" + ("" if why.num_candidates == 1 else "s")
    return f"{why.num_candidates:,} {noun}: {', '.join(row.sentence for row in why.refusals)}."


def next_best_sentence(scenario: Scenario, why: Why) -> str:
    """Say which cohort is the next best, what it costs, and whose seats change with it."""
    if why.is_frozen or why.obstacle:
        return ""
    best = why.next_best
    if best is None:
        if not why.is_settled:
            return "No other cohort was found in the time that one answer may take."
        if why.is_whole:
            return "No other cohort could take this person, whatever it costs; that is proven."
        return f"No other cohort could take this person if the {why.num_decided:,} people nearest by may move as well."
    where = cohort_words(scenario, best.cohort)
    place = f"is {best.cohort.cohort} ({where})" if best.is_open else f"would be a new one ({where})"
    return " ".join(filter(None, [f"The next best cohort {place}: {cost_words(best)}", _moves(scenario, best)]))


def cost_words(best: NextBest) -> str:
    """Say what the next best cohort costs, with its parts."""
    total = best.differences[0].difference
    if abs(total) < SHOWN:
        return "it costs the same."
    word = "more" if total > 0 else "less"
    return f"{figure(abs(total))} line-minutes {word}{_parts(best.differences)}."


def _parts(differences: Iterable[MeasureDifference]) -> str:
    parts = [
        f"{MEASURE_WORDS[row.measure]} {row.line_minutes:+,.1f}"
        for row in differences
        if row.measure in MEASURE_WORDS and row.line_minutes is not None and abs(row.line_minutes) >= SHOWN
    ]
    return f" ({', '.join(parts)})" if len(parts) > 1 else ""


def _moves(scenario: Scenario, best: NextBest) -> str:
    moving = [who for who in best.others if who not in best.losing]
    sentences = []
    if best.losing:
        sentences.append(f"{seat_words(scenario, best.losing)} would lose the seat.")
    if moving:
        sentences.append(f"{seat_words(scenario, moving)} would change seats too.")
    return " ".join(sentences)


def way_sentence(scenario: Scenario, why: Why, way: Way) -> str:
    """Say what a change would do for somebody without a seat."""
    saved = -way.differences[0].difference
    proof = "" if way.is_proven else " Whether a plan without that seat is better was not settled."
    return (
        f"{began(way.loosening.words)} would seat {person_words(scenario, why.apprentice)} in {way.cohort} "
        f"and save {'' if way.is_whole else 'at least '}{figure(saved)} line-minutes.{proof}"
    )


def no_way_sentence(why: Why) -> str:
    """Say that no change was found, where somebody has no seat."""
    ways = why.ways
    if ways is None or ways.found:
        return ""
    looked = f"{ways.tried:,} that open a cohort or make room in one were solved again"
    if not ways.is_complete:
        return f"No change was found in {why.seconds:.0f} seconds; {looked}. Ask again with more time."
    return f"No single change of the tables in the catalogue would seat this person; {looked}."


def advice_sentence(scenario: Scenario, row: Advice) -> str:
    """Say what a change was found to be worth."""
    gains, costs = [f"{figure(row.saved)} line-minutes"], list[str]()
    amounts = {one.measure: one.difference for one in row.differences}
    dollars, lost = amounts["dollars"], amounts["line_time_lost"]
    if abs(dollars) >= 1:
        (gains if dollars < 0 else costs).append(f"${abs(dollars):,.0f}")
    if row.cohort_hours:
        hours = f"{figure(abs(row.cohort_hours))} cohort-hours"
        (gains if row.cohort_hours < 0 else costs).append(hours)
    text = f"{began(row.change.words)} would save {joined(gains)}"
    if costs:
        text += f", for {joined(costs)} more"
    if row.seated:
        text += f". It would seat {seat_words(scenario, row.seated)}"
    if row.unseated:
        text += f", and take the seat from {seat_words(scenario, row.unseated)}"
    if lost > SHOWN:
        text += f". The lines would lose {figure(lost)} line-minutes more, which is counted in that"
    return text + ("." if row.is_exact else ". Longer runs may say more or less.")


def extent_sentence(found: Advised) -> str:
    """Say how far the advice looked."""
    if found.is_complete:
        return (
            f"{found.num_changes:,} changes by one step were priced by the bound; all {found.num_hopeful:,} that may "
            f"save something were solved again, in {found.seconds:.0f} seconds."
        )
    return (
        f"{found.num_priced:,} of {found.num_changes:,} changes by one step were priced by the bound, and "
        f"{found.num_solved:,} of {found.num_hopeful:,} that may save something were solved again, in "
        f"{found.seconds:.0f} seconds. A longer look, or one at more of them, tells the rest."
    )


def improved_sentence(found: Advised) -> str:
    """Say that the plan can be improved without any change, where that turned out."""
    if found.improved < SHOWN:
        return ""
    return (
        f"Solving again found a plan that costs {figure(found.improved)} line-minutes less without any change; the "
        "advice is compared with that one."
    )
