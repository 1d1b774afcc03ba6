"""Fields, checklists, time, escalations, splits and files, for programs."""

from datetime import timedelta
from typing import Any

import pytest

from heliodesk.api.openapi import described_api
from heliodesk.cases.actions import setting_up
from heliodesk.cases.actions.setting_up import FieldPlan, ListPlan
from heliodesk.cases.models import Case, CaseSplit
from heliodesk.channels import blobs, uploads
from heliodesk.channels.models import Outbound, Upload
from heliodesk.identity.models import Team, TeamMember
from heliodesk.identity.rules import Role
from heliodesk.journal.models import Event
from heliodesk.journal.record import SYSTEM
from heliodesk.kernel import clock
from heliodesk.kernel.references import spoken
from heliodesk.notifications.models import Notice
from tests import make
from tests.api.conftest import Programs
from tests.api.test_api import fits, told

pytestmark = pytest.mark.django_db
SCHEMAS = described_api()["components"]["schemas"]


def like(value: Any, shape: str) -> Any:
    """The value, which has exactly the fields of this schema."""
    fits(value, {"$ref": f"#/components/schemas/{shape}"}, SCHEMAS)
    return value


def test_fields_are_read_and_set_as_on_the_page(program: Programs, case: Case) -> None:
    asks, address = program(), f"/cases/{case.ref}/fields"
    for label, value in (("Serial number", "number"), ("Root cause", "text")):
        setting_up.add_field(FieldPlan(label=label, value=value), by=SYSTEM, at=make.NOW)
    found = like(told(asks.get(address)), "FieldList")["fields"]
    assert [(one["code"], one["value"]) for one in found] == [
        ("serial_number", None), ("root_cause", None),
    ]  # fmt: skip
    values = {"serial_number": "3,50", "root_cause": "A cable"}
    now = told(asks.post(address, {"values": values}))["fields"]
    assert {one["code"]: one["value"] for one in now} == values | {"serial_number": "3.5"}
    now = told(asks.post(address, {"values": {"root_cause": ""}}))["fields"]
    assert [one["value"] for one in now] == ["3.5", None]
    for wrong in ({"serial_number": "many"}, {"no_such": "x"}):
        assert asks.post(address, {"values": wrong}).status_code == 409
    for malformed in ({"serial_number": 3}, [], None):
        assert asks.post(address, {"values": malformed}).status_code == 422


def test_checklists_are_put_on_ticked_and_taken_off(program: Programs, case: Case) -> None:
    asks, address = program(), f"/cases/{case.ref}/checklists"
    plan = ListPlan(name="Playbook", steps=[("Look", True), ("Tell", False)])
    row = setting_up.write_checklist(None, plan, by=SYSTEM, at=make.NOW)
    offered = like(told(asks.get(address)), "Checklists")["offered"]
    assert offered == [{"id": row.pk, "name": "Playbook"}]
    now = like(told(asks.post(address, {"checklist": row.pk})), "Checklists")
    (put,) = now["checklists"]
    assert now["offered"] == []
    step = put["steps"][0]
    assert (step["text"], step["required"], step["done"]) == ("Look", True, False)
    now = told(asks.post(f"{address}/tick", {"step": step["id"]}))
    assert now["checklists"][0]["steps"][0]["done"]
    assert now["checklists"][0]["steps"][0]["by"] == asks.user.name
    now = told(asks.post(f"{address}/tick", {"step": step["id"], "done": False}))
    assert not now["checklists"][0]["steps"][0]["done"]
    assert asks.post(f"{address}/tick", {"step": 987654}).status_code == 409
    gone = told(asks.post(f"{address}/remove", {"checklist": put["id"]}))
    assert gone["checklists"] == []


