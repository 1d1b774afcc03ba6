"""Roles made at the desk: what they let somebody do, and that nobody climbs by them."""

from typing import Any

import pytest
from allauth.mfa.models import Authenticator

from heliodesk.cases.actions.step import actor_of
from heliodesk.cases.rules import Actor
from heliodesk.identity import actions, roles
from heliodesk.identity.models import StaffRole, User
from heliodesk.identity.roles import Refused
from heliodesk.identity.rules import ABOUT, PERMISSIONS, May, Role, permissions
from heliodesk.journal.models import Event
from heliodesk.journal.record import By
from tests import make

ADMIN: Any = {"by": By("user", 1, "Lee", "admin"), "at": make.NOW}
WRITER = {"name": "Writer", "about": "Writes", "wanted": ["edit_templates"], "leads": False}

pytestmark = pytest.mark.django_db


def writer(**fields: Any) -> StaffRole:
    return roles.add_role(**{**WRITER, **fields}, **ADMIN)


def in_role(role: StaffRole) -> User:
    user = make.user()
    actions.change_role(user, role=Role.AGENT, own=role, **ADMIN)
    return user


def by(user: User) -> Any:
    own = frozenset(user.own_role.permissions) if user.own_role else None
    return {"by": By("user", user.pk, user.name, user.role, own), "at": make.NOW}


def test_every_permission_has_words_and_the_administrator_has_all() -> None:
    assert set(ABOUT) == set(May) == PERMISSIONS[Role.ADMIN]
    assert {row.code for row in roles.every_role()} == {"agent", "lead", "admin"}
    assert [roles.held(row) for row in roles.every_role()] == [
        PERMISSIONS[role] for role in (Role.AGENT, Role.LEAD, Role.ADMIN)
    ]


def test_an_own_role_holds_exactly_its_permissions() -> None:
    role = writer()
    assert role.permissions == ["work_cases", "edit_templates"]
    user = in_role(role)
    assert (user.role, user.own_role) == ("agent", role)
    assert permissions(user.role, role.permissions) == {May.WORK_CASES, May.EDIT_TEMPLATES}
    assert permissions("agent", ["work_cases", "fly"]) == {May.WORK_CASES}
    assert permissions("king") == permissions("agent", []) == frozenset()
    assert list(Event.objects.order_by("id").values_list("verb", flat=True)) == [
        "added",
        "role_changed",
    ]


def test_a_role_that_counts_as_lead_takes_no_step_that_it_does_not_hold() -> None:
    user = in_role(writer(leads=True))
    assert user.role == "lead"
    assert actor_of(by(user)["by"]) is Actor.AGENT
    reviver = in_role(writer(name="Reviver", wanted=["revive_cancelled"]))
    assert actor_of(by(reviver)["by"]) is Actor.LEAD


def test_changing_a_role_changes_whoever_has_it() -> None:
    role = writer()
    user = in_role(role)
    roles.change_role(role, **{**WRITER, "leads": True, "wanted": ["see_reports"]}, **ADMIN)
    user.refresh_from_db()
    assert user.role == "lead" and user.own_role
    assert user.own_role.permissions == ["work_cases", "see_reports"]
    with pytest.raises(Refused, match="1 people have this role"):
        roles.drop_role(role, **ADMIN)
    actions.change_role(user, role=Role.AGENT, **ADMIN)
    roles.drop_role(role, **ADMIN)
    assert not StaffRole.objects.filter(pk=role.pk).exists()


@pytest.mark.parametrize("name", ["", "  ", "Agent", "LEAD"])
def test_a_role_needs_a_name_of_its_own(name: str) -> None:
    with pytest.raises(Refused):
        writer(name=name)
    assert StaffRole.objects.count() == 3


def test_shipped_roles_are_fixed() -> None:
    lead = StaffRole.objects.get(code="lead")
    with pytest.raises(Refused, match="fixed"):
        roles.change_role(lead, **WRITER, **ADMIN)
    with pytest.raises(Refused, match="fixed"):
        roles.drop_role(lead, **ADMIN)


def test_nobody_raises_themselves_or_others_above_what_they_may() -> None:
    role = writer(name="People", wanted=["edit_users"])
    keeper, admin, colleague = in_role(role), make.user(role=Role.ADMIN), make.user()
    climbs = (
        lambda: actions.change_role(keeper, role=Role.ADMIN, **by(keeper)),
        lambda: actions.change_role(keeper, role=Role.LEAD, **by(keeper)),
        lambda: actions.change_role(colleague, role=Role.ADMIN, **by(keeper)),
        lambda: actions.add_user(email="n@desk.example", name="N", role=Role.LEAD, **by(keeper)),
        lambda: roles.change_role(
            role, name="P", about="", wanted=["edit_users", "edit_policy"], leads=False,
            **by(keeper)
        ),
        lambda: roles.add_role(
            name="Q", about="", wanted=["guard_data"], leads=False, **by(keeper)
        ),
        lambda: actions.set_password(admin, password=make.PASSWORD, **by(keeper)),
        lambda: actions.reset_second_factors(admin, **by(keeper)),
        lambda: actions.deactivate_user(admin, **by(keeper)),
        lambda: actions.invited(admin, **by(keeper)),
    )  # fmt: skip
    before = Event.objects.count()
    for climb in climbs:
        with pytest.raises(Refused):
            climb()
    assert Event.objects.count() == before
    assert User.objects.get(pk=keeper.pk).own_role == role
    other = in_role(writer(name="Other", wanted=["edit_users"]))
    actions.set_password(other, password=make.PASSWORD, **by(keeper))


def test_resetting_second_factors_forgets_them_and_ends_sessions() -> None:
    user = make.user()
    Authenticator.objects.create(user=user, type="totp", data={"secret": "x"})
    actions.reset_second_factors(user, **ADMIN)
    assert not Authenticator.objects.filter(user=user).exists()
    assert Event.objects.get().data == {"name": user.name, "kinds": ["totp"]}
