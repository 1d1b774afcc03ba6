"""What must never be is refused by the database itself."""

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from tests import make
from tests.make import NOW

from heliodesk.cases.models import Case
from heliodesk.journal.models import Event
from heliodesk.journal.record import SYSTEM, Happening, record

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "change",
    [
        {"state": "sleeping"},
        {"priority": "P0"},
        {"priority": "P1", "channel": "email"},
        {"state": "resolved"},
        {"state": "closed", "resolved_at": NOW},
        {"queue": ""},
    ],
)
def test_a_case_that_cannot_be(change: dict[str, object]) -> None:
    case = make.case(text="x")
    with pytest.raises(IntegrityError), transaction.atomic():
        Case.objects.filter(pk=case.pk).update(**change)


def test_a_case_is_not_merged_into_itself() -> None:
    case = make.case(text="x")
    with pytest.raises(IntegrityError), transaction.atomic():
        Case.objects.filter(pk=case.pk).update(merged_into=case.pk, state="cancelled")


def test_events_are_written_once() -> None:
    (event,) = record([Happening("opened", "case", 1)], by=SYSTEM, at=NOW)
    for change in ("update journal_event set verb = 'x'", "delete from journal_event"):
        with (
            pytest.raises(DatabaseError, match="never changed"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(f"{change} where id = %s", [event.id])
    assert Event.objects.get().verb == "opened"


def test_waiting_is_bounded_for_every_connection() -> None:
    with connection.cursor() as cursor:
        cursor.execute("select rolconfig, setconfig from pg_roles, pg_db_role_setting s"
                       " where rolname = current_user and s.setrole = pg_roles.oid"
                       " and s.setdatabase = (select oid from pg_database"
                       " where datname = current_database())")  # fmt: skip
        _, config = cursor.fetchone()
    assert "lock_timeout=10s" in config
    assert "idle_in_transaction_session_timeout=60s" in config
