"""The ``heliodesk`` command: one group whose subcommands are imported only when called.

Importing lazily keeps commands that need no database (``mail parse``, ``policy simulate``)
quick to start.
"""

import importlib

import click

from heliodesk import __version__

COMMANDS = {
    "calendar": ("heliodesk.config.cli.calendar:command", "Business time: add and measure."),
    "mail": ("heliodesk.config.cli.mail:command", "Parse, take in, import and send mail."),
    "policy": ("heliodesk.config.cli.policy:command", "Packs, and what they would decide."),
}


class LazyGroup(click.Group):
    """A group that knows its subcommands by name and imports each on first use."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name][0].partition(":")
        found = getattr(importlib.import_module(module), name)
        assert isinstance(found, click.Command)  # noqa: S101
        return found

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the subcommands without importing any of them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, COMMANDS[name][1]) for name in self.list_commands(ctx)])


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="heliodesk")
def main() -> None:
    """Heliodesk, the support desk for vendors.

    Exit codes: 0 done, 1 the command failed and said why, 2 wrong usage,
    75 try again later (mail ingest).
    """
