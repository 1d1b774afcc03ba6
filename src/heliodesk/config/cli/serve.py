"""``heliodesk serve``: all of the desk in one command, and each of its parts alone."""

from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import click

from heliodesk.config import environment, workable
from heliodesk.config.cli.open import open_desk, plainly, start_django
from heliodesk.config.server import ports
from heliodesk.config.server.options import Options
from heliodesk.config.server.parent import end_with_supervisor, supervised
from heliodesk.config.server.parts import PARTS
from heliodesk.config.server.supervisor import Supervisor

PORT = click.IntRange(1, 65535)


def listening(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options of where to listen and where the data is, as one ``options`` argument."""

    def called(**given: Any) -> Any:
        data = given.pop("data") or environment.data_folder()
        live = given.pop("live_port") or given["web_port"] + 1
        options = Options(data=Path(data).expanduser().absolute(), live_port=live, **_taken(given))
        options.export()
        return command(options=options, **given)

    called.__name__, called.__doc__ = command.__name__, command.__doc__
    for option in reversed(OPTIONS):
        called = option(called)
    return called


def _taken(given: dict[str, Any]) -> dict[str, Any]:
    names = ("host", "web_port", "mail_host", "smtp_port", "lmtp_port")
    return {name: given.pop(name) for name in names}


def _option(name: str, variable: str, kind: Any, default: object, text: str) -> Any:
    return click.option(
        name, envvar=variable, type=kind, default=default, help=text, show_default=True,
        show_envvar=True,
    )  # fmt: skip


OPTIONS = (
    _option("--host", "HELIODESK_HOST", str, "127.0.0.1", "Where pages are served."),
    _option("--web-port", "HELIODESK_WEB_PORT", PORT, 8000, "Port of the pages."),
    click.option(
        "--live-port",
        envvar="HELIODESK_LIVE_PORT",
        type=PORT,
        help="Port of live updates.  [default: one above the web port]",
        show_envvar=True,
    ),
    _option("--mail-host", "HELIODESK_MAIL_HOST", str, "127.0.0.1", "Where mail is taken in."),
    _option("--smtp-port", "HELIODESK_SMTP_PORT", PORT, 2525, "Port of mail by SMTP."),
    _option("--lmtp-port", "HELIODESK_LMTP_PORT", PORT, 2424, "Port of mail by LMTP."),
    click.option(
        "--data",
        envvar="HELIODESK_DATA",
        type=click.Path(file_okay=False),
        help="Folder of the data.  [default: var in a checkout, else ~/.local/share/heliodesk]",
        show_envvar=True,
    ),
)


@click.command()
@click.option("--reload", is_flag=True, help="Start the parts again when code changes.")
@listening
def command(options: Options, reload: bool) -> None:
    """Run the whole desk until Ctrl+C: database, pages, live updates, mail in, and the worker.

    Whatever dies is started again. Exit codes: 0 stopped as told, 1 could not start.
    """
    with plainly():
        workable.check()
        supervisor = Supervisor(options, load=load_pages, reload=reload)
        supervisor.run(before=lambda: None, ready=lambda: None)


def load_pages() -> None:
    """Load what the parts share: settings, models and pages, so that no first request waits."""
    start_django()
    for module in ("heliodesk.config.wsgi", "heliodesk.config.urls"):
        import_module(module)


def _alone(name: str, *ports_needed: str) -> Callable[..., Any]:
    """A command that runs one part in this process, with the database if nothing else runs it."""

    def command(options: Options) -> None:
        end_with_supervisor()
        _check_port(options, *ports_needed)
        with plainly():
            workable.check()
        open_desk()
        next(part for part in PARTS if part.name == name).run()

    return command


def _part(name: str, text: str, *ports_needed: str) -> click.Command:
    said = f"{text}\n\nExit codes: 0 stopped as told, 1 could not start and said why."
    return click.command(name=name, help=said)(listening(_alone(name, *ports_needed)))


web = _part("web", "Serve the pages only.", "--web-port")
live = _part("live", "Serve the stream of live updates only.", "--live-port")
worker = _part("worker", "Do the background work only: file mail, send mail, keep the clocks.")
pager = _part("pager", "Page engineers for P1s only; run one on a second machine.")
imap = _part("imap", "Fetch mail from IMAP servers only, for the mailboxes set up for it.")
mail_listener = _part(
    "mail-listener", "Take in mail by SMTP and LMTP only.", "--smtp-port", "--lmtp-port"
)


def _check_port(options: Options, *names: str) -> None:
    if not supervised():
        try:
            ports.check([port for port in options.ports() if port.option in names])
        except ports.PortTaken as taken:
            raise click.ClickException(str(taken)) from taken
