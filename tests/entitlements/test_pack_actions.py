"""Packs in the database: imported as drafts, brought into force, laid aside."""

from typing import Any

import pytest

from heliodesk.entitlements import actions, packs
from heliodesk.entitlements.contract_rules import Refused
from heliodesk.entitlements.models import PolicyPack
from heliodesk.entitlements.pack.nodes import PackError
from heliodesk.entitlements.pack.shipped import shipped_source
from heliodesk.journal.models import Event
from heliodesk.journal.record import By
from tests import make
from tests.make import NOW

DONE: Any = {"by": By("user", 1, "Lee"), "at": NOW}
OTHER = shipped_source("tidewater-2026")
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def shipped() -> None:
    actions.activate_shipped(at=NOW)


def test_an_imported_pack_waits_as_a_draft() -> None:
    row = actions.import_pack(OTHER, file="own.yaml", **DONE)
    assert (row.code, row.version, row.state) == ("tidewater-2026", 1, "draft")
    assert packs.active().code == "mimecast-2018"
    assert actions.import_pack(OTHER, file="own.yaml", **DONE) == row


def test_a_faulty_pack_is_refused_with_file_line_and_reason() -> None:
    with pytest.raises(PackError, match=r"own\.yaml:\d+: .*zone"):
        actions.import_pack(OTHER.replace("zone: ", "zone: Nowhere/", 1), file="own.yaml", **DONE)
    assert PolicyPack.objects.count() == 1


def test_a_draft_goes_into_force_and_the_old_one_is_kept() -> None:
    before = packs.active()
    draft = actions.draft_pack(PolicyPack.objects.get(), **DONE)
    source = draft.source.replace("default: P3", "default: P4", 1)
    actions.write_draft(draft, source=source, **DONE)
    actions.activate(draft, **DONE)
    after = packs.active()
    assert (after.version, after.policy.settings.severity_default) == (2, "P4")
    assert PolicyPack.objects.get(pk=before.id).state == "retired"
    assert packs.policy_of(before.id, 0).settings.severity_default == "P3"
    told = list(Event.objects.filter(subject_kind="pack").values_list("verb", flat=True))
    assert told == ["drafted", "written", "activated"]


def test_only_drafts_are_written_and_only_with_their_own_pack() -> None:
    with pytest.raises(Refused, match="not a draft"):
        actions.write_draft(PolicyPack.objects.get(), source=OTHER, **DONE)
    draft = actions.draft_pack(PolicyPack.objects.get(), **DONE)
    with pytest.raises(Refused, match="Import it"):
        actions.write_draft(draft, source=OTHER, **DONE)


def test_a_pack_that_lacks_sold_packages_is_not_activated_by_mistake() -> None:
    make.account(package="platinum")
    draft = actions.import_pack(OTHER, file="own.yaml", **DONE)
    with pytest.raises(Refused, match="1 of platinum"):
        actions.activate(draft, **DONE)
    actions.activate(draft, accept_losses=True, **DONE)
    assert packs.active().code == "tidewater-2026"


def test_what_is_in_force_is_neither_retired_nor_activated_again() -> None:
    running = PolicyPack.objects.get()
    for verb in (actions.retire, actions.activate):
        with pytest.raises(Refused, match="in force"):
            verb(running, **DONE)


def test_a_draft_is_laid_aside_and_may_come_back() -> None:
    draft = actions.draft_pack(PolicyPack.objects.get(), **DONE)
    assert actions.retire(draft, **DONE).state == "retired"
    assert actions.activate(draft, **DONE).state == "active"
