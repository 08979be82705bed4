"""Serving the web application until a signal says to end."""

from __future__ import annotations

import gc
import math
from types import FrameType

import uvicorn

from lineside.service.api.app import create_app
from lineside.service.api.context import Service
from lineside.service.settings import ServiceSettings
from lineside.service.storage.database import Database


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, service: Service) -> None:
        super().__init__(config)
        self._service = service

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Let streams of events end with the server instead of holding it up."""
        self._service.ending.set()
        super().handle_exit(sig, frame)


def _settle() -> None:
    """Spare the collector what is there for good: looking through all modules' objects would hold up every answer."""
    gc.collect()
    gc.freeze()


def run_web(database: Database, settings: ServiceSettings) -> None:
    """Answer requests until SIGINT or SIGTERM; those under way get some seconds to end."""
    web_server(database, settings).run()


def web_server(database: Database, settings: ServiceSettings) -> uvicorn.Server:
    """Return the web server as it is set; clients are whom a trusted proxy names, else whoever connects."""
    app = create_app(database, settings)
    _settle()
    config = uvicorn.Config(
        app,
        host=settings.host,
        port=settings.port,
        access_log=False,  # it would write addresses, and those of calendars are secrets
        log_config=None,
        server_header=False,
        proxy_headers=bool(settings.trusted_proxies.strip()),  # its own default believes whatever this machine says
        forwarded_allow_ips=settings.trusted_proxies,
        timeout_graceful_shutdown=math.ceil(settings.shutdown_seconds),
    )
    return _Server(config, app.state.service)