def test_time_is_entered_listed_and_taken_back(program: Programs, case: Case) -> None:
    asks, address = program(), f"/cases/{case.ref}/time"
    ids = []
    for n in (10, 20, 30):
        entry = told(asks.post(address, {"minutes": n, "note": f"{n}"}), 201)
        ids.append(like(entry, "TimeEntry")["id"])
    page = like(told(asks.get(address, limit=2)), "TimeList")
    assert (page["minutes"], [one["minutes"] for one in page["entries"]]) == (60, [30, 20])
    assert page["entries"][0]["person"] == {"id": asks.user.pk, "name": asks.user.name}
    rest = told(asks.get(address, limit=2, after=page["next"]))
    assert ([one["minutes"] for one in rest["entries"]], rest["next"]) == ([10], None)
    told(asks.post(f"{address}/remove", {"entry": ids[0]}))
    assert told(asks.get(address))["minutes"] == 50
    other = program(role=Role.AGENT)
    assert other.post(f"{address}/remove", {"entry": ids[1]}).status_code == 409
    later = (clock.now() + timedelta(days=3)).date().isoformat()
    assert asks.post(address, {"minutes": 5, "day": later}).status_code == 409
    assert asks.post(address, {"minutes": 2000}).status_code == 422


def test_a_case_is_escalated_by_address_or_team_and_settled(program: Programs, case: Case) -> None:
    asks, address = program(), f"/cases/{case.ref}/escalate"
    colleague, team = make.user(), Team.objects.create(code="net", name="Network")
    TeamMember.objects.create(team=team, user=make.user())
    for wrong in (
        {}, {"colleague": "nobody@desk.example"}, {"team": "Nobody"},
        {"team": "net", "colleague": colleague.email},
    ):  # fmt: skip
        assert asks.post(address, {"reason": "It burns", **wrong}).status_code == 409
    told(asks.post(address, {"reason": "It burns", "colleague": colleague.email.upper()}))
    assert Notice.objects.get(user=colleague, verb="escalate").data["reason"] == "It burns"
    told(asks.post(address, {"reason": "Routing", "team": "network"}))
    assert Notice.objects.filter(verb="escalate").count() == 2
    told(asks.post(f"/cases/{case.ref}/calm"))
    assert asks.post(f"/cases/{case.ref}/calm").status_code == 409


def test_a_case_is_split_and_put_together_again(program: Programs, case: Case) -> None:
    asks = program()
    second = make.message(case, text="And another thing.")
    body = {"messages": [second.pk], "title": "Another thing", "priority": "P3"}
    assert asks.post(f"/cases/{case.ref}/split", {**body, "kind": "nonsense"}).status_code == 409
    answer = asks.post(f"/cases/{case.ref}/split", body)
    new = told(answer, 201)
    assert answer["Location"] == new["url"]
    assert (new["title"], new["kind"]) == ("Another thing", case.kind)
    moved = told(asks.get(f"/cases/{new['ref']}"))["messages"]
    assert [one["text"] for one in moved] == ["And another thing."]
    assert CaseSplit.objects.get().source_id == case.pk
    gone = told(asks.post(f"/cases/{new['ref']}/unsplit"))
    assert (gone["state"], gone["merged_into"]) == ("cancelled", case.ref)


def test_the_customer_hears_of_a_split_if_the_program_says_so(
    program: Programs, case: Case
) -> None:
    asks = program()
    contact = case.contact
    assert contact
    contact.language = "fr"
    contact.save(update_fields=["language"])
    second = make.message(case, text="And another thing.")
    body = {"messages": [second.pk], "title": "Another thing", "priority": "P3"}
    first = told(asks.post(f"/cases/{case.ref}/split", body), 201)
    assert not Outbound.objects.filter(kind="acknowledgement").exists()
    told(asks.post(f"/cases/{first['ref']}/unsplit"))
    third = make.message(case, text="And a third.")
    wanted = {**body, "messages": [third.pk], "tell": True}
    assert asks.post(f"/cases/{case.ref}/split", {**wanted, "tell": "yes"}).status_code == 422
    new = told(asks.post(f"/cases/{case.ref}/split", wanted), 201)
    letter = Outbound.objects.get(kind="acknowledgement")
    assert spoken(new["ref"]) in letter.text
    assert "fait désormais l’objet d’une demande à part" in letter.text


