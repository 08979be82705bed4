"""Answers about a plan: why somebody sits there or nowhere, what would help, and what would be worth asking for."""

from __future__ import annotations

import datetime as dt
from typing import Literal

from pydantic import Field

from lineside.models.scenario import Scenario
from lineside.models.table_edits import CellEdit, RowEdit, SettingEdit, TableEdit
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
from lineside.service.api.parts import Answer, Identity
from lineside.solver import Advice, Advised, Loosening, NextBest, Way, Why


class MeasureDifferenceOut(Answer):
    """A measure before and after."""

    measure: str = Field(examples=["line_time_lost"])
    unit: str = Field(examples=["line-minutes"])
    before: float
    after: float
    difference: float
    line_minutes: float | None = Field(description="what the difference adds to the objective; none if it has no price")


class EditOut(Answer):
    """One change to the tables: another text in a cell, a row that comes or goes, or another setting."""

    kind: Literal["cell", "row", "setting"]
    table: str = Field(examples=["companies"], description="name of the table, or section of the settings")
    key: list[str] = Field(examples=[["STEEL"]], description="texts of the key columns of the row; none for a row")
    column: str | None = Field(examples=["release_minutes"], description="column, or key of the settings")
    before: str | None = Field(examples=["130"])
    after: str | None = Field(examples=["145"])
    cells: dict[str, str] = Field({}, description="the row that comes or goes")
    is_added: bool = Field(True, description="whether the row comes")

    @classmethod
    def of(cls, edit: TableEdit) -> EditOut:
        """Return a change as an answer."""
        if isinstance(edit, CellEdit):
            key, where = list(edit.key), {"table": edit.table, "column": edit.column}
            return cls(kind="cell", key=key, before=edit.before, after=edit.after, **where)
        if isinstance(edit, RowEdit):
            cells, more = dict(edit.cells), {"column": None, "before": None, "after": None}
            return cls(kind="row", table=edit.table, key=[], cells=cells, is_added=edit.is_added, **more)
        where = {"table": edit.section, "column": edit.key, "before": edit.before, "after": edit.after}
        return cls(kind="setting", key=[], **where)

    @property
    def step(self) -> TableEdit:
        """The change that this is the answer of."""
        if self.kind == "row":
            return RowEdit(self.table, tuple(self.cells.items()), self.is_added)
        column, before, after = self.column or "", self.before or "", self.after or ""
        if self.kind == "cell":
            return CellEdit(self.table, tuple(self.key), column, before, after)
        return SettingEdit(self.table, column, before, after)


class LooserOut(Answer):
    """A change that allows more than the tables do."""

    rule: str = Field(examples=["release-limit"], description="the rule that it loosens")
    steps: int = Field(description="its size: natural steps away from the tables as they are")
    words: str = Field(examples=["145 instead of 130 minutes of release at Straits Steel (STEEL)"])
    edits: list[EditOut]

    @classmethod
    def of(cls, change: Loosening) -> LooserOut:
        """Return a change as an answer."""
        edits = [EditOut.of(edit) for edit in change.edits]
        return cls(rule=change.rule, steps=change.steps, words=change.words, edits=edits)


class NeedOut(Answer):
    """An apprentice's need of a module."""

    apprentice: str
    module: str

    @classmethod
    def all(cls, needs: tuple[tuple[str, str], ...]) -> list[NeedOut]:
        """Return needs as answers."""
        return [cls(apprentice=apprentice, module=module) for apprentice, module in needs]


class RefusalOut(Answer):
    """Candidate cohorts that are not this person's for the same reason."""

    rule: str = Field(examples=["travel-limit"], description="empty where it is a matter of price")
    words: str = Field(examples=["exceed the travel limit"])
    count: int


class NextBestOut(Answer):
    """The cheapest plan in which a person sits in another cohort of the module."""

    cohort: str
    site: str
    days: str
    start: str
    minutes: int
    first_date: dt.date
    is_open: bool = Field(description="whether the plan in question has it open already")
    differences: list[MeasureDifferenceOut]
    others: list[NeedOut] = Field(description="further seats that are not the same then")
    losing: list[NeedOut] = Field(description="those of them that are empty then")
    is_proven: bool = Field(description="whether nothing cheaper was proven to be left")

    @classmethod
    def of(cls, best: NextBest) -> NextBestOut:
        """Return a next best cohort as an answer."""
        row = best.cohort
        return cls(
            **{name: getattr(row, name) for name in ("cohort", "site", "days", "start", "minutes")},
            first_date=row.meetings[0].date,
            is_open=best.is_open,
            differences=[MeasureDifferenceOut.model_validate(one) for one in best.differences],
            others=NeedOut.all(best.others),
            losing=NeedOut.all(best.losing),
            is_proven=best.is_proven,
        )


