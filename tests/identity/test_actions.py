"""The people of the desk: added, changed, kept out, never locked out altogether."""

from typing import Any

import pytest

from heliodesk.identity import actions
from heliodesk.identity.actions import Refused
from heliodesk.identity.models import Session, User
from heliodesk.identity.rules import Role
from heliodesk.journal.models import Event
from heliodesk.journal.record import By
from tests import make

DONE: Any = {"by": By("user", 1, "Lee", "admin"), "at": make.NOW}
ADD: Any = {"name": "Ann", "role": Role.AGENT, **DONE}

pytestmark = pytest.mark.django_db


def told() -> list[str]:
    return list(Event.objects.order_by("id").values_list("verb", flat=True))


def test_somebody_added_may_sign_in_with_their_password() -> None:
    user = actions.add_user(email=" Ann@Desk.example ", password="correct horse 7", **ADD)
    user.refresh_from_db()
    assert user.email == "ann@desk.example" and user.check_password("correct horse 7")
    assert told() == ["added"]
    assert "correct horse 7" not in str(Event.objects.get().data)


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"email": "nobody"}, "not an e-mail address"),
        ({"email": "lee@DESK.example"}, "already a user"),
        ({"name": " "}, "needs a name"),
        ({"password": "short"}, "too short"),
        ({"password": "ann@desk.example"}, "too similar"),
        ({"zone": "Mars/North"}, "not a time zone"),
    ],
)
def test_a_bad_user_leaves_nothing_behind(wrong: dict[str, str], why: str) -> None:
    make.user(email="lee@desk.example")
    with pytest.raises(Refused, match=why):
        actions.add_user(**{"email": "ann@desk.example", **ADD, **wrong})
    assert User.objects.count() == 1 and told() == []


def test_without_a_password_nobody_signs_in_by_one() -> None:
    assert not actions.add_user(email="ann@desk.example", **ADD).has_usable_password()


def test_the_last_administrator_stays_one() -> None:
    only = make.user(role=Role.ADMIN)
    make.user(role=Role.ADMIN, is_active=False)
    for refused in (
        lambda: actions.change_role(only, role=Role.LEAD, **DONE),
        lambda: actions.deactivate_user(only, **DONE),
    ):
        with pytest.raises(Refused, match="only administrator"):
            refused()
    only.refresh_from_db()
    assert only.is_active and only.role == Role.ADMIN
    make.user(role=Role.ADMIN)
    actions.change_role(only, role=Role.LEAD, **DONE)
    assert told() == ["role_changed"]


@pytest.mark.parametrize("verb", ["deactivate", "password"])
def test_they_are_signed_out_everywhere_at_once(verb: str) -> None:
    user, other = make.user(), make.user()
    for i, who in enumerate((user, other)):
        Session.objects.create(
            session_key=f"key{i}", session_data="", expire_date=make.NOW, user=who
        )
    if verb == "deactivate":
        actions.deactivate_user(user, **DONE)
    else:
        actions.set_password(user, password="another-long-secret", **DONE)
    assert list(Session.objects.values_list("user", flat=True)) == [other.pk]


def test_somebody_back_is_told_once() -> None:
    user = make.user()
    actions.activate_user(user, **DONE)
    actions.deactivate_user(user, **DONE)
    actions.deactivate_user(user, **DONE)
    actions.activate_user(user, **DONE)
    assert told() == ["deactivated", "activated"]


def test_teams_become_exactly_these() -> None:
    user = make.user()
    uk = actions.open_team(name="Front line UK", queues=["uk", "uk", " "], regions=["UK"], **DONE)
    off = actions.open_team(name="Harbour", offshore=True, **DONE)
    assert (uk.code, uk.queues) == ("front-line-uk", ["uk"])
    with pytest.raises(Refused, match="already a team"):
        actions.open_team(name="Front line UK", **DONE)
    actions.put_in_teams(user, teams=[uk, off], **DONE)
    actions.put_in_teams(user, teams=[off], **DONE)
    actions.put_in_teams(user, teams=[off], **DONE)
    assert list(user.teams.all()) == [off]
    assert told() == ["opened", "opened", "teams_changed", "teams_changed"]
    change: Any = {"queues": ["a"], "regions": [], "offshore": False, **DONE}
    actions.change_team(off, name="Shore", **change)
    with pytest.raises(Refused, match="needs a name"):
        actions.change_team(off, name="", **change)
    off.refresh_from_db()
    assert (off.name, off.queues, off.offshore) == ("Shore", ["a"], False)
