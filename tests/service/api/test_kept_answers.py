"""What may be kept of feeds' answers, and for how long: without a database."""

from __future__ import annotations

import datetime as dt
import time
import uuid

import pytest

from lineside.service.api.feed_answers import Answer
from lineside.service.api.kept_answers import ENTRY_BYTES, KeptAnswers
from lineside.service.storage.feeds import feed_changed, region_changed

FEED, REGION, OTHER = (uuid.UUID(int=number) for number in (1, 2, 3))
FOREVER = float("inf")


def answer(valid_until: float = FOREVER, feed: uuid.UUID = FEED, region: uuid.UUID = REGION, size: int = 10) -> Answer:
    touched_by = (feed_changed(feed), region_changed(region))
    return Answer(touched_by, b"x" * size, 20, b'"e"', dt.datetime.now(dt.UTC), b"", valid_until)


@pytest.fixture
def kept() -> KeptAnswers:
    made = KeptAnswers(clock=lambda: 1000.0)
    made.listening()
    made.confirmed(time.monotonic() + 3600)
    return made


def test_what_is_kept_is_found(kept: KeptAnswers) -> None:
    mine = answer()
    kept.keep(b"a", mine, kept.ticket())
    assert kept.find(b"a") is mine
    assert kept.find(b"b") is None


@pytest.mark.parametrize(
    ("what", "left"),
    [
        (feed_changed(FEED), {b"other", b"far"}),
        (region_changed(REGION), {b"far"}),
        (feed_changed(OTHER), {b"mine", b"other", b"far"}),
        ("", set()),
        ("words of a later version", set()),
    ],
)
def test_a_change_takes_out_what_it_touches(kept: KeptAnswers, what: str, left: set[bytes]) -> None:
    kept.keep(b"mine", answer(), kept.ticket())
    kept.keep(b"other", answer(feed=uuid.uuid4()), kept.ticket())
    kept.keep(b"far", answer(feed=uuid.uuid4(), region=uuid.uuid4()), kept.ticket())
    kept.changed(what)
    assert {digest for digest in (b"mine", b"other", b"far") if kept.find(digest)} == left


def test_rows_that_were_read_before_a_change_are_not_kept(kept: KeptAnswers) -> None:
    ticket = kept.ticket()
    kept.changed(feed_changed(uuid.uuid4()))
    kept.keep(b"a", answer(), ticket)
    assert kept.find(b"a") is None


def test_an_answer_ends_at_its_instant(kept: KeptAnswers) -> None:
    kept.keep(b"ends", answer(valid_until=1000.0), kept.ticket())
    kept.keep(b"lasts", answer(valid_until=1000.1), kept.ticket())
    assert kept.find(b"ends") is None and kept.find(b"lasts") is not None
    assert len(kept) == 1


def test_nothing_is_kept_or_given_before_the_news_are_heard() -> None:
    kept = KeptAnswers()
    assert kept.ticket() is None
    kept.keep(b"a", answer(), None)
    kept.listening()
    kept.keep(b"a", answer(), kept.ticket())
    assert kept.find(b"a") is None and not kept.is_trusted  # nothing says yet that the connection delivers
    kept.confirmed(time.monotonic() + 3600)
    assert kept.find(b"a") is not None


def test_what_was_not_confirmed_for_long_is_not_given_until_it_is(kept: KeptAnswers) -> None:
    silent = KeptAnswers()
    silent.listening()
    silent.keep(b"a", answer(), silent.ticket())
    silent.confirmed(time.monotonic() - 0.001)
    assert silent.find(b"a") is None
    silent.confirmed(time.monotonic() + 3600)
    assert silent.find(b"a") is not None


def test_a_lost_connection_takes_everything_and_every_ticket(kept: KeptAnswers) -> None:
    kept.keep(b"a", answer(), kept.ticket())
    ticket = kept.ticket()
    kept.lost()
    assert kept.find(b"a") is None and kept.ticket() is None
    kept.listening()
    kept.confirmed(time.monotonic() + 3600)
    kept.keep(b"b", answer(), ticket)
    assert len(kept) == 0


def test_memory_is_bounded_and_the_longest_unused_goes_first() -> None:
    kept = KeptAnswers(max_bytes=3 * (ENTRY_BYTES + 10))
    kept.listening()
    kept.confirmed(time.monotonic() + 3600)
    for digest in (b"a", b"b", b"c"):
        kept.keep(digest, answer(), kept.ticket())
    kept.keep(b"c", answer(), kept.ticket())  # the same again takes no more room
    kept.find(b"a")
    kept.keep(b"d", answer(), kept.ticket())
    assert [digest for digest in (b"a", b"b", b"c", b"d") if kept.find(digest)] == [b"a", b"c", b"d"]
    kept.keep(b"e", answer(size=10**6), kept.ticket())  # larger than all the room
    assert len(kept) == 0
