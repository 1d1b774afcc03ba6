"""The ``heliodesk`` command: one group whose subcommands are imported only when called.

Importing lazily keeps commands that need no database (``mail parse``, ``policy simulate``)
quick to start.
"""

import importlib

import click

from heliodesk import __version__
from heliodesk.config.cli import database_trouble

COMMANDS = {
    "calendar": ("heliodesk.config.cli.calendar:command", "Business time: add and measure."),
    "case": ("heliodesk.config.cli.case:command", "List, show and answer cases."),
    "check": ("heliodesk.config.cli.check:command", "The doctor: what is wrong and what to do."),
    "contact": ("heliodesk.config.cli.contact:command", "Let contacts into the portal."),
    "customers": ("heliodesk.config.cli.customers:command", "Customers in and out as sheets."),
    "db": ("heliodesk.config.cli.db:command", "Prompt, migrate, back up and restore."),
    "demo": ("heliodesk.config.cli.demo:command", "Run the desk with a demo vendor in it."),
    "held": ("heliodesk.config.cli.held:command", "Decide what could not be matched."),
    "imap": ("heliodesk.config.cli.serve:imap", "Fetch mail by IMAP only."),
    "live": ("heliodesk.config.cli.serve:live", "Serve the stream of live updates only."),
    "load-demo": ("heliodesk.config.cli.demo:load", ""),
    "mail": ("heliodesk.config.cli.mail:command", "Parse, take in, import and send mail."),
    "mail-listener": ("heliodesk.config.cli.serve:mail_listener", "Take in mail only."),
    "pager": ("heliodesk.config.cli.serve:pager", "Page engineers for P1s only."),
    "policy": ("heliodesk.config.cli.policy:command", "Packs, and what they would decide."),
    "serve": ("heliodesk.config.cli.serve:command", "Run the whole desk, supervised."),
    "user": ("heliodesk.config.cli.user:command", "The people of the desk."),
    "voice": ("heliodesk.config.cli.voice:command", "What callers hear, to be recorded."),
    "web": ("heliodesk.config.cli.serve:web", "Serve the pages only."),
    "worker": ("heliodesk.config.cli.serve:worker", "Do the background work only."),
}


EXIT_CODES = "Exit codes: 0 done, 1 failed and said why, 2 wrong usage."


class LazyGroup(click.Group):
    """A group that knows its subcommands by name and imports each on first use."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name][0].partition(":")
        found = getattr(importlib.import_module(module), name)
        assert isinstance(found, click.Command)  # noqa: S101 (the table names commands only)
        _tell_exit_codes(found)
        return found

    def invoke(self, ctx: click.Context) -> object:
        """Run a subcommand; what is wrong with the database is told in a sentence."""
        try:
            return super().invoke(ctx)
        except Exception as error:
            if said := database_trouble.told(error):
                raise click.ClickException(said) from error
            raise

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the subcommands without importing any of them."""
        with formatter.section("Commands"):
            shown = [name for name in self.list_commands(ctx) if COMMANDS[name][1]]
            formatter.write_dl([(name, COMMANDS[name][1]) for name in shown])


def _tell_exit_codes(command: click.Command) -> None:
    """End the help of a command that has only the usual exit codes with these."""
    if isinstance(command, click.Group):
        for part in command.commands.values():
            _tell_exit_codes(part)
    elif "xit codes" not in (command.help or command.callback.__doc__ or ""):
        command.epilog = EXIT_CODES


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="heliodesk")
def main() -> None:
    """Heliodesk, the support desk for vendors.

    Exit codes: 0 done, 1 the command failed and said why, 2 wrong usage,
    75 try again later (mail ingest, mail fetch).
    """
