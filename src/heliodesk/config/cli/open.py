"""What a command needs before it works: the database up, Django ready, errors in plain words."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import click

from heliodesk.config import environment, postgres
from heliodesk.config.server import parent, schema
from heliodesk.config.server.say import say
from heliodesk.config.server.supervisor import CannotServe

EXPECTED = (
    environment.BadSetting,
    postgres.DatabaseTrouble,
    schema.SchemaTrouble,
    CannotServe,
)


@contextmanager
def plainly() -> Iterator[None]:
    """Turn what is expected to go wrong into one sentence and exit code 1."""
    try:
        yield
    except EXPECTED as error:
        raise click.ClickException(str(error)) from error
    except PermissionError as error:
        raise click.ClickException(
            f"This user may not use {error.filename}. Run the desk as the user that owns the data "
            "folder, or choose another with --data or HELIODESK_DATA."
        ) from error
    except OSError as error:
        place = f"{error.filename}: " if error.filename else ""
        raise click.ClickException(f"{place}{error.strerror or error}") from error


def open_database() -> str:
    """Have the database up until the current command ends; its address.

    The embedded one is started if nothing runs it yet, and stopped again by its last user.
    """
    url = environment.text("DATABASE_URL")
    if url:
        return url
    data = environment.data_folder()
    if not parent.supervised():
        context = click.get_current_context()
        with plainly():
            context.with_resource(postgres.running(data, tell=say))
    return postgres.dsn(data)


def open_desk(*, migrate: bool = True) -> None:
    """Have database, tables and Django ready until the current command ends.

    Tables of the embedded database are made or brought up to date first, unless a part of a
    running desk asks; those of a server of your own are left to ``heliodesk db migrate``.
    """
    dsn = open_database()
    if migrate and not parent.supervised() and not environment.text("DATABASE_URL"):
        with plainly():
            schema.ensure_current(dsn)
    start_django()


def start_django() -> None:
    """Load settings and models; needs no database."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "heliodesk.config.settings")
    with plainly():
        django.setup()
