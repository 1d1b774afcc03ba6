"""Makes what customers report in tests of incidents."""

from typing import Any

from heliodesk.cases.models import Case
from tests import make
from tests.make import NOW


def case(*, language: str = "", package: str = "gold", **fields: Any) -> Case:
    """An open case of somebody who can be written to, in a language."""
    account = fields.pop("account", None) or make.account(package=package, region="UK")
    contact = make.contact(account, language=language)
    fields.setdefault("title", "Outgoing mail is delayed")
    fields.setdefault("opened_at", NOW)
    return make.case(account, contact=contact, package=package, **fields)
