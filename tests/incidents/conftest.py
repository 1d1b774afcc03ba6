"""A desk with an incident for tests of incidents."""

import pytest

from heliodesk.identity.models import User
from heliodesk.incidents import actions
from heliodesk.incidents.actions.declaring import Known
from heliodesk.incidents.models import Incident
from heliodesk.journal.record import By
from tests import make
from tests.make import NOW
from tests.oncall import world
from tests.web.conftest import browser, nothing_remembered, portal

__all__ = ["browser", "nothing_remembered", "portal"]


@pytest.fixture
def desk() -> world.Desk:
    make.mailbox(address="support@meridian.example", region="UK")
    return world.desk(NOW)


@pytest.fixture
def lead(desk: world.Desk) -> User:
    return desk.leads["emea"]


@pytest.fixture
def by(lead: User) -> By:
    return world.by(lead)


@pytest.fixture
def incident(by: By) -> Incident:
    return actions.declare(Known("Mail to outside is delayed"), by=by, at=NOW)
