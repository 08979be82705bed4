"""Serving the web application until a signal says to end."""

from __future__ import annotations

import math

import uvicorn

from lineside.service.api.app import create_app
from lineside.service.settings import ServiceSettings
from lineside.service.storage.database import Database


def run_web(database: Database, settings: ServiceSettings) -> None:
    """Answer requests until SIGINT or SIGTERM; those under way get some seconds to end."""
    config = uvicorn.Config(
        create_app(database, settings),
        host=settings.host,
        port=settings.port,
        access_log=False,  # it would write addresses, and those of calendars are secrets
        log_config=None,
        server_header=False,
        timeout_graceful_shutdown=math.ceil(settings.shutdown_seconds),
    )
    uvicorn.Server(config).run()
