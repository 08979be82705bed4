"""Calendar feeds: from a plan and what was published before to iCalendar texts and pages.

The natural way is :func:`publish` (scenario, plan, history, instant → history), or :class:`NextFeeds` for one feed at a
time, then for each feed :func:`render` or :func:`render_page`. Nothing here reads a clock, a file or a database.
"""

from lineside.service.calendars.events import (
    CANCELLED_KEPT,
    FEED_KINDS,
    REVOKED_KEPT,
    Feed,
    FeedEvent,
    FeedKey,
    FeedKind,
)
from lineside.service.calendars.history import EventHistory, NextFeeds, publish
from lineside.service.calendars.history_text import TITLE_PATH, HistoryTextError, history_from_text, history_text
from lineside.service.calendars.page import PAGE_POLICY, PageLinks, render_page
from lineside.service.calendars.writer import CONTENT_TYPE, RenderedFeed, render, render_revoked

__all__ = [
    "CANCELLED_KEPT",
    "CONTENT_TYPE",
    "FEED_KINDS",
    "PAGE_POLICY",
    "REVOKED_KEPT",
    "TITLE_PATH",
    "EventHistory",
    "Feed",
    "FeedEvent",
    "FeedKey",
    "FeedKind",
    "HistoryTextError",
    "NextFeeds",
    "PageLinks",
    "RenderedFeed",
    "history_from_text",
    "history_text",
    "publish",
    "render",
    "render_page",
    "render_revoked",
]
