"""A small desk for intake: two mailboxes, the shipped policy, three customers and a partner."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from heliodesk.channels.models import Mailbox
from heliodesk.customers.models import Account, Contact, ContactAddress, ContactRole, Partnership
from heliodesk.entitlements.actions import activate_shipped
from tests import make
from tests.make import NOW

NORTHWIND = "10-2233-0012345"
HALVORSEN = "20-1111-0000001"
JERSEY = "30-0000-0000003"
PARTNER = "40-0000-0000004"


@dataclass
class World:
    """What intake tests refer to by name."""

    onshore: Mailbox
    offshore: Mailbox
    northwind: Account
    halvorsen: Account
    jersey: Account
    partner: Account
    mara: Contact


@pytest.fixture
def world(db: None, settings: Any, tmp_path: Path) -> World:
    """The desk as it stands at the moment at which tests play."""
    settings.DATA = tmp_path
    activate_shipped(at=NOW)
    onshore = make.mailbox(address="support@meridian.example", region="UK")
    offshore = make.mailbox(address="support@foreshore.example", region="OFF", offshore=True)
    northwind = make.account(
        name="Northwind Freight",
        identifier=NORTHWIND,
        package="gold",
        region="UK",
        domain="northwind.example",
    )
    halvorsen = make.account(
        name="Halvorsen Marine", identifier=HALVORSEN, package="silver", region="UK"
    )
    jersey = make.account(
        name="Jersey Trust", identifier=JERSEY, package="silver", region="OFF", offshore=True
    )
    partner = make.account(name="Helping Hands", identifier=PARTNER, region="UK", is_partner=True)
    mara = make.contact(
        northwind, name="Mara Lind", address="mara@northwind.example", kind="designated"
    )
    make.contact(halvorsen, name="Ove Dahl", address="ove@halvorsen.example")
    make.contact(jersey, name="Jo Reed", address="jo@jersey.example")
    make.contact(partner, name="Pat Hand", address="pat@hands.example")
    gone = make.contact(northwind, name="Gone Away", address="gone@northwind.example")
    Contact.objects.filter(pk=gone.pk).update(active=False)
    both = make.contact(northwind, name="Both Sides", address="both@consult.example")
    ContactRole.objects.create(
        contact=both, account=halvorsen, kind="authorised", valid_from="2026-01-01"
    )
    ContactAddress.objects.create(contact=mara, address="mara.lind@private.example")
    Partnership.objects.create(
        partner=partner, customer=northwind, kind="msp", valid_from="2026-01-01"
    )
    Partnership.objects.create(
        partner=partner, customer=halvorsen, kind="msp", valid_from="2025-01-01",
        valid_to="2026-01-01",
    )  # fmt: skip
    return World(onshore, offshore, northwind, halvorsen, jersey, partner, mara)
