"""``heliodesk db``: the database by hand: a prompt, migrations, backup and restore."""

import subprocess
from pathlib import Path

import click

from heliodesk.config import backup as archive
from heliodesk.config import environment, postgres
from heliodesk.config.cli.open import open_database, plainly, start_django
from heliodesk.config.programs import program


@click.group()
def command() -> None:
    """Look into the database, bring it up to date, save and restore it."""


@command.command(context_settings={"ignore_unknown_options": True})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def psql(arguments: tuple[str, ...]) -> None:
    """Open a psql prompt; further arguments go to psql.

    Exit codes: those of psql (0 done, 2 no connection, 3 error in a script).
    """
    dsn = open_database()
    with plainly():
        tool = program("psql")
    raise SystemExit(subprocess.run([tool, dsn, *arguments], check=False).returncode)


@command.command()
def migrate() -> None:
    """Bring the tables up to date. Safe to run at any time and from several places at once.

    Exit codes: 0 done, 1 failed.
    """
    open_database()
    start_django()
    from heliodesk.config.migrate import migrate as bring_up_to_date

    with plainly():
        bring_up_to_date()


@command.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
def backup(file: Path) -> None:
    """Save the database, the attachments and the secret key into one tar FILE.

    The desk may go on working meanwhile. Exit codes: 0 saved, 1 failed.
    """
    dsn = open_database()
    with plainly():
        saved = archive.save(file, dsn=dsn, data=environment.data_folder(), tell=click.echo)
    click.echo(f"Saved {file} ({saved / 2**20:.1f} MB). It holds the secret key: keep it private.")


@command.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--force", is_flag=True, help="Throw away what the database holds now.")
def restore(file: Path, force: bool) -> None:
    """Restore a FILE made by backup into an empty database, then bring its tables up to date.

    Exit codes: 0 restored, 1 refused or failed.
    """
    data = environment.data_folder()
    with plainly():
        click.get_current_context().with_resource(postgres.the_only_desk(data))
    dsn = open_database()
    with plainly():
        archive.restore(file, dsn=dsn, data=data, force=force, tell=click.echo)
    start_django()
    from heliodesk.config.migrate import migrate as bring_up_to_date

    with plainly():
        bring_up_to_date()
    click.echo("Restored.")
