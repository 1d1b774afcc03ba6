"""Call for a lead's or another team's help, and say that it is over."""

from datetime import datetime

from heliodesk.cases.actions.step import step
from heliodesk.cases.models import Case
from heliodesk.cases.rules import ESCALATED, Refused, Verb
from heliodesk.identity.models import Team, User
from heliodesk.journal.record import By
from heliodesk.kernel.text import one_line, storable

_MOST = 500


def escalate(
    case: Case, *, reason: str, user_id: int | None = None, team_id: int | None = None,
    by: By, at: datetime,
) -> Case:  # fmt: skip
    """Call a colleague or a whole team to the case; each of them is notified.

    Raises:
        Refused: no reason, nobody to call, or they may not see the case.
    """
    reason = one_line(storable(reason), _MOST)
    if not reason:
        raise Refused("Say why you escalate it; it is the first thing they read.")
    to, called = _user(case, user_id) if user_id else _team(case, team_id)
    data = {"to": to, "reason": reason, "called": called}
    flags = sorted({*case.flags, ESCALATED})
    return step(case, Verb.ESCALATE, by=by, at=at, data=data, flags=flags)


def _user(case: Case, user_id: int) -> tuple[str, list[int]]:
    user = User.staff.filter(pk=user_id, is_active=True).first()
    if user is None:
        raise Refused("This colleague is not active. Choose another.")
    if case.offshore and not user.teams.filter(offshore=True).exists():
        raise Refused(f"{user.name} is not in an offshore team and may not see this case.")
    return user.name, [user.pk]


def _team(case: Case, team_id: int | None) -> tuple[str, list[int]]:
    team = Team.objects.filter(pk=team_id).first() if team_id else None
    if team is None:
        raise Refused("Choose whom you escalate it to.")
    members = User.staff.filter(is_active=True, teams=team)
    if case.offshore:
        members = members.filter(teams__offshore=True)
    called = sorted(set(members.values_list("pk", flat=True)))
    if not called:
        raise Refused(f"Nobody in {team.name} can see this case. Choose another team.")
    return team.name, called


def calm(case: Case, *, by: By, at: datetime) -> Case:
    """The escalation is settled.

    Raises:
        Refused: the case is not escalated.
    """
    if ESCALATED not in case.flags:
        raise Refused("This case is not escalated.")
    flags = [flag for flag in case.flags if flag != ESCALATED]
    return step(case, Verb.CALM, by=by, at=at, flags=flags)
