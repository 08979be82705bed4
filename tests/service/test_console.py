"""The two screens: plain lines without a trace of colour or boxes, tables on a terminal."""

from __future__ import annotations

import io
from decimal import Decimal

import pytest

from lineside.service import console
from lineside.service.console import Listing, PlainScreen, TerminalScreen, figure, one_line

LISTING = Listing(
    "Cohorts", "cohort", ("id", "site", "seats"), [("[red]K1", "North\nplant", "9")], frozenset({"seats"})
)


class Step:
    """Progress as the solver gives it."""

    def __init__(self, stage: str, objective: str | None, bound: str | None) -> None:
        self.stage = stage
        self.objective = None if objective is None else Decimal(objective)
        self.bound = None if bound is None else Decimal(bound)
        self.seconds = 0.0

    @property
    def gap(self) -> Decimal | None:
        if self.objective is None or self.bound is None:
            return None
        return (self.objective - self.bound) / self.objective


def plain(monkeypatch: pytest.MonkeyPatch, clock: list[float]) -> tuple[PlainScreen, io.StringIO]:
    monkeypatch.setattr(console.time, "monotonic", lambda: clock[0])
    file = io.StringIO()
    return PlainScreen(file), file


def test_plain_lines_hold_one_row_each() -> None:
    file = io.StringIO()
    PlainScreen(file).listing(LISTING)
    assert file.getvalue() == "Cohorts:\ncohort: id [red]K1; site North plant; seats 9\n"


def test_an_empty_listing_says_nothing_and_a_cut_one_says_so() -> None:
    file = io.StringIO()
    PlainScreen(file).listing(Listing("Cohorts", "cohort", ("id",), []))
    assert file.getvalue() == ""
    PlainScreen(file).listing(Listing("Cohorts", "cohort", ("id",), [("K1",)], left_out=1200))
    assert file.getvalue().endswith("... and 1,200 more.\n")


def test_control_characters_of_a_name_never_reach_the_screen() -> None:
    assert one_line("a\x1b[31mb\r\n c") == "a [31mb c"


def test_plain_progress_is_a_line_for_each_change_but_not_more_than_one_a_second(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clock = [100.0]
    screen, file = plain(monkeypatch, clock)
    with screen.progress() as show:
        show(None, 0)
        show(Step("search", "200", None), 1)
        show(Step("search", "150", "100"), 1.5)  # too soon after the last line: it waits
        clock[0] += 2
        show(Step("search", "150", "100"), 65)
        show(Step("search", "150", "100"), 66)  # nothing new
        clock[0] += 15
        show(Step("search", "150", "100"), 81)  # nothing new, but long since a sign of life
        show(Step("search", "125", "100"), 82)  # too soon, but the last word is never lost
    assert file.getvalue().splitlines() == [
        "elapsed 0:00; incumbent none yet; bound none yet; gap unknown; stage starting",
        "elapsed 0:01; incumbent 200.0; bound none yet; gap unknown; stage search",
        "elapsed 1:05; incumbent 150.0; bound 100.0; gap 33.3 %; stage search",
        "elapsed 1:21; incumbent 150.0; bound 100.0; gap 33.3 %; stage search",
        "elapsed 1:22; incumbent 125.0; bound 100.0; gap 20.0 %; stage search",
    ]


def test_a_terminal_draws_tables_and_shows_markup_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    file = io.StringIO()
    monkeypatch.setenv("COLUMNS", "90")
    monkeypatch.setenv("TERM", "xterm")
    screen = TerminalScreen(file)
    screen.listing(LISTING)
    with screen.progress() as show:
        show(Step("search", "150", "100"), 3)
    screen.say("Done [bold].")
    text = file.getvalue()
    assert "[red]K1" in text and "─" in text and "\x1b[" in text
    assert "incumbent" in text and "33.3 %" in text and "Done [bold]." in text


@pytest.mark.parametrize(
    ("is_terminal", "term", "kind"), [(True, "xterm", TerminalScreen), (True, "dumb", PlainScreen)]
)
def test_a_dumb_terminal_gets_plain_lines(
    monkeypatch: pytest.MonkeyPatch, is_terminal: bool, term: str, kind: type
) -> None:
    monkeypatch.setenv("TERM", term)
    monkeypatch.setattr("sys.stdout.isatty", lambda: is_terminal, raising=False)
    assert type(console.open_screen()) is kind


def test_a_pipe_gets_plain_lines_even_if_colours_are_forced(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setattr("sys.stdout", io.StringIO())
    assert type(console.open_screen()) is PlainScreen


def test_figures_are_for_people() -> None:
    assert figure(Decimal("1234567.06")) == "1,234,567.1"
    assert figure(None) == "unknown"
