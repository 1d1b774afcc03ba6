"""The demo's scripts: who there is, what was written, what was done."""

import re
from collections.abc import Mapping
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

import yaml

_HERE = Path(__file__).parent
_SPAN = re.compile(r"(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?")


def world() -> Mapping[str, Any]:
    """The vendor, its people and its customers."""
    return _table("world.yaml")


def calls() -> Mapping[str, Any]:
    """Telephones, and who called."""
    return _table("calls.yaml")


def oncall() -> Mapping[str, Any]:
    """Regions, rotas, and the P1 that is open."""
    return _table("oncall.yaml")


def shape() -> Mapping[str, Any]:
    """Types, fields and checklists, and cases that were worked by them."""
    return _table("shape.yaml")


def lists() -> Mapping[str, Any]:
    """Tags and views."""
    return _table("lists.yaml")


def conversations() -> list[dict[str, Any]]:
    """Every conversation that became a case, and every mail that did not."""
    return [*_list("conversations.yaml"), *_list("doubts.yaml")]


def span(text: str) -> timedelta:
    """A span such as ``2d4h`` or ``35m``."""
    found = _SPAN.fullmatch(text)
    if not text or found is None:
        raise ValueError(f"{text!r} is not a span such as 2d4h")
    days, hours, minutes = (int(part or 0) for part in found.groups())
    return timedelta(days=days, hours=hours, minutes=minutes)


def _table(name: str) -> Mapping[str, Any]:
    found = _read(name)
    assert isinstance(found, dict)  # noqa: S101 (a file of ours)
    return found


def _list(name: str) -> list[dict[str, Any]]:
    found = _read(name)
    assert isinstance(found, list)  # noqa: S101 (a file of ours)
    return found


@cache
def _read(name: str) -> object:
    return yaml.safe_load((_HERE / name).read_text(encoding="utf-8"))
