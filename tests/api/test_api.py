"""What programs can do: read, open, answer, every verb; and the documents tell the truth."""

import base64
import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from heliodesk.api.cases import VERBS
from heliodesk.api.endpoints import ENDPOINTS
from heliodesk.api.openapi import described_api
from heliodesk.cases import actions, tags
from heliodesk.cases.models import Case
from heliodesk.channels import blobs
from heliodesk.identity.rules import Role
from heliodesk.journal.models import Event
from tests import make
from tests.api.conftest import Programs

pytestmark = pytest.mark.django_db
DOCS = Path(__file__).parents[2] / "docs" / "api.md"


def told(answer: Any, status: int = 200) -> Any:
    """What the answer says."""
    assert answer.status_code == status, answer.content
    assert answer["Content-Type"] == "application/json"
    said = json.loads(answer.content)
    assert said is not None
    return said


def test_cases_are_listed_by_operators_page_by_page(program: Programs, case: Case) -> None:
    asks = program()
    refs = [make.case(case.account, text="wombat", priority="P2").ref for _ in range(5)]
    seen, after = [], None
    while True:
        page = told(asks.get("/cases", q="wombat", limit=2, **({"after": after} if after else {})))
        seen += [one["ref"] for one in page["cases"]]
        after = page["next"]
        if after is None:
            break
    assert seen == refs[::-1]
    page = told(asks.get("/cases", q="from:mara is:open before:soon account:nobody"))
    assert page["cases"] == []
    assert "“soon” is not a day" in page["hints"][0]
    assert "Nothing here is called “nobody” (account)." in page["hints"]
    (one,) = told(asks.get("/cases", q="from:mara"))["cases"]
    assert one["ref"] == case.ref
    assert one["account"] == {"id": case.account_id, "name": "Northwind Freight"}
    assert one["due_at"] is None
    assert len(told(asks.get("/cases"))["cases"]) == 6


def test_a_case_is_read_with_what_was_said(program: Programs, case: Case) -> None:
    asks = program()
    for n in range(3):
        make.attachment(make.message(case, text=f"more {n}"), name=f"trace{n}.log")
    read = told(asks.get(f"/cases/{case.ref[:4]} {case.ref[4:]}"))
    assert read["case"]["title"] == "Connector stops"
    assert read["participants"][0]["address"] == "mara@northwind.example"
    assert [m["text"] for m in read["messages"]] == ["It stops.", "more 0", "more 1", "more 2"]
    assert read["messages"][1]["attachments"][0]["name"] == "trace0.log"
    page = told(asks.get(f"/cases/{case.ref}/messages", limit=3))
    assert len(page["messages"]) == 3
    rest = told(asks.get(f"/cases/{case.ref}/messages", limit=3, after=page["next"]))
    assert [m["text"] for m in rest["messages"]] == ["more 2"]
    assert rest["next"] is None


def test_a_case_is_opened_answered_and_solved(program: Programs, case: Case) -> None:
    asks = program()
    new = {
        "account": case.account_id, "contact": case.contact_id, "title": "Lyon",
        "text": "Please add it.", "severity": "P2",
    }  # fmt: skip
    answer = asks.post("/cases", new)
    made = told(answer, 201)
    assert answer["Location"] == f"/api/v1/cases/{made['ref']}"
    row = Case.objects.get(ref=made["ref"])
    assert (row.channel, row.severity, row.decision_id is not None) == ("web", "P2", True)
    file = {"name": "a/b.txt", "content": base64.b64encode(b"retry=3").decode()}
    said = told(
        asks.post(
            f"/cases/{row.ref}/reply",
            {"text": "Try this.", "cc": ["x@northwind.example"], "then": "await_customer",
             "attachments": [file]},
        ),
        201,
    )  # fmt: skip
    assert said["case"]["state"] == "pending_customer"
    assert said["case"]["owner"]["name"] == asks.user.name
    kept = row.messages.get(pk=said["message"]).attachments.get()
    assert (kept.name, blobs.get(kept.sha256)) == ("b.txt", b"retry=3")
    told(asks.post(f"/cases/{row.ref}/resume"))
    solved = told(asks.post(f"/cases/{row.ref}/resolve", {"text": "Retries."}))
    assert (solved["state"], solved["resolution"]) == ("resolved", "Retries.")
    event = Event.objects.filter(subject_kind="case", subject_id=row.pk, verb="resolve").get()
    assert (event.by_kind, event.by_id) == ("user", asks.user.pk)


