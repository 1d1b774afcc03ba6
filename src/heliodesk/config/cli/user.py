"""``heliodesk user``: the people of the desk, by hand."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from heliodesk.config.cli.open import open_desk
from heliodesk.identity.rules import STAFF, Role

if TYPE_CHECKING:
    from heliodesk.identity.models import Team, User

ROLE = click.Choice([role.value for role in STAFF])
JSON = click.option("--json", "as_json", is_flag=True, help="Answer as JSON.")
FROM_STDIN = click.option(
    "--password-stdin", is_flag=True, help="Read the password from standard input."
)


@click.group()
def command() -> None:
    """Add the people who work at the desk, and say what each may do.

    Exit codes: 0 done, 1 refused (the reason is told), 2 wrong usage.
    """


@command.command()
@click.argument("email")
@click.option("--name", required=True, help="As customers and colleagues see it.")
@click.option("--role", type=ROLE, default=Role.AGENT.value, show_default=True)
@click.option("--zone", default="Europe/London", show_default=True, help="IANA time zone.")
@click.option("--team", "teams", multiple=True, metavar="CODE", help="Again for each team.")
@FROM_STDIN
@JSON
def add(
    email: str,
    name: str,
    role: str,
    zone: str,
    teams: tuple[str, ...],
    password_stdin: bool,
    as_json: bool,
) -> None:
    """Add somebody; asks for the password, which is never taken from the command line."""
    password = _password(from_stdin=password_stdin)
    with _desk() as done:
        from django.db import transaction

        from heliodesk.identity import actions

        with transaction.atomic():
            user = actions.add_user(
                email=email, name=name, role=Role(role), password=password, zone=zone, **done
            )
            if teams:
                actions.put_in_teams(user, teams=_teams(teams), **done)
        _answer(user, f"{user.email} may sign in as {role}.", as_json=as_json)


@command.command("list")
@click.option("--all", "everybody", is_flag=True, help="With the deactivated ones.")
@JSON
def list_(everybody: bool, as_json: bool) -> None:
    """List the people of the desk; --json prints an array."""
    with _desk():
        from heliodesk.identity.models import User

        users = User.staff.prefetch_related("teams").order_by("email")
        rows = [_shown(user) for user in users if everybody or user.is_active]
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    if not rows:
        click.echo("Nobody yet. Add yourself: heliodesk user add you@company.example --name … ")
    for row in rows:
        note = "" if row["active"] else "  (deactivated)"
        teams = ", ".join(row["teams"])
        click.echo(f"{row['email']:<36} {row['role']:<6} {row['name']:<24} {teams}{note}")


@command.command()
@click.argument("email")
@click.argument("role", type=ROLE)
@JSON
def role(email: str, role: str, as_json: bool) -> None:
    """Say what somebody may do: agent, lead or admin."""
    with _desk() as done:
        from heliodesk.identity import actions

        user = _user(email)
        actions.change_role(user, role=Role(role), **done)
        _answer(user, f"{user.email} is {role} now.", as_json=as_json)


@command.command()
@click.argument("email")
@JSON
def deactivate(email: str, as_json: bool) -> None:
    """Sign somebody out everywhere and keep them out; what they wrote stays."""
    with _desk() as done:
        from heliodesk.identity import actions

        user = _user(email)
        actions.deactivate_user(user, **done)
        _answer(user, f"{user.email} can no longer sign in.", as_json=as_json)


@command.command()
@click.argument("email")
@JSON
def activate(email: str, as_json: bool) -> None:
    """Let somebody in again."""
    with _desk() as done:
        from heliodesk.identity import actions

        user = _user(email)
        actions.activate_user(user, **done)
        _answer(user, f"{user.email} may sign in again.", as_json=as_json)


@command.command()
@click.argument("email")
@FROM_STDIN
@JSON
def password(email: str, password_stdin: bool, as_json: bool) -> None:
    """Give somebody another password, and sign them out everywhere."""
    new = _password(from_stdin=password_stdin)
    with _desk() as done:
        from heliodesk.identity import actions

        user = _user(email)
        actions.set_password(user, password=new, **done)
        _answer(user, f"{user.email} has a new password.", as_json=as_json)


@command.command()
@click.argument("email", required=False)
@click.option("--set", "wanted", metavar="CODES", help="Teams by code, with commas; '' for none.")
@JSON
def teams(email: str | None, wanted: str | None, as_json: bool) -> None:
    """List the teams; with an address those of a person, with --set make them these."""
    if wanted is not None and not email:
        raise click.UsageError("Name the person whose teams to set.")
    with _desk() as done:
        from heliodesk.identity import actions
        from heliodesk.identity.models import Team

        if email:
            user = _user(email)
            if wanted is not None:
                codes = [code.strip() for code in wanted.split(",") if code.strip()]
                actions.put_in_teams(user, teams=_teams(codes), **done)
            found = list(user.teams.order_by("code"))
        else:
            found = list(Team.objects.order_by("code"))
        rows = [_shown_team(team) for team in found]
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    for row in rows:
        offshore = "  offshore" if row["offshore"] else ""
        click.echo(f"{row['code']:<20} {row['name']:<24} {', '.join(row['queues'])}{offshore}")


@contextmanager
def _desk() -> Iterator[dict[str, Any]]:
    """The desk, open; a refusal ends the command with its reason. Gives ``by`` and ``at``."""
    open_desk()
    from heliodesk.config.cli.operator import operator
    from heliodesk.identity.actions import Refused
    from heliodesk.kernel import clock

    try:
        yield {"by": operator(), "at": clock.now()}
    except Refused as refusal:
        raise click.ClickException(str(refusal)) from refusal


def _password(*, from_stdin: bool) -> str:
    """A password from standard input or from the keyboard, twice."""
    if from_stdin:
        given = sys.stdin.readline().rstrip("\r\n")
    else:
        given = click.prompt("Password", hide_input=True, confirmation_prompt="Once more")
    if not given:
        raise click.UsageError("The password is empty.")
    return str(given)


def _user(email: str) -> "User":
    from heliodesk.identity.models import User

    user = User.staff.filter(email__iexact=email).first()
    if user is None:
        raise click.ClickException(f"Nobody here has the address {email}.")
    return user


def _teams(codes: tuple[str, ...] | list[str]) -> "list[Team]":
    from heliodesk.identity.models import Team

    found = {team.code: team for team in Team.objects.filter(code__in=codes)}
    for code in codes:
        if code not in found:
            known = ", ".join(Team.objects.order_by("code").values_list("code", flat=True))
            raise click.ClickException(f"There is no team {code}. Teams: {known or 'none yet'}.")
    return list(found.values())


def _answer(user: "User", text: str, *, as_json: bool) -> None:
    click.echo(json.dumps(_shown(user), ensure_ascii=False, indent=2) if as_json else text)


def _shown(user: "User") -> dict[str, Any]:
    return {
        "email": user.email,
        "name": user.name,
        "role": user.role,
        "zone": user.zone,
        "active": user.is_active,
        "teams": sorted(team.code for team in user.teams.all()),
    }


def _shown_team(team: "Team") -> dict[str, Any]:
    return {
        "code": team.code,
        "name": team.name,
        "queues": team.queues,
        "regions": team.regions,
        "offshore": team.offshore,
    }
