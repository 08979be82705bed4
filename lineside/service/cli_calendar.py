"""The command calendar: a plan as feeds and pages in a folder, with the memory of what was there before."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from lineside.models.checker import check as check_plan
from lineside.service.calendars import (
    FEED_KINDS,
    EventHistory,
    Feed,
    FeedEvent,
    FeedKey,
    FeedKind,
    HistoryTextError,
    PageLinks,
    history_from_text,
    history_text,
    publish,
    render,
    render_page,
)
from lineside.service.cli_inputs import BadInputError, reason
from lineside.service.cli_plans import scenario_and_plan
from lineside.service.console import Screen
from lineside.service.plan_files import whole_file

HISTORY = "history.json"
FOLDERS: dict[FeedKind, str] = {
    "apprentice": "apprentices",
    "instructor": "instructors",
    "room": "rooms",
    "company": "companies",
    "cohort": "cohorts",
}
NAME_BYTES = 150
"""Longest file name without its ending; file systems stop at 255."""


@dataclass(frozen=True)
class CalendarWish:
    """What the command is asked for.

    Parameters
    ----------
    folder
        Where the files go, and where those of the last run are.
    alarm_minutes
        How long before a meeting to remind, or None.
    address
        Web address under which the folder will be served, or None.
    """

    folder: Path
    alarm_minutes: int | None
    address: str | None


def write_calendars(scenario_path: Path, plan_path: Path, wish: CalendarWish, screen: Screen) -> None:
    """Publish a plan into a folder of feeds and pages.

    Raises
    ------
    BadInputError
        If the scenario, the plan or the folder's history cannot be read, or a file cannot be written.
    """
    _check_address(wish.address)
    scenario, plan = scenario_and_plan(scenario_path, plan_path, screen)
    history = _history_of(wish.folder) or EventHistory(scenario.settings.name)
    report = check_plan(scenario, plan)
    if not report.is_clean:
        screen.say(
            f"Warning: the plan has {len(report.violations) + len(report.faults):,} violations and faults, and the "
            "calendars show it as it is. Run lineside check to see them."
        )
    now = dt.datetime.now(dt.UTC)
    published = publish(scenario, plan, history, now)
    try:
        _write(history, published, wish, now)
    except OSError as error:
        raise BadInputError(
            [f"{wish.folder} cannot be written: {reason(error)}. Choose another place, then run it again."]
        ) from None
    _tell(history, published, screen)
    screen.say(f"Written: {wish.folder}")


def _check_address(address: str | None) -> None:
    if address is not None and not address.lower().startswith(("https://", "http://")):
        raise BadInputError([f"The address {address} is no web address. Give one that begins with https://."])


def _history_of(folder: Path) -> EventHistory | None:
    path = folder / HISTORY
    try:
        return history_from_text(path.read_text(encoding="utf-8")) if path.exists() else None
    except (OSError, UnicodeDecodeError) as error:
        why = reason(error) if isinstance(error, OSError) else "it is no UTF-8 text"
        raise BadInputError([f"{path} cannot be read: {why}. Restore it, or choose a new folder."]) from None
    except HistoryTextError as error:
        raise BadInputError([f"{path}: {error}"]) from None


def _write(before: EventHistory, history: EventHistory, wish: CalendarWish, now: dt.datetime) -> None:
    """Write every feed, and the history last: if it stops half way, the next run starts from the same memory."""
    names = file_names(history.feeds)
    for key, feed in history.feeds.items():
        _write_feed(feed, wish, names[key], now)
    for name in set(file_names(before.feeds).values()) - set(names.values()):
        for ending in (".ics", ".html"):
            (wish.folder / f"{name}{ending}").unlink(missing_ok=True)
    _write_bytes(wish.folder / HISTORY, history_text(history).encode())


def _write_feed(feed: Feed, wish: CalendarWish, name: str, now: dt.datetime) -> None:
    alarm = None if wish.alarm_minutes is None else dt.timedelta(minutes=wish.alarm_minutes)
    _write_bytes(wish.folder / f"{name}.ics", render(feed, now, alarm).body)
    # The file's name holds percent signs of its own, which a link must not take for an encoding.
    link = quote(name)
    base = None if wish.address is None else f"{wish.address.rstrip('/')}/{link}"
    links = PageLinks(f"{link.rpartition('/')[2]}.ics", base and f"{base}.ics", base and f"{base}.html")
    _write_bytes(wish.folder / f"{name}.html", render_page(feed, now, links).encode())


def _write_bytes(path: Path, content: bytes) -> None:
    with whole_file(path) as part:
        part.write_bytes(content)


def file_names(keys: Iterable[FeedKey]) -> dict[FeedKey, str]:
    """Return a path without ending for each feed, safe on every file system.

    Ids are free text: what is no letter, digit, ``-``, ``_`` or ``~`` is percent-encoded. An id that is too
    long, is a device's name on some systems, or differs from another's by case alone gets a short digest.
    """
    plain = {key: re.sub(r"^\.", "%2E", quote(key.owner, safe="")) for key in keys}
    shared = Counter((key.kind, name.casefold()) for key, name in plain.items())
    names = {}
    for key, name in plain.items():
        is_device = name.casefold().rstrip("0123456789") in ("con", "prn", "aux", "nul", "com", "lpt")
        if len(name) > NAME_BYTES or is_device or shared[key.kind, name.casefold()] > 1:
            name = f"{name[:NAME_BYTES]}~{hashlib.sha256(key.owner.encode()).hexdigest()[:12]}"
        names[key] = f"{FOLDERS[key.kind]}/{name}"
    return names


def _tell(before: EventHistory, history: EventHistory, screen: Screen) -> None:
    counts = Counter(key.kind for key in history.feeds)
    screen.say("Feeds and pages: " + ", ".join(f"{counts[kind]:,} {FOLDERS[kind]}" for kind in FEED_KINDS) + ".")
    old = {event.uid: event for event in _apprentices_events(before)}
    changes = Counter(_change(event, old.get(event.uid)) for event in _apprentices_events(history))
    words = ", ".join(f"{changes[word]:,} {word}" for word in ("new", "changed", "cancelled", "unchanged"))
    screen.say(f"Meetings of apprentices: {words}.")


def _apprentices_events(history: EventHistory) -> Iterator[FeedEvent]:
    for key, feed in history.feeds.items():
        if key.kind == "apprentice":
            yield from feed.events


def _change(event: FeedEvent, old: FeedEvent | None) -> str:
    if event == old:
        return "cancelled before" if event.is_cancelled else "unchanged"
    if old is None:
        return "new"
    return "cancelled" if event.is_cancelled else "changed"
