"""The only writers of people and teams: one verb, one transaction, one journal event."""

import zoneinfo
from collections.abc import Collection
from datetime import datetime

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.utils.text import slugify

from heliodesk.identity.models import Session, StaffRole, Team, TeamMember, User
from heliodesk.identity.roles import Refused as Refused
from heliodesk.identity.roles import refuse_more_than_own
from heliodesk.identity.rules import Role, permissions
from heliodesk.identity.ways_in import forget_factors
from heliodesk.journal.record import By, Happening, record
from heliodesk.kernel.text import one_line, storable

#: Characters of a signature.
LONGEST_SIGNATURE = 2000


@transaction.atomic
def add_user(
    *,
    email: str,
    name: str,
    role: Role,
    own: StaffRole | None = None,
    password: str = "",
    zone: str = "Europe/London",
    by: By,
    at: datetime,
) -> User:
    """A person who works at the desk; without a password they cannot sign in by one yet.

    Raises:
        Refused: the address is none or taken, the name is empty, the password too weak, or the
            role holds more than the one who adds them.
    """
    user = User(email=_address(email), name=_name(name), zone=_zone(zone), created_at=at)
    _give_role(user, role, own, by)
    _give_password(user, password)
    try:
        with transaction.atomic():
            user.save()
    except IntegrityError as error:
        raise Refused(f"{user.email} is already a user.") from error
    _tell("added", user, by=by, at=at, email=user.email, role=_role_name(user))
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
def sign_as(user_id: int, text: str, *, by: By, at: datetime) -> None:
    """Set what stands under a person's answers; nothing leaves it to the template."""
    user = User.objects.select_for_update().get(pk=user_id)
    text = storable(text).strip()[:LONGEST_SIGNATURE]
    if text != user.signature:
        user.signature = text
        user.save(update_fields=["signature"])
        _tell("signature_changed", user, by=by, at=at)


#: The kinds of notices that can come by mail.
MAILED = ("escalate", "mentioned", "letter_held")


@transaction.atomic
def mail_notices(user_id: int, kinds: Collection[str], *, by: By, at: datetime) -> None:
    """Choose which kinds of notices a person gets by mail, too."""
    user = User.objects.select_for_update().get(pk=user_id)
    chosen = [kind for kind in MAILED if kind in kinds]
    if chosen != user.mailed:
        user.mailed = chosen
        user.save(update_fields=["mailed"])
        _tell("notices_chosen", user, by=by, at=at)


@transaction.atomic
def change_role(
    user: User, *, role: Role, own: StaffRole | None = None, by: By, at: datetime
) -> None:
    """Let somebody do more or less; with ``own`` they have that role, made at this desk.

    Raises:
        Refused: they are the only administrator, or hold or would hold more than who changes it.
    """
    if user.role == role and user.own_role_id == (own.pk if own else None):
        return
    _refuse_above(user, by)
    if user.role == Role.ADMIN:
        _refuse_last_admin(user)
    before = _role_name(user)
    _give_role(user, role, own, by)
    user.save(update_fields=["role", "own_role"])
    _tell("role_changed", user, by=by, at=at, before=before, after=_role_name(user))


@transaction.atomic
def deactivate_user(user: User, *, by: By, at: datetime) -> None:
    """They no longer work here: signed out everywhere at once; what they wrote stays.

    Raises:
        Refused: they are the only administrator.
    """
    if not user.is_active:
        return
    _refuse_above(user, by)
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
        _refuse_above(user, by)
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
    _refuse_above(user, by)
    _give_password(user, password)
    user.save(update_fields=["password"])
    Session.objects.filter(user=user).delete()
    _tell("password_set", user, by=by, at=at)


@transaction.atomic
def invited(user: User, *, by: By, at: datetime) -> None:
    """A link by which they choose their password was made for them.

    Raises:
        Refused: they are deactivated, or may do more than who invites them.
    """
    if not user.is_active:
        raise Refused(f"{user.name} is deactivated; activate them first.")
    _refuse_above(user, by)
    _tell("invited", user, by=by, at=at)


@transaction.atomic
def sign_out_everywhere(user: User, *, by: By, at: datetime) -> None:
    """End every session of theirs.

    Raises:
        Refused: they may do more than who asks for it.
    """
    _refuse_above(user, by)
    count, _ = Session.objects.filter(user=user).delete()
    _tell("signed_out", user, by=by, at=at, sessions=count)


@transaction.atomic
def reset_second_factors(user: User, *, by: By, at: datetime) -> None:
    """Take away their passkeys, app and recovery codes, and sign them out everywhere.

    Raises:
        Refused: they may do more than who asks for it.
    """
    _refuse_above(user, by)
    kinds = forget_factors(user)
    Session.objects.filter(user=user).delete()
    _tell("second_factors_reset", user, by=by, at=at, kinds=kinds)


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


def _give_role(user: User, role: Role, own: StaffRole | None, by: By) -> None:
    made_here = own is not None and not own.code
    refuse_more_than_own(permissions(role, own.permissions if own and made_here else None), by)
    user.role = Role(own.base) if own and made_here else Role(role)
    user.own_role = own if made_here else None


def _role_name(user: User) -> str:
    return user.own_role.name if user.own_role else str(user.role)


def _refuse_above(user: User, by: By) -> None:
    """Refuse to touch somebody who may do more: their password would be a way up."""
    if not (by.kind == "user" and by.id == user.pk):
        own = user.own_role.permissions if user.own_role else None
        refuse_more_than_own(permissions(user.role, own), by, whom=user.name)


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
