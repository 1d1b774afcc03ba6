"""What contacts sign in with: made once, moved by a merge, never a person of the desk."""

import pytest

from heliodesk.customers import actions
from heliodesk.customers.rules import Refused
from heliodesk.customers.signing_in import contact_at
from heliodesk.identity import queries
from heliodesk.identity.models import User
from heliodesk.identity.rules import May, Role, allows
from heliodesk.journal.models import Event
from heliodesk.journal.record import SYSTEM
from heliodesk.routing.queries import user_of
from tests import make
from tests.make import NOW

pytestmark = pytest.mark.django_db


def test_a_sign_in_is_made_once_and_told() -> None:
    contact = make.contact(make.account(), address="mara@north.example")
    first = actions.give_sign_in(contact, at=NOW)
    assert actions.give_sign_in(contact, at=NOW).pk == first.pk
    assert (first.email, first.role, first.has_usable_password()) == (
        "mara@north.example",
        Role.CONTACT,
        False,
    )
    assert Event.objects.filter(verb="joined_portal", subject_id=contact.pk).count() == 1


def test_a_contact_is_nobody_at_the_desk() -> None:
    user = make.sign_in_of(make.contact(make.account()))
    agent = make.user()
    assert not any(allows(Role.CONTACT, permission) for permission in May)
    assert queries.everybody() == [agent]
    assert list(User.staff.all()) == [agent]
    assert user_of(user.pk) is None


def test_somebody_of_the_desk_signs_in_at_the_desk_only() -> None:
    make.user(email="ines@desk.example")
    contact = make.contact(make.account(), address="ines@desk.example")
    assert contact_at("ines@desk.example", NOW.date()) is None
    with pytest.raises(Refused, match="at the desk itself"):
        actions.give_sign_in(contact, at=NOW)


def test_a_merge_moves_the_sign_in_or_drops_the_second() -> None:
    account = make.account()
    into, loser, other = (make.contact(account) for _ in range(3))
    moved, dropped = make.sign_in_of(loser), make.sign_in_of(other)
    actions.merge_contacts(loser, into=into, by=SYSTEM, at=NOW)
    into.refresh_from_db()
    assert into.user == moved
    actions.merge_contacts(other, into=into, by=SYSTEM, at=NOW)
    into.refresh_from_db()
    assert into.user == moved
    assert not User.objects.filter(pk=dropped.pk).exists()


def test_any_address_of_a_contact_finds_them() -> None:
    contact = make.contact(make.account(), addresses=("a@north.example", "b@north.example"))
    for address in ("A@north.example", " b@north.example "):
        assert contact_at(address, NOW.date()) == contact
