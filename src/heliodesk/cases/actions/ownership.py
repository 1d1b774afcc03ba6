"""Who works on a case."""

from datetime import datetime

from heliodesk.cases.actions.step import step
from heliodesk.cases.models import Case
from heliodesk.cases.rules import Refused, Verb
from heliodesk.identity.models import User
from heliodesk.journal.record import By


def take(case: Case, *, by: By, at: datetime) -> Case:
    """Make the case one's own."""
    return step(case, Verb.TAKE, by=by, at=at, owner_id=by.id, data={"owner": by.name})


def assign(case: Case, *, owner_id: int, by: By, at: datetime) -> Case:
    """Give the case to a colleague.

    Raises:
        Refused: there is no such active colleague, or they may not see an offshore case.
    """
    owner = User.staff.filter(pk=owner_id, is_active=True).first()
    if owner is None:
        raise Refused("This colleague is not active. Choose another.")
    if case.offshore and not owner.teams.filter(offshore=True).exists():
        raise Refused(f"{owner.name} is not in an offshore team and may not see this case.")
    data = {"owner": owner.name, "owner_id": owner.pk}
    return step(case, Verb.ASSIGN, by=by, at=at, owner_id=owner.pk, data=data)


def release(case: Case, *, by: By, at: datetime) -> Case:
    """Put the case back into its queue."""
    return step(case, Verb.RELEASE, by=by, at=at, owner_id=None)