def test_somebody_who_was_faster_is_told(program: Programs, case: Case) -> None:
    asks = program()
    make.user()
    told(asks.post(f"/cases/{case.ref}/reply", {"text": "First."}), 201)
    answer = asks.post(f"/cases/{case.ref}/reply", {"text": "Second.", "version": 1})
    assert answer.status_code == 409


def test_every_verb_does_its_work(program: Programs, case: Case) -> None:
    tags.forget()
    asks = program()
    by = asks.token.user
    person = tokens_by(by)
    actions.add_tag(name="Renewal", hue=1, by=person, at=make.NOW)
    tags.forget()
    other = make.case(case.account, case.contact, text="other")
    colleague = make.user()
    steps: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
        ("take", {}, {"state": "assigned"}),
        ("release", {}, {"state": "new", "owner": None}),
        (
            "assign",
            {"owner": colleague.pk},
            {"owner": {"id": colleague.pk, "name": colleague.name}},
        ),
        ("await_vendor", {}, {"state": "pending_vendor"}),
        ("await_customer", {}, {"state": "pending_customer"}),
        ("resume", {}, {"state": "assigned"}),
        ("prioritise", {"priority": "P2", "reason": "They say so."}, {"priority": "P2"}),
        ("retitle", {"title": "Better"}, {"title": "Better"}),
        ("classify", {"kind": "billing"}, {}),
        ("move", {"queue": "apac"}, {"queue": "apac"}),
        ("tag", {"tags": ["renewal"]}, {"tags": ["Renewal"]}),
        ("untag", {"tags": ["Renewal"]}, {"tags": []}),
        ("link", {"other": other.ref}, {}),
        ("unlink", {"other": other.ref}, {}),
        ("invite", {"address": "new@northwind.example"}, {}),
        ("uninvite", {"address": "new@northwind.example"}, {}),
        ("merge", {"other": other.ref}, {"state": "cancelled", "merged_into": other.ref}),
        ("unmerge", {}, {"merged_into": None}),
        ("resolve", {"text": "Done."}, {"state": "resolved"}),
        ("close", {}, {"state": "closed"}),
        ("reopen", {}, {"state": "assigned"}),
        ("cancel", {"reason": "Spam."}, {"state": "cancelled"}),
    ]
    assert {verb for verb, _, _ in steps} == set(VERBS)
    for verb, body, after in steps:
        answer = asks.post(f"/cases/{case.ref}/{verb}", body)
        if verb == "classify" and answer.status_code == 409:
            continue
        now = told(answer)
        assert {name: now[name] for name in after} == after, verb
    assert asks.post(f"/cases/{case.ref}/take").status_code == 409
    assert asks.post(f"/cases/{other.ref}/tag", {"tags": ["nope"]}).status_code == 409
    assert asks.post(f"/cases/{other.ref}/link", {"other": "1"}).status_code == 409


def tokens_by(user: Any) -> Any:
    from heliodesk.journal.record import By

    return By("user", user.pk, user.name, user.role)


def test_accounts_and_contacts_are_read(program: Programs, case: Case) -> None:
    asks = program()
    make.contact(case.account, name="Zoe Last")
    (account,) = told(asks.get("/accounts", q="northw"))["accounts"]
    assert account["identifier"] == "10-2233-0012345"
    assert told(asks.get(f"/accounts/{account['id']}"))["identifier"] == "10-2233-0012345"
    page = told(asks.get("/contacts", account=case.account_id, limit=1))
    assert [one["name"] for one in page["contacts"]] == ["Mara Lind"]
    page = told(asks.get("/contacts", account=case.account_id, limit=1, after=page["next"]))
    assert [one["name"] for one in page["contacts"]] == ["Zoe Last"]
    assert page["next"] is None
    read = told(asks.get(f"/contacts/{case.contact_id}"))
    assert read["addresses"] == ["mara@northwind.example"]
    assert read["roles"][0]["account"]["name"] == "Northwind Freight"
    assert asks.get("/contacts", after="x").status_code == 422


