"""Marks over a batch: from any thread, and through the loss of their connection."""

import threading

import pytest
from django.db import connection

from heliodesk.cases.models import Case
from heliodesk.channels.models import Inbound
from heliodesk.intake.claim import FATAL, forget_settled
from heliodesk.intake.models import BatchMark, HeldItem
from heliodesk.intake.pipeline import file_waiting, marks
from tests.intake import post
from tests.intake.conftest import NORTHWIND, World
from tests.make import NOW

pytestmark = pytest.mark.django_db(transaction=True)


def _mail() -> int:
    subject = f"({NORTHWIND}) Mail is late"
    row = post.arrive(post.mail(sender="mara@northwind.example", subject=subject))
    return row.pk


def test_a_thread_of_its_own_files_mail(world: World) -> None:
    inbound = _mail()

    def work() -> None:
        file_waiting(at=NOW)
        marks.close()
        connection.close()

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert Case.objects.count() == 1
    assert not BatchMark.objects.filter(inbound_ids__contains=[inbound]).exists()


def test_a_lost_connection_is_made_again(world: World) -> None:
    _mail()
    with marks.over([], at=NOW):
        pass
    with connection.cursor() as cursor:
        cursor.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity"
            " where datname = current_database() and pid <> pg_backend_pid()"
        )
    for _ in range(2):
        try:
            file_waiting(at=NOW)
        except Exception as error:
            assert type(error).__name__ == "TryLater", error
    assert Case.objects.count() == 1


@pytest.fixture(autouse=True)
def no_marks(transactional_db: None) -> None:
    """Marks are written beside the test's transaction: others may have left some."""
    BatchMark.objects.all().delete()


def test_what_a_worker_died_over_is_filed_alone_and_then_put_aside(world: World) -> None:
    innocent, deadly, fresh = _mail(), _mail(), _mail()
    BatchMark.objects.create(inbound_ids=[innocent, deadly], started_at=NOW)
    for _ in range(FATAL):
        BatchMark.objects.create(inbound_ids=[deadly], started_at=NOW)
    assert file_waiting(at=NOW) == 3, "all in one call, one by one"
    states = dict(Inbound.objects.values_list("id", "state"))
    assert states == {innocent: "filed", deadly: "held", fresh: "filed"}
    assert HeldItem.objects.get().reason == "poison"
    assert forget_settled() == 1 and not BatchMark.objects.exists()


def test_marks_of_messages_that_still_wait_are_kept(world: World) -> None:
    BatchMark.objects.create(inbound_ids=[_mail()], started_at=NOW)
    assert forget_settled() == 0 and BatchMark.objects.count() == 1
