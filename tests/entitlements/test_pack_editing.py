"""Single values of a pack changed in its text, the rest of it left as it was."""

from datetime import datetime
from difflib import unified_diff
from typing import Any

import pytest

from heliodesk.entitlements import actions
from heliodesk.entitlements.contract_rules import Refused
from heliodesk.entitlements.models import PolicyPack
from heliodesk.entitlements.pack.editing import NotThere, decide_cells, set_settings
from heliodesk.entitlements.pack.model import Tag
from heliodesk.entitlements.pack.nodes import PackError
from heliodesk.entitlements.pack.reader import read_pack
from heliodesk.entitlements.pack.shipped import shipped_source
from heliodesk.journal.record import By
from tests.make import NOW

SOURCE = shipped_source("mimecast-2018")
DECIDED = "Decided by Ines: “no”, 23 Nov 2026"
BY: Any = {"by": By("user", 1, "Ines", "admin"), "at": NOW}


def changed(before: str, after: str) -> list[str]:
    lines = unified_diff(before.splitlines(), after.splitlines(), n=0, lineterm="")
    return [line for line in lines if line[0] in "+-" and line[:3] not in ("---", "+++")]


def test_cells_are_decided_in_their_lines() -> None:
    wanted = {("beta_eligibility", "gold"): False, ("annual_video_training", "silver"): "annual"}
    text = decide_cells(SOURCE, wanted, DECIDED)
    assert len(changed(SOURCE, text)) == 4
    pack = read_pack(text, "x")
    rows = {row.code: row for row in pack.offerings()}
    gold = rows["beta_eligibility"].cells["gold"]
    assert (gold.value, gold.tag, gold.source) == (False, Tag.OTHER_SOURCE, DECIDED)
    assert rows["annual_video_training"].cells["silver"].value == "annual"
    assert len(pack.to_review()) == 8


def test_a_text_beside_a_cell_is_kept() -> None:
    wanted = {("monitoring_alerting", "gold"): "standard"}
    pack = read_pack(decide_cells(SOURCE, wanted, DECIDED), "x")
    row = next(row for row in pack.offerings() if row.code == "monitoring_alerting")
    assert (row.cells["gold"].value, row.cells["gold"].source) == ("standard", "Proactive")


def test_settings_of_every_type() -> None:
    wanted: dict[str, Any] = {
        "p1.base_designated": False,
        "case.reopen_days": 30,
        "phone.outside": "refuse",
        "targets.label": "our “aim”: so far",
        "p1.criteria": ["cannot_send", "no_applications"],
    }
    text = set_settings(SOURCE, wanted)
    assert len(changed(SOURCE, text)) == 10
    settings = read_pack(text, "x").settings
    assert {key: settings[key].default for key in wanted} == wanted


def test_what_is_not_there_cannot_be_changed() -> None:
    with pytest.raises(NotThere, match="no cell tea of gold"):
        decide_cells(SOURCE, {("tea", "gold"): True}, DECIDED)
    with pytest.raises(NotThere, match="no cell beta_eligibility of tin"):
        decide_cells(SOURCE, {("beta_eligibility", "tin"): True}, DECIDED)
    with pytest.raises(NotThere, match="setting 'tea' is not known"):
        set_settings(SOURCE, {"tea": True})


@pytest.fixture
def running(db: None) -> PolicyPack:
    actions.activate_shipped(at=NOW)
    return PolicyPack.objects.get()


def test_deciding_on_the_pack_in_force_makes_a_draft(running: PolicyPack) -> None:
    draft = actions.decide_cells(running, {("beta_eligibility", "gold"): True}, **BY)
    assert (draft.state, draft.version, draft.made_from) == ("draft", 2, running)
    again = actions.change_settings(draft, {"case.reopen_days": 20}, **BY)
    assert again.pk == draft.pk
    pack = read_pack(again.source, "x")
    assert pack.settings["case.reopen_days"].default == 20
    assert len(pack.to_review()) == 9
    running.refresh_from_db()
    assert running.source == SOURCE


def test_a_value_that_does_not_fit_changes_nothing(running: PolicyPack) -> None:
    with pytest.raises(PackError, match=r"v1:\d+|v2:\d+"):
        actions.decide_cells(running, {("beta_eligibility", "gold"): "tea"}, **BY)
    with pytest.raises(PackError, match=r"phone.outside is one of"):
        actions.change_settings(running, {"phone.outside": "tea"}, **BY)
    with pytest.raises(Refused, match="Nothing was changed"):
        actions.change_settings(running, {}, **BY)
    assert PolicyPack.objects.count() == 1


def test_a_pack_whose_time_is_over_is_not_brought_into_force(running: PolicyPack) -> None:
    source = SOURCE + "\nvalid_until: 2026-03-31\n"
    draft = actions.import_pack(source, file="old.yaml", **BY)
    with pytest.raises(Refused, match="was valid until 2026-03-31"):
        actions.activate(draft, **BY)
    early: Any = {**BY, "at": datetime(2026, 3, 31, 12, tzinfo=NOW.tzinfo)}
    assert actions.activate(draft, **early).state == "active"
    with pytest.raises(PackError, match="a date such as"):
        actions.import_pack(SOURCE + "\nvalid_until: soon\n", file="x", **BY)
