"""A made-up vendor with customers, conversations and doubts, to try the desk with.

Nothing here is written by hand into the tables: customers are opened by their verbs, and every
mail goes through the pipeline as if it had arrived, at its own hour. So the demo shows what the
desk does, and fails when the desk does.
"""

from datetime import datetime

from django.db import connection, transaction

from heliodesk.channels.models import Mailbox
from heliodesk.config.demo import calls, lists, oncall, policy, replay, scripts, shape
from heliodesk.config.demo.open import open_world
from heliodesk.config.welcome import Login, Welcome
from heliodesk.entitlements.actions import activate_shipped
from heliodesk.kernel import clock

_LOCK = 0xDE30


def load(at: datetime | None = None) -> Welcome:
    """Load the demo world unless it is there, and tell how to use it."""
    now = at or clock.now()
    world = scripts.world()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s)", [_LOCK])
        first = world["mailboxes"][0]["address"]
        if not Mailbox.objects.filter(address=first).exists():
            activate_shipped(at=now)
            policy.bring_into_force(world, at=now)
            opened = oncall.take_turns(open_world(world, at=now), at=now)
            shape.set_up(opened, at=now)
            replay.play(opened, at=now)
            calls.ring(opened, at=now)
            oncall.have_a_p1(opened, at=now)
            shape.work(opened, at=now)
            lists.keep(opened, at=now)
            oncall.ask_for_a_swap(opened, at=now)
    return welcome()


def welcome() -> Welcome:
    """The demo's logins, and a mail that becomes a case."""
    world = scripts.world()
    account = world["accounts"][0]
    return Welcome(
        logins=[
            Login(person["email"], person["password"], person["role"]) for person in world["people"]
        ],
        customers=[Login(one["email"], one["password"], one["who"]) for one in world["sign_ins"]],
        sender=account["contacts"][0]["addresses"][0],
        desk=world["mailboxes"][0]["address"],
        subject=f"({account['id']}) The web console is slow today",
    )