def test_a_file_is_fetched_only_where_the_case_may_be_seen(program: Programs, case: Case) -> None:
    asks = program()
    data = b"<script>alert(1)</script>"
    row = make.attachment(
        make.message(case), data=data, name="tränen \u202e.html", content_type="text/html"
    )
    answer = asks.get(f"/files/{row.pk}")
    assert (answer.status_code, answer.content) == (200, data)
    assert answer["Content-Disposition"].startswith("attachment;")
    assert "sandbox" in answer["Content-Security-Policy"]
    hidden = make.attachment(make.message(make.case(offshore=True)))
    assert asks.get(f"/files/{hidden.pk}").status_code == 404
    assert asks.get("/files/987654321").status_code == 404
    assert program(scopes=["write"]).get(f"/files/{row.pk}").status_code == 403


def test_a_file_is_sent_ahead_and_taken_by_a_message(program: Programs, case: Case) -> None:
    asks = program()
    data = bytes(range(256)) * 30_000  # more than fits into a request of JSON
    sent = told(asks.post("/files?name=C:\\logs\\trace.pcap", data, content_type="x/pcap"), 201)
    like(sent, "Uploaded")
    assert (sent["name"], sent["size"]) == ("trace.pcap", len(data))
    assert program().post(
        f"/cases/{case.ref}/note", {"text": "x", "uploads": [sent["upload"]]}
    ).status_code == 422  # another's  # fmt: skip
    note = {"text": "The trace.", "uploads": [sent["upload"]]}
    told(asks.post(f"/cases/{case.ref}/note", note), 201)
    file = case.messages.get(direction="note").attachments.get()
    assert (file.name, file.content_type, blobs.get(file.sha256)) == ("trace.pcap", "x/pcap", data)
    assert not Upload.objects.exists()
    again = asks.post(f"/cases/{case.ref}/note", note)
    assert again.status_code == 422
    assert again.json()["errors"][0]["field"] == "uploads"


def test_a_refused_message_leaves_its_file_waiting(program: Programs, case: Case) -> None:
    asks = program()
    token = told(asks.post("/files?name=a.txt", b"a", content_type="text/plain"), 201)["upload"]
    Case.objects.filter(pk=case.pk).update(state="cancelled")
    body = {"text": "Hello.", "uploads": [token]}
    assert asks.post(f"/cases/{case.ref}/reply", body).status_code == 409
    assert Upload.objects.get().token == token
    uploads.forget_old(at=clock.now() + timedelta(days=2))
    assert not Upload.objects.exists()


def test_a_file_with_a_key_is_sent_once_and_one_too_large_not_at_all(
    program: Programs, settings: Any
) -> None:
    settings.WEB_FILE_MAX_BYTES = 10
    asks = program()
    for _ in range(2):
        answer = asks.post("/files?name=a", b"0123456789", key="k", content_type="text/plain")
        assert answer.status_code == 201
    assert answer["Idempotency-Replayed"] == "true"
    assert Upload.objects.count() == 1
    other = asks.post("/files?name=a", b"0123456780", key="k", content_type="text/plain")
    assert other.status_code == 422
    assert asks.post("/files", b"0" * 11, content_type="text/plain").status_code == 413
    assert asks.post("/files", b"", content_type="text/plain").status_code == 422


def test_what_is_beside_a_hidden_case_is_hidden(program: Programs, case: Case) -> None:
    hidden, asks = make.case(offshore=True), program()
    for path in ("fields", "checklists", "time"):
        assert asks.get(f"/cases/{hidden.ref}/{path}").status_code == 404
    assert asks.post(f"/cases/{hidden.ref}/time", {"minutes": 5}).status_code == 404
    assert not Event.objects.filter(subject_id=hidden.pk, verb="log_time").exists()
