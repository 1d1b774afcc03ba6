"""The only writers of people and teams: one verb, one transaction, one journal event."""

import zoneinfo
from collections.abc import Collection
from datetime import datetime

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.utils.text import slugify

from heliodesk.identity.models import Session, Team, TeamMember, User
from heliodesk.identity.rules import Role
from heliodesk.journal.record import By, Happening, record
from heliodesk.kernel.text import one_line, storable


class Refused(Exception):
    """The change is not possible; the text says why in words a person can act on."""


@transaction.atomic
def add_user(
    *,
    email: str,
    name: str,
    role: Role,
    password: str = "",
    zone: str = "Europe/London",
    by: By,
    at: datetime,
) -> User:
    """A person who works at the desk; without a password they cannot sign in by one yet.

    Raises:
        Refused: the address is none or taken, the name is empty, or the password too weak.
    """
    user = User(
        email=_address(email), name=_name(name), role=Role(role), zone=_zone(zone), created_at=at
    )
    _give_password(user, password)
    try:
        with transaction.atomic():
            user.save()
    except IntegrityError as error:
        raise Refused(f"{user.email} is already a user.") from error
    _tell("added", user, by=by, at=at, email=user.email, role=user.role)
    return user


@transaction.atomic
def describe_user(user: User, *, name: str, zone: str, by: By, at: datetime) -> None:
    """Change name and time zone."""
    before = [user.name, user.zone]
    user.name, user.zone = _name(name), _zone(zone)
    if before != [user.name, user.zone]:
        user.save(update_fields=["name", "zone"])
        _tell("described", user, by=by, at=at, before=before, after=[user.name, user.zone])


@transaction.atomic
def change_role(user: User, *, role: Role, by: By, at: datetime) -> None:
    """Let somebody do more or less.

    Raises:
        Refused: they are the only administrator.
    """
    if user.role == role:
        return
    if user.role == Role.ADMIN:
        _refuse_last_admin(user)
    before, user.role = user.role, Role(role)
    user.save(update_fields=["role"])
    _tell("role_changed", user, by=by, at=at, before=before, after=user.role)


@transaction.atomic
def deactivate_user(user: User, *, by: By, at: datetime) -> None:
    """They no longer work here: signed out everywhere at once; what they wrote stays.

    Raises:
        Refused: they are the only administrator.
    """
    if not user.is_active:
        return
    if user.role == Role.ADMIN:
        _refuse_last_admin(user)
    user.is_active = False
    user.save(update_fields=["is_active"])
    Session.objects.filter(user=user).delete()
    _tell("deactivated", user, by=by, at=at)


@transaction.atomic
def activate_user(user: User, *, by: By, at: datetime) -> None:
    """They work here again."""
    if not user.is_active:
        user.is_active = True
        user.save(update_fields=["is_active"])
        _tell("activated", user, by=by, at=at)


@transaction.atomic
def set_password(user: User, *, password: str, by: By, at: datetime) -> None:
    """Give somebody another password; they are signed out everywhere.

    Raises:
        Refused: it is too weak.
    """
    if not password:
        raise Refused("The password is empty.")
    _give_password(user, password)
    user.save(update_fields=["password"])
    Session.objects.filter(user=user).delete()
    _tell("password_set", user, by=by, at=at)


@transaction.atomic
def put_in_teams(user: User, *, teams: Collection[Team], by: By, at: datetime) -> None:
    """Make somebody a member of exactly these teams."""
    held = set(user.teams.all())
    if held == set(teams):
        return
    TeamMember.objects.filter(user=user).exclude(team__in=teams).delete()
    TeamMember.objects.bulk_create(
        TeamMember(user=user, team=team) for team in sorted(set(teams) - held, key=lambda t: t.pk)
    )
    _tell(
        "teams_changed",
        user,
        by=by,
        at=at,
        before=sorted(team.code for team in held),
        after=sorted(team.code for team in teams),
    )


@transaction.atomic
def open_team(
    *,
    name: str,
    code: str = "",
    queues: Collection[str] = (),
    regions: Collection[str] = (),
    offshore: bool = False,
    by: By,
    at: datetime,
) -> Team:
    """A team and the queues it works.

    Raises:
        Refused: the name is empty, or the code is another team's.
    """
    named = one_line(storable(name), 120)
    short = slugify(code or named)[:50]
    if not named or not short:
        raise Refused("A team needs a name.")
    team = Team(
        code=short, name=named, queues=_words(queues), regions=_words(regions), offshore=offshore
    )
    try:
        with transaction.atomic():
            team.save()
    except IntegrityError as error:
        raise Refused(f"There is already a team with the code {short}.") from error
    _tell_team("opened", team, by=by, at=at)
    return team


@transaction.atomic
def change_team(
    team: Team,
    *,
    name: str,
    queues: Collection[str],
    regions: Collection[str],
    offshore: bool,
    by: By,
    at: datetime,
) -> None:
    """Change what a team is called, works and may see (offshore: the data boundary, C16)."""
    named = one_line(storable(name), 120)
    if not named:
        raise Refused("A team needs a name.")
    team.name, team.offshore = named, offshore
    team.queues, team.regions = _words(queues), _words(regions)
    team.save(update_fields=["name", "offshore", "queues", "regions"])
    _tell_team("changed", team, by=by, at=at)


def _refuse_last_admin(user: User) -> None:
    """Refuse to leave the desk without anybody who may administer it; a lock keeps races out."""
    admins = User.staff.select_for_update().filter(role=Role.ADMIN, is_active=True)
    if not [admin for admin in admins if admin.pk != user.pk]:
        raise Refused(f"{user.name} is the only administrator; make somebody else one first.")


def _give_password(user: User, password: str) -> None:
    if not password:
        user.set_unusable_password()
        return
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise Refused(" ".join(error.messages)) from error
    user.set_password(password)


def _address(text: str) -> str:
    address = text.strip().lower()
    try:
        validate_email(address)
    except ValidationError as error:
        raise Refused(f"“{text.strip()}” is not an e-mail address.") from error
    return address


def _name(text: str) -> str:
    name = one_line(storable(text), 120)
    if not name:
        raise Refused("A user needs a name.")
    return name


def _zone(text: str) -> str:
    if text not in zoneinfo.available_timezones():
        raise Refused(f"“{text}” is not a time zone; write it like Europe/London.")
    return text


def _words(words: Collection[str]) -> list[str]:
    """The words without blanks and repeats, in their order."""
    return list(dict.fromkeys(word.strip() for word in words if word.strip()))


def _tell(verb: str, user: User, *, by: By, at: datetime, **data: object) -> None:
    record([Happening(verb, "user", user.pk, {"name": user.name, **data})], by=by, at=at)


def _tell_team(verb: str, team: Team, *, by: By, at: datetime) -> None:
    data = {
        "code": team.code,
        "name": team.name,
        "queues": team.queues,
        "regions": team.regions,
        "offshore": team.offshore,
    }
    record([Happening(verb, "team", team.pk, data)], by=by, at=at)
