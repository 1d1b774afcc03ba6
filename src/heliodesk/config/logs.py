"""Structured logs: a line of JSON an event, or aligned words at a terminal.

Every line written while a page or a message is worked on carries its id (``request``,
``message``). Values of variables are never logged with an error: mail is private.
"""

import logging
import sys
from typing import Any

import structlog
from structlog.typing import Processor

from heliodesk.config.environment import BadSetting

_FORMATS = {"auto", "json", "text"}


def configure(level: str, style: str) -> None:
    """Set up logging for this process.

    Args:
        level: a name of the standard library such as ``INFO``.
        style: ``json``, ``text``, or ``auto`` (text at a terminal, else JSON).

    Raises:
        BadSetting: there is no such level or style.
    """
    number = logging.getLevelNamesMapping().get(level)
    if number is None:
        raise BadSetting(f"HELIODESK_LOG_LEVEL is {level!r}; give DEBUG, INFO, WARNING or ERROR.")
    if style not in _FORMATS:
        raise BadSetting(f"HELIODESK_LOG_FORMAT is {style!r}; give auto, json or text.")
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    last = _last(style)
    structlog.configure(
        processors=[*shared, *last],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
    _route_standard_logging(number, shared, last)


def _last(style: str) -> list[Processor]:
    if style == "text" or (style == "auto" and sys.stderr.isatty()):
        plain = structlog.dev.plain_traceback
        return [structlog.dev.ConsoleRenderer(exception_formatter=plain)]
    dumps: Any = structlog.processors.JSONRenderer(ensure_ascii=False)
    return [structlog.processors.format_exc_info, dumps]


def _route_standard_logging(level: int, shared: list[Processor], last: list[Processor]) -> None:
    """Libraries log through the standard library; their lines look like ours."""
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *last],
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter)
    root = logging.getLogger()
    for old in [h for h in root.handlers if getattr(h, "_heliodesk", False)]:
        root.removeHandler(old)
    handler._heliodesk = True  # type: ignore[attr-defined]  # a mark of ours
    root.addHandler(handler)
    root.setLevel(max(level, logging.INFO))