class WayOut(Answer):
    """A change of the tables by which somebody gets a seat, solved again and checked."""

    sentence: str
    change: LooserOut
    cohort: str
    differences: list[MeasureDifferenceOut]
    is_proven: bool
    is_whole: bool = Field(description="whether everybody was decided anew; else it may be worth more")

    @classmethod
    def of(cls, scenario: Scenario, why: Why, way: Way) -> WayOut:
        """Return a way as an answer."""
        return cls(
            sentence=way_sentence(scenario, why, way),
            change=LooserOut.of(way.loosening),
            cohort=way.cohort,
            differences=[MeasureDifferenceOut.model_validate(one) for one in way.differences],
            is_proven=way.is_proven,
            is_whole=way.is_whole,
        )


class WhyOut(Answer):
    """Why somebody sits in a cohort, or has no seat."""

    apprentice: str
    module: str
    cohort: str | None
    is_frozen: bool
    head: str
    reason: str
    refusals: list[RefusalOut]
    next_best_words: str
    next_best: NextBestOut | None
    num_decided: int = Field(description="people decided anew in looking for it")
    is_whole: bool = Field(description="whether that was everybody")
    ways: list[WayOut] = Field(description="changes that would give a seat, the least first; none for a seat")
    ways_tried: int = Field(description="changes that were solved again")
    is_complete: bool = Field(description="whether nothing smaller was left out for lack of time")
    note: str = Field(description="what is to be said where no change was found")
    seconds: float

    @classmethod
    def of(cls, scenario: Scenario, why: Why) -> WhyOut:
        """Return what is known about a need as an answer."""
        return cls(
            **{name: getattr(why, name) for name in ("apprentice", "module", "cohort", "is_frozen", "seconds")},
            head=head_sentence(scenario, why),
            reason=reason_sentence(why),
            refusals=[RefusalOut.model_validate(row) for row in why.refusals],
            next_best_words=next_best_sentence(scenario, why),
            next_best=None if why.next_best is None else NextBestOut.of(why.next_best),
            num_decided=why.num_decided,
            is_whole=why.is_whole,
            ways=[] if why.ways is None else [WayOut.of(scenario, why, way) for way in why.ways.found],
            ways_tried=0 if why.ways is None else why.ways.tried,
            is_complete=why.ways is None or why.ways.is_complete,
            note=no_way_sentence(why),
        )


class AdviceOut(Answer):
    """A change and what it was found to be worth."""

    sentence: str
    change: LooserOut
    saved: float = Field(description="line-minutes by which the objective is lower")
    estimate: float = Field(description="line-minutes that it might save by the prices of the bound")
    cohort_hours: float = Field(description="hours that are taught more")
    differences: list[MeasureDifferenceOut]
    seated: list[NeedOut]
    unseated: list[NeedOut]
    is_exact: bool = Field(description="whether both plans are proven optimal")

    @classmethod
    def of(cls, scenario: Scenario, row: Advice) -> AdviceOut:
        """Return a piece of advice as an answer."""
        return cls(
            sentence=advice_sentence(scenario, row),
            change=LooserOut.of(row.change),
            saved=float(row.saved),
            estimate=float(row.estimate),
            cohort_hours=float(row.cohort_hours),
            differences=[MeasureDifferenceOut.model_validate(one) for one in row.differences],
            seated=NeedOut.all(row.seated),
            unseated=NeedOut.all(row.unseated),
            is_exact=row.is_exact,
        )


class AdviceReport(Answer):
    """What a run of advice found."""

    advice: list[AdviceOut] = Field(description="changes that save something, the one that saves most first")
    extent: str = Field(description="how far it looked")
    improved: str = Field(description="whether the plan can be improved without any change; else empty")
    is_complete: bool

    @classmethod
    def of(cls, scenario: Scenario, found: Advised) -> AdviceReport:
        """Return advice as a report."""
        return cls(
            advice=[AdviceOut.of(scenario, row) for row in found.advice],
            extent=extent_sentence(found),
            improved=improved_sentence(found),
            is_complete=found.is_complete,
        )


class AdvisedOut(Answer):
    """Advice about a plan: the newest run of it, and its report once it is over."""

    run: Identity | None = Field(description="none if nobody asked yet")
    status: Literal["queued", "running", "finished", "stopped", "failed"] | None
    stage: str
    reason: str = Field(description="in words why there is no report, or nothing")
    report: AdviceReport | None
