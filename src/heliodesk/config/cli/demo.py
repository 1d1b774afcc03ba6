"""``heliodesk demo``: the whole desk with a made-up vendor and its customers, ready to try."""

import os
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click

from heliodesk.config import environment, postgres, workable
from heliodesk.config.cli.open import open_desk, plainly
from heliodesk.config.cli.serve import listening, load_pages
from heliodesk.config.server import schema
from heliodesk.config.server.options import Options
from heliodesk.config.server.say import say
from heliodesk.config.server.supervisor import CannotServe, Supervisor
from heliodesk.config.welcome import Welcome

REMEMBERED = "demo.json"


@click.command()
@listening
def command(options: Options) -> None:
    """Run the whole desk with a demo vendor in it, and say how to try it.

    The demo world is loaded once; a later start finds what you did. Exit codes as for serve.
    """
    world = _World(options)
    with plainly():
        workable.check()
        supervisor = Supervisor(options, load=load_pages)
        supervisor.run(before=world.load, ready=world.welcome)


@click.command(hidden=True)
def load() -> None:
    """Load the demo world into the database unless it is there; print its logins as JSON."""
    os.environ.setdefault("HELIODESK_LOG_LEVEL", "WARNING")
    open_desk()
    from heliodesk.config import demo

    with plainly():
        click.echo(demo.load().as_json())


class _World:
    """The demo world in the data folder of these options."""

    def __init__(self, options: Options) -> None:
        self.options = options
        self.kept = options.data / REMEMBERED

    def load(self) -> None:
        """Load it in a process of its own, unless this very database has it."""
        mark = schema.applied(_dsn(self.options.data))
        if self.kept.exists() and self.kept.read_text().startswith(f"{mark}\n"):
            return
        say("loading the demo vendor")
        done = subprocess.run(
            [sys.executable, "-m", "heliodesk", "load-demo"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            text=True,
            check=False,
        )
        if done.returncode:
            raise CannotServe("The demo could not be loaded; see above.")
        self.kept.write_text(f"{mark}\n{done.stdout}")

    def welcome(self) -> None:
        """Print the address, the logins and two ways to send a first mail."""
        click.echo("\n".join(["", *self._lines(), ""]))

    def _lines(self) -> Iterator[str]:
        told = Welcome.from_json(self.kept.read_text().split("\n", 1)[1])
        yield f"  The desk is at  {self.options.address}"
        yield ""
        yield "  Sign in as"
        for login in told.logins:
            yield f"    {login.email:<30} {login.password:<22} {login.role}"
        yield ""
        yield f"  Customers sign in at  {self.options.address}/support/"
        for login in told.customers:
            yield f"    {login.email:<36} {login.password:<22} {login.role}"
        yield f"  Anybody asks at  {self.options.address}/get-support/"
        yield ""
        yield "  Send a first mail, from another terminal"
        yield f"    {self._sample()}"
        server = f"{self.options.mail_host}:{self.options.smtp_port}"
        subject = shlex.quote(f"Subject: {told.subject}")
        yield (
            f"    swaks --server {server} --from {told.sender} --to {told.desk} "
            f"--header {subject} --body 'Please help.'"
        )
        yield ""
        yield "  Ctrl+C stops everything."

    def _sample(self) -> str:
        """The command, with what was not left at its default, so that it can be pasted as it is."""
        changed = [
            f"HELIODESK_{name}={value}"
            for name, value, usual in (
                ("SMTP_PORT", self.options.smtp_port, 2525),
                ("MAIL_HOST", self.options.mail_host, "127.0.0.1"),
                ("DATA", shlex.quote(str(self.options.data)), _usual_data()),
            )
            if value != usual
        ]
        return " ".join([*changed, _program(), "mail send-sample"])


def _program() -> str:
    """This command as it can be typed again here."""
    program = Path(sys.argv[0])
    if program.name == "__main__.py":
        return f"{shlex.quote(sys.executable)} -m heliodesk"
    here = program.is_absolute() and program.is_relative_to(Path.cwd())
    return shlex.quote(str(program.relative_to(Path.cwd()) if here else program))


def _dsn(data: Path) -> str:
    return environment.text("DATABASE_URL") or postgres.dsn(data)


def _usual_data() -> str:
    """The data folder that a command would use without HELIODESK_DATA."""
    given = os.environ.pop("HELIODESK_DATA", None)
    try:
        return shlex.quote(str(environment.data_folder()))
    finally:
        if given is not None:
            os.environ["HELIODESK_DATA"] = given
