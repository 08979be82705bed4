"""The memory as text."""

from __future__ import annotations

import dataclasses
import json

import pytest

from lineside.models.plan import Plan
from lineside.service.calendars import (
    EventHistory,
    FeedKey,
    HistoryTextError,
    history_from_text,
    history_text,
    publish,
)
from tests.service.calendars.parts import LATER, first, plan_with, region


def test_a_history_comes_back_whole_and_writes_the_same_text() -> None:
    scenario = region()
    before = first(scenario, plan_with(scenario))
    for history in (EventHistory("new"), before, publish(scenario, Plan(), before, LATER)):
        again = history_from_text(history_text(history))
        assert again == history
        assert history_text(again) == history_text(history)


def test_one_feed_can_be_kept_alone() -> None:
    history = first(region(), plan_with(region()))
    key = FeedKey("apprentice", "a1")
    alone = dataclasses.replace(history, feeds={key: history.feeds[key]})
    assert history_from_text(history_text(alone)) == alone


def test_a_re_plan_after_a_round_trip_is_the_same() -> None:
    scenario = region()
    before = first(scenario, plan_with(scenario))
    moved = plan_with(scenario, "Tue 15:00 120")
    again = history_from_text(history_text(before))
    assert publish(scenario, moved, again, LATER) == publish(scenario, moved, before, LATER)


def broken() -> list[str]:
    good = json.loads(history_text(first(region(), plan_with(region()))))
    kind = {**good, "feeds": [{**good["feeds"][0], "kind": "cat"}]}
    zone = {**good, "feeds": [{**good["feeds"][0], "zone": "Moon/Sea"}]}
    event = {**good, "feeds": [{**good["feeds"][0], "events": [[1, 2]]}]}
    text = {**good, "texts": []}
    return ["", "[]", "{}", "null", *(json.dumps(bad) for bad in (kind, zone, event, text))]


@pytest.mark.parametrize("text", broken())
def test_a_broken_text_is_refused_with_a_remedy(text: str) -> None:
    with pytest.raises(HistoryTextError, match="cannot be read"):
        history_from_text(text)


def test_a_format_of_the_future_is_refused() -> None:
    text = history_text(EventHistory("r")).replace('"format":1', '"format":2')
    with pytest.raises(HistoryTextError, match="format 2; this version knows 1"):
        history_from_text(text)
