"""``heliodesk calendar``: add and measure business time by the calendars of a pack."""

import json
import sys
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import NoReturn

import click

from heliodesk.calendars.rules import Calendar, CalendarError, add, between
from heliodesk.config.cli.jsonl import answer_lines
from heliodesk.config.cli.packs import PACK, fail, pack_or_exit
from heliodesk.entitlements.simulation import utc_text

JSON = click.option("--json", "as_json", is_flag=True, help="Answer as one JSON object.")
JSONL = click.option("--jsonl", is_flag=True, help="One question a line on standard input.")


class BadQuestion(ValueError):
    """A question about a calendar that cannot be answered; the text says why."""


@click.group()
def command() -> None:
    """Business time: add it to an instant, or measure it between two.

    Every region of the pack has a calendar under its code. Instants are ISO 8601 with an
    offset; answers are in UTC.
    """


@command.command("add")
@click.option("--calendar", "code", help="Code of the calendar, such as a region's.")
@click.option("--from", "start", help="When counting begins.")
@click.option("--minutes", type=float, help="Minutes of business time to add.")
@PACK
@JSON
@JSONL
def add_time(
    code: str | None,
    start: str | None,
    minutes: float | None,
    pack: str | None,
    as_json: bool,
    jsonl: bool,
) -> None:
    """Say when so many minutes of business time have passed.

    With --jsonl, one {"calendar", "from", "minutes"} a line.
    """
    calendars = _calendars(pack)
    if jsonl:
        _lines(lambda question: _added(calendars, question))
    question = _needed({"calendar": code, "from": start, "minutes": minutes})
    _one(lambda: _added(calendars, question), as_json, _say_due)


@command.command("between")
@click.option("--calendar", "code", help="Code of the calendar, such as a region's.")
@click.option("--from", "start", help="When measuring begins.")
@click.option("--to", "end", help="When measuring ends.")
@PACK
@JSON
@JSONL
def time_between(
    code: str | None,
    start: str | None,
    end: str | None,
    pack: str | None,
    as_json: bool,
    jsonl: bool,
) -> None:
    """Say how many minutes of business time lie between two instants.

    With --jsonl, one {"calendar", "from", "to"} a line.
    """
    calendars = _calendars(pack)
    if jsonl:
        _lines(lambda question: _measured(calendars, question))
    question = _needed({"calendar": code, "from": start, "to": end})
    _one(lambda: _measured(calendars, question), as_json, _say_measured)


def _needed(question: dict[str, object]) -> dict[str, object]:
    """Refuse a question that lacks an option, as wrong usage."""
    missing = [f"--{name}" for name, value in question.items() if value is None]
    if missing:
        raise click.UsageError(f"Missing option {', '.join(missing)} (or use --jsonl).")
    return question


def _calendars(where: str | None) -> Mapping[str, Calendar]:
    return pack_or_exit(where).calendars


def _lines(answer: Callable[[Mapping[str, object]], dict[str, object]]) -> NoReturn:
    sys.exit(answer_lines(sys.stdin.buffer, click.echo, answer, BadQuestion))


def _one(
    answer: Callable[[], dict[str, object]],
    as_json: bool,
    say: Callable[[dict[str, object]], None],
) -> None:
    try:
        found = answer()
    except BadQuestion as error:
        fail(f"Error: {error}")
    if as_json:
        click.echo(json.dumps(found))
    else:
        say(found)


def _calendar(calendars: Mapping[str, Calendar], question: Mapping[str, object]) -> Calendar:
    code = question.get("calendar")
    if not isinstance(code, str) or code not in calendars:
        known = ", ".join(sorted(calendars))
        raise BadQuestion(f"calendar {code!r} is not in the pack; there are {known}")
    return calendars[code]


def _instant(question: Mapping[str, object], key: str) -> datetime:
    value = question.get(key)
    try:
        at = datetime.fromisoformat(value if isinstance(value, str) else "")
    except ValueError as error:
        raise BadQuestion(f"{key} {value!r} is not an ISO 8601 instant") from error
    if at.tzinfo is None:
        raise BadQuestion(f"{key} {value!r} has no offset; write for example {value}+00:00")
    return at


def _added(calendars: Mapping[str, Calendar], question: Mapping[str, object]) -> dict[str, object]:
    calendar, minutes = _calendar(calendars, question), question.get("minutes")
    if not isinstance(minutes, int | float) or isinstance(minutes, bool):
        raise BadQuestion(f"minutes is a number, not {minutes!r}")
    try:
        found = add(calendar, _instant(question, "from"), minutes)
        return {"due": utc_text(found.due), "intervals": _texts(found.intervals)}
    except (CalendarError, OverflowError) as error:
        raise BadQuestion(str(error)) from error


def _measured(
    calendars: Mapping[str, Calendar], question: Mapping[str, object]
) -> dict[str, object]:
    calendar = _calendar(calendars, question)
    try:
        found = between(calendar, _instant(question, "from"), _instant(question, "to"))
    except (CalendarError, OverflowError) as error:
        raise BadQuestion(str(error)) from error
    minutes = int(found.minutes) if found.minutes.is_integer() else found.minutes
    return {"minutes": minutes, "intervals": _texts(found.intervals)}


def _texts(intervals: Sequence[tuple[datetime, datetime]]) -> list[list[str]]:
    return [[utc_text(start), utc_text(end)] for start, end in intervals]


def _say_due(found: dict[str, object]) -> None:
    click.echo(f"Due {found['due']}")
    _say_intervals(found)


def _say_measured(found: dict[str, object]) -> None:
    click.echo(f"{found['minutes']} minutes")
    _say_intervals(found)


def _say_intervals(found: dict[str, object]) -> None:
    intervals = found["intervals"]
    assert isinstance(intervals, list)  # noqa: S101 (made in this file)
    for start, end in intervals:
        click.echo(f"  {start} to {end}")
