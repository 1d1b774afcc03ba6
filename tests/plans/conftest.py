"""A desk with some thousands of cases, and a watch on every statement."""

from collections.abc import Iterator
from typing import Any

import pytest
from bench import loader
from django.db import connection, transaction

from heliodesk.entitlements.actions import activate_shipped
from tests import make
from tests.plans.watching import Watch
from tests.web.conftest import browser, nothing_remembered

__all__ = ["browser", "nothing_remembered"]
CASES = 1_000


@pytest.fixture(scope="module")
def crowd(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """So many cases as a plan needs to be that of a large desk; all gone afterwards."""
    with django_db_blocker.unblock(), transaction.atomic():
        activate_shipped(at=make.NOW)
        make.user()
        with connection.cursor() as cursor:
            loader.fill(cursor.connection, CASES)
            cursor.execute("analyze")
        yield
        transaction.set_rollback(True)


@pytest.fixture
def watch(monkeypatch: pytest.MonkeyPatch) -> Watch:
    """Notes every statement from now on."""
    return Watch(monkeypatch)
