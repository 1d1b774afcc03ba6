"""The pack a command was asked to use."""

from typing import NoReturn

import click

from heliodesk.entitlements.pack.model import Pack
from heliodesk.entitlements.pack.nodes import PackError
from heliodesk.entitlements.pack.shipped import default_name, pack_at

PACK = click.option("--pack", metavar="NAME|FILE", help="A shipped pack or a YAML file.")


def pack_or_exit(where: str | None) -> Pack:
    """The pack of a name or file, else the default; unusable, the command ends with its faults."""
    try:
        return pack_at(where or default_name())
    except PackError as error:
        fail(str(error))


def fail(reason: str) -> NoReturn:
    """Say on standard error why the command failed, and end it with status 1."""
    click.echo(reason, err=True)
    raise SystemExit(1)
