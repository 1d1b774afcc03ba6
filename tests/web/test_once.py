"""What many parts of a page ask for is read once while a request is answered."""

import pytest
from django.db import connection

from heliodesk.calendars import book
from heliodesk.kernel import once, reading

ONE = "select 1"


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The statements that reached the database."""
    seen: list[str] = []
    rows = reading.rows

    def count(connection: object, sql: str) -> list[tuple[object, ...]]:
        seen.append(sql)
        return rows(connection, sql)

    monkeypatch.setattr(once.reading, "rows", count)
    return seen


@pytest.mark.django_db
def test_a_request_reads_it_once_and_the_next_one_again(asked: list[str]) -> None:
    for _ in range(2):
        with once.during():
            assert once.rows(connection, ONE) == [(1,)]
            assert once.rows(connection, ONE) == [(1,)]
    assert asked == [ONE, ONE]


@pytest.mark.django_db
def test_outside_of_a_request_nothing_is_kept(asked: list[str]) -> None:
    once.know(ONE, [(2,)])
    assert once.rows(connection, ONE) == once.rows(connection, ONE) == [(1,)]
    assert asked == [ONE, ONE]


@pytest.mark.django_db
def test_what_was_changed_is_read_again(asked: list[str]) -> None:
    with once.during():
        once.know(book.STAMP, [(7,)])
        assert book.stamp() == 7
        once.forget()
        assert book.stamp() != 7
    assert asked == [book.STAMP]


@pytest.mark.django_db
def test_a_read_shows_that_the_connection_lives() -> None:
    connection.health_check_done = False
    reading.rows(connection, ONE)
    assert connection.health_check_done