def test_figures_are_read(program: Programs, case: Case) -> None:
    asks = program(scopes=["reports"])
    report = told(asks.get("/reports/figures", by="package", start="2026-01-01", end="2026-03-01"))
    assert report["total"]["opened"] == 0
    assert report["groups"] == []
    assert asks.get("/reports/figures", start="2020-01-01").status_code == 422
    assert asks.get("/reports/figures", start="x").status_code == 422


def test_who_the_token_acts_for(program: Programs) -> None:
    asks = program(role=Role.AGENT, email="ada@desk.example")
    assert told(asks.get("/me"))["email"] == "ada@desk.example"


def test_the_document_describes_every_endpoint() -> None:
    told = Client().get("/api/v1/openapi.json").json()
    assert told == json.loads(json.dumps(described_api()))
    assert told["openapi"].startswith("3.1")
    names = [op["operationId"] for path in told["paths"].values() for op in path.values()]
    assert sorted(names) == sorted(one.name for one in ENDPOINTS)
    text = json.dumps(told)
    for pointed in set(re.findall(r'"#/components/(\w+)/([\w-]+)"', text)):
        assert pointed[1] in told["components"][pointed[0]], pointed
    for path, methods in told["paths"].items():
        for op in methods.values():
            named = {p["name"] for p in op["parameters"] if p["in"] == "path"}
            assert named == set(re.findall(r"{(\w+)}", path))


def test_the_document_fits_what_is_given(program: Programs, case: Case) -> None:
    """Every answer has exactly the fields of its schema."""
    schemas = described_api()["components"]["schemas"]
    asks = program()
    for path, shape in (
        ("/cases", "CaseList"), (f"/cases/{case.ref}", "CaseDetail"), ("/me", "Owner"),
        ("/accounts", "AccountList"), (f"/contacts/{case.contact_id}", "ContactDetail"),
        ("/reports/figures", "Report"),
    ):  # fmt: skip
        fits(told(asks.get(path)), {"$ref": f"#/components/schemas/{shape}"}, schemas)


def fits(value: Any, schema: dict[str, Any], schemas: dict[str, Any]) -> None:
    """Check a value against a schema, as far as this document goes."""
    if "anyOf" in schema:
        if value is not None:
            fits(value, schema["anyOf"][0], schemas)
        return
    if "$ref" in schema:
        schema = schemas[schema["$ref"].rpartition("/")[2]]
    kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    named = {"string": str, "integer": int, "number": (int, float), "boolean": bool,
             "array": list, "object": dict, "null": type(None)}  # fmt: skip
    assert any(isinstance(value, named[kind]) for kind in kinds), (value, schema)
    if isinstance(value, dict) and "properties" in schema:
        assert set(value) == set(schema["properties"])
        for name, each in value.items():
            fits(each, schema["properties"][name], schemas)
    if isinstance(value, list):
        for each in value:
            fits(each, schema["items"], schemas)


def test_the_reference_is_a_page_for_everybody() -> None:
    page = Client().get("/api/v1/").content.decode()
    for one in ENDPOINTS:
        assert f'id="{one.name}"' in page
        assert f"/api/v1{one.path}" in page
    for anchor in re.findall(r'href="#([\w-]+)"', page):
        assert f'id="{anchor}"' in page, anchor


EXAMPLES = re.findall(r"```sh\n(curl .*?)\n```", DOCS.read_text(), re.DOTALL)


def test_the_guide_has_examples_of_all_kinds() -> None:
    assert len(EXAMPLES) >= 9


@pytest.mark.skipif(not shutil.which("curl"), reason="no curl here")
@pytest.mark.django_db(transaction=True)
def test_the_examples_of_the_guide_work(program: Programs, case: Case, live_server: Any) -> None:
    asks = program()
    ref = ""
    for example in EXAMPLES:
        if '"account": 1' in example:
            example = example.replace('"account": 1', f'"account": {case.account_id}')
            example = example.replace('"contact": 1', f'"contact": {case.contact_id}')
        done = subprocess.run(
            ["sh", "-c", example.replace("curl -sS", "curl -sS --fail-with-body")],
            env={
                "DESK": live_server.url,
                "TOKEN": asks.secret,
                "REF": ref,
                "PATH": "/usr/bin:/bin",
            },
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, (example, done.stdout, done.stderr)
        told = json.loads(done.stdout)
        ref = ref or told.get("ref", "")
        if "account:northwind" in example:
            assert [one["ref"] for one in told["cases"]] == [case.ref]
    assert Case.objects.get(ref=ref).state == "resolved"
