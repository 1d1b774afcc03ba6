"""``heliodesk voice``: what callers hear, for whoever records or speaks it."""

import click

from heliodesk.telephony import prompts

LANGUAGE = click.option("--language", default=prompts.DEFAULT, help="Its code, such as de.")


@click.group()
def command() -> None:
    """The prompts of telephone calls."""


@command.command()
def languages() -> None:
    """Name the languages that there are prompts in, one a line."""
    for language in prompts.languages():
        click.echo(language)


@command.command(name="prompts")
@LANGUAGE
@click.option("--vendor", default="our", help="The vendor's name, as it is spoken.")
def list_prompts(language: str, vendor: str) -> None:
    """List every prompt to be recorded: the file's name, a tab, the words."""
    if language not in prompts.languages():
        known = ", ".join(prompts.languages())
        raise click.UsageError(f"There are no prompts in {language!r}. There are: {known}.")
    for name, text in prompts.texts(language, vendor):
        click.echo(f"{name}\t{text}")
