"""``heliodesk mail import``: the messages of an mbox file or a Maildir folder."""

import hashlib
import mailbox
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import click
import psycopg
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from heliodesk.channels.arrivals import Arrival, keep
from heliodesk.config import environment
from heliodesk.config.cli.mail_boxes import Boxes, boxes
from heliodesk.config.cli.open import open_database
from heliodesk.kernel import clock

_MOST_TOGETHER = 200
_MOST_BYTES_TOGETHER = 8 * 2**20
_QUOTED_FROM = re.compile(rb"^>(>*From )", re.MULTILINE)
_KNOWN = "select source_key from channels_inbound where source_key = any(%s)"


@dataclass
class Tally:
    """What became of the messages of an import."""

    taken: int = 0
    known: int = 0
    refused: int = 0


def import_mail(path: Path, into: str, *, dry_run: bool) -> Tally:
    """Take in every message that is not there yet, and say how many.

    A message is known by its bytes, so an import that was interrupted goes on where it was, and
    the same message in two files comes in once.

    Raises:
        click.ClickException: the path holds no mail, or the mailbox is not known.
    """
    found = _opened(path)
    with psycopg.connect(open_database(), autocommit=True) as connection:
        known = boxes(connection)
        fixed = known.named(into) if into else None
        columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn()
        with Progress(*columns, TimeRemainingColumn(), console=Console(stderr=True)) as progress:
            task = progress.add_task("Reading", total=None)
            keys = list(found.iterkeys())
            progress.update(task, total=len(keys), description="Importing")
            tally = Tally()
            for batch in _batches(found, keys, known, fixed, tally):
                _take(connection, batch, tally, dry_run=dry_run)
                progress.update(task, completed=tally.taken + tally.known + tally.refused)
            progress.update(task, completed=len(keys))
    return tally


def _opened(path: Path) -> "mailbox.Mailbox[mailbox.Message]":
    if path.is_dir():
        if not ((path / "cur").is_dir() and (path / "new").is_dir()):
            raise click.ClickException(f"{path} is no Maildir: it has no folders cur and new.")
        return mailbox.Maildir(str(path), create=False)
    if path.stat().st_size and not path.open("rb").read(5) == b"From ":
        raise click.ClickException(f"{path} is no mbox file: it does not begin with From.")
    return mailbox.mbox(str(path), create=False)


def _batches(
    found: "mailbox.Mailbox[mailbox.Message]",
    keys: list[str],
    known: Boxes,
    fixed: int | None,
    tally: Tally,
) -> Iterator[list[Arrival]]:
    """The messages in batches that one transaction takes well; what is unfit is counted."""
    most = environment.number("HELIODESK_MAIL_MAX_BYTES", 25 * 2**20)
    batch: list[Arrival] = []
    size = 0
    for key in keys:
        raw = _bytes(found, key)
        if raw is None or not raw.strip() or len(raw) > most:
            tally.refused += 1
            click.echo(f"Left out: message {key}, {len(raw or b'')} bytes.", err=True)
            continue
        number = fixed if fixed is not None else known.of(raw)
        digest = hashlib.sha256(raw).hexdigest()
        source = f"import:{number}:{digest}"
        batch.append(
            Arrival(mailbox_id=number, channel="import", at=clock.now(), raw=raw, source_key=source)
        )
        size += len(raw)
        if len(batch) >= _MOST_TOGETHER or size >= _MOST_BYTES_TOGETHER:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _bytes(found: "mailbox.Mailbox[mailbox.Message]", key: str) -> bytes | None:
    """A message as it was before the file's own quoting; none if it cannot be read."""
    try:
        raw = found.get_bytes(key)
    except (KeyError, OSError):
        return None
    if isinstance(found, mailbox.mbox):
        return _QUOTED_FROM.sub(rb"\1", raw)
    return raw


def _take(
    connection: psycopg.Connection, batch: list[Arrival], tally: Tally, *, dry_run: bool
) -> None:
    if dry_run:
        keys = [arrival.source_key for arrival in batch]
        stored = len(connection.execute(_KNOWN, [keys]).fetchall())
        taken = len(set(keys)) - stored
    else:
        taken = len(keep(connection, batch))
    tally.taken += taken
    tally.known += len(batch) - taken
