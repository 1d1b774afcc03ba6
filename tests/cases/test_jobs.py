"""The room's background work that nothing else shows."""

import pytest
from django.db import connection
from tests import make
from tests.make import NOW

from heliodesk.cases import jobs

pytestmark = pytest.mark.django_db


def test_new_words_are_sorted_into_the_search() -> None:
    case = make.case()
    jobs.sort_words(NOW)
    make.message(case, text="The conveyor stands still")
    with connection.cursor() as cursor:
        cursor.execute("update cases_message set search = to_tsvector('simple', text)")
    assert jobs.sort_words(NOW) > 0
    assert jobs.sort_words(NOW) == 0


def test_the_list_of_new_words_is_kept_short() -> None:
    with connection.cursor() as cursor:
        cursor.execute("select reloptions from pg_class where relname = 'message_search'")
        assert cursor.fetchone()[0] == ["gin_pending_list_limit=1024"]
