"""A message that was split off is answered where it went."""

import pytest

from heliodesk.cases import actions
from heliodesk.cases.actions import Splitting
from heliodesk.cases.models import Case
from heliodesk.journal.record import By
from tests import make
from tests.intake import post
from tests.intake.conftest import NORTHWIND, World, world
from tests.make import NOW

__all__ = ["world"]
pytestmark = pytest.mark.django_db
MARA = "mara@northwind.example"


def test_who_answers_a_message_that_was_split_off_is_heard_in_the_new_case(world: World) -> None:
    first, second = "<first@northwind.example>", "<second@northwind.example>"
    post.send(
        post.mail(sender=MARA, subject=f"({NORTHWIND}) late", message_id=first),
        mailbox=world.onshore,
    )
    case = Case.objects.get()
    post.send(post.mail(sender=MARA, subject="Re: late", message_id=second, in_reply_to=first))
    user = make.user()
    by = By("user", user.pk, user.name, user.role)
    moved = case.messages.order_by("id")[1]
    wanted = Splitting(message_ids=[moved.pk], title="Other", kind="technical", priority="P3")
    opened = actions.split(case, wanted, by=by, at=NOW)
    post.send(post.mail(sender=MARA, subject="and", in_reply_to=second))
    post.send(post.mail(sender=MARA, subject="also", in_reply_to=first))
    new = Case.objects.get(pk=opened.id)
    assert (new.messages.count(), case.messages.count()) == (2, 2)
    actions.unsplit(new, by=by, at=NOW)
    post.send(post.mail(sender=MARA, subject="once more", in_reply_to=second))
    assert case.messages.count() == 5
