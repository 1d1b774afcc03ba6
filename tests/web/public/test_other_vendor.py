"""The public page under another vendor's policy: its own words for an outage, its own numbers."""

from typing import Any

from django.test import Client

from heliodesk.entitlements import actions
from heliodesk.entitlements.pack.shipped import shipped_source
from heliodesk.journal.record import SYSTEM
from heliodesk.web.portal import brand
from tests import make
from tests.make import NOW


def test_no_word_of_the_sample_is_on_another_vendors_page(
    client: Client, db: None, settings: Any, tmp_path: Any
) -> None:
    settings.DATA = tmp_path
    actions.activate_shipped(at=NOW)
    pack = actions.import_pack(
        shipped_source("tidewater-2026"), file="tidewater.yaml", by=SYSTEM, at=NOW
    )
    actions.activate(pack, accept_losses=True, by=SYSTEM, at=NOW)
    make.mailbox(name="Tidewater Support")
    brand.forget()
    page = client.get("/get-support/").content.decode()
    assert "No booking can be taken" in page
    assert "Mimecast" not in page
    assert "mimecast" not in page
