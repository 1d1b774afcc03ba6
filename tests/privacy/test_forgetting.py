"""Retention, and what is done for a person: counted first, done in pieces, told without names."""

import io
import json
import zipfile
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.utils import IntegrityError

from heliodesk.cases.models import Case, Message, Participant
from heliodesk.channels import blobs
from heliodesk.channels.models import Inbound, Outbound
from heliodesk.customers.models import Contact, ContactAddress
from heliodesk.identity.models import User
from heliodesk.journal.models import Event
from heliodesk.journal.record import By, Happening, record
from heliodesk.privacy import actions, jobs, queries
from heliodesk.privacy.models import Hold, Retention, Task, UnusedBlob
from heliodesk.privacy.rules import Keep, Refused
from heliodesk.telephony.models import Call
from tests import make

NOW = make.NOW
OLD = NOW - timedelta(days=1000)

pytestmark = pytest.mark.django_db


@pytest.fixture
def done() -> Any:
    user = make.user(role="admin")
    return {"by": By("user", user.pk, user.name, "admin"), "at": NOW}


def work() -> None:
    while jobs.work(NOW):
        pass
    assert list(Task.objects.filter(state="failed").values_list("error", flat=True)) == []


def closed(contact: Any = None, *, at: Any = OLD, **fields: Any) -> Case:
    return make.case(
        contact=contact, opened_at=at, state="closed", resolved_at=at, closed_at=at, **fields
    )


def inbound(**fields: Any) -> Inbound:
    defaults: dict[str, Any] = {
        "channel": "smtp",
        "received_at": OLD,
        "raw": b"From: x\n\nhello",
        "size": 14,
        "state": "filed",
    }
    return Inbound.objects.create(**{**defaults, **fields})


def call(**fields: Any) -> Call:
    return Call.objects.create(
        key=f"t:{Call.objects.count()}", source="twiml", state="ended", started_at=OLD,
        ended_at=OLD, **fields,
    )  # fmt: skip


def test_old_cases_lose_their_words_and_stay_for_the_figures(done: Any) -> None:
    case, young = closed(text="Our pump is broken"), closed(at=NOW, text="Fresh")
    file = make.attachment(case.messages.get(), data=b"a drawing")
    mail = inbound()
    Message.objects.filter(case=case).update(inbound=mail)
    assert queries.would_go(Keep.CASES, 12, NOW) == 1
    assert Case.objects.get(pk=case.pk).title != case.ref
    actions.keep_for(Keep.CASES, months=12, **done)
    actions.run(Keep.CASES, **done)
    with pytest.raises(Refused, match="under way"):
        actions.run(Keep.CASES, **done)
    work()
    case.refresh_from_db()
    message = case.messages.get()
    assert (case.title, case.state, case.flags) == (case.ref, "closed", ["emptied"])
    assert (message.text, message.author_name, message.author_address) == ("", "", "")
    assert not message.attachments.exists() and not case.participants.exists()
    mail.refresh_from_db()
    assert bytes(mail.raw) == b"" and mail.size == 14
    assert young.messages.get().text == "Fresh"
    assert queries.would_go(Keep.CASES, 12, NOW) == 0
    task = Task.objects.get()
    assert (task.total, task.done, task.state) == (1, 1, "done")
    assert Event.objects.get(verb="retention_ran").data["gone"] == 1
    jobs.drop_unused(NOW)
    assert blobs.exists(file.sha256)
    UnusedBlob.objects.update(since=NOW + timedelta(days=400))
    jobs.drop_unused(NOW + timedelta(days=500))
    assert not blobs.exists(file.sha256) and not UnusedBlob.objects.exists()


def test_a_file_that_somebody_sent_again_stays(done: Any) -> None:
    case, other = closed(text="One"), make.case(text="Two")
    file = make.attachment(case.messages.get(), data=b"the same")
    make.attachment(other.messages.get(), data=b"the same")
    actions.keep_for(Keep.CASES, months=12, **done)
    actions.run(Keep.CASES, **done)
    work()
    UnusedBlob.objects.update(since=NOW + timedelta(days=400))
    jobs.drop_unused(NOW + timedelta(days=500))
    assert blobs.get(file.sha256) == b"the same"


def test_a_blob_put_again_since_is_not_removed() -> None:
    name = blobs.put(b"kept")
    assert not blobs.remove(name, unless_since=OLD)
    assert blobs.get(name) == b"kept"
    assert blobs.remove(name, unless_since=NOW + timedelta(days=4000))
    assert not blobs.exists(name)
    assert blobs.get(blobs.put(b"kept")) == b"kept"


def test_a_legal_hold_keeps_all_until_it_is_lifted(done: Any) -> None:
    ada = make.contact(make.account(), name="Ada Byron")
    held = closed(ada, account=ada.roles.get().account, text="Evidence")
    mail = inbound()
    Message.objects.filter(case=held).update(inbound=mail)
    call(case=held, caller="+44123456789")
    hold = actions.put_hold("account", held.account_id, label="Acme", reason="Lawsuit", **done)
    for keep in Keep:
        actions.keep_for(keep, months=12, **done)
        assert queries.would_go(keep, 12, NOW) == 0, keep
    for keep in (Keep.CASES, Keep.RAW_MAIL, Keep.CALLS):
        actions.run(keep, **done)
    work()
    assert held.messages.get().text == "Evidence" and bytes(Inbound.objects.get().raw)
    with pytest.raises(Refused, match="legal hold"):
        actions.forget(ada, erase=True, typed="Ada Byron", **done)
    with pytest.raises(Refused, match="already"):
        actions.put_hold("account", held.account_id, label="Acme", reason="Again", **done)
    actions.lift_hold(hold, **done)
    actions.run(Keep.CASES, **done)
    work()
    assert held.messages.get().text == "" and not queries.any_hold()
    assert Hold.objects.get().lifted_at == NOW


def test_raw_mail_and_calls_go_and_their_traces_stay(done: Any) -> None:
    old, waiting, young = inbound(), inbound(state="waiting"), inbound(received_at=NOW)
    spoken = call(caller="+44123456789", note="Angry", talked_seconds=60)
    for keep in (Keep.RAW_MAIL, Keep.CALLS):
        actions.keep_for(keep, months=1, **done)
        assert queries.would_go(keep, 1, NOW) == 1
        actions.run(keep, **done)
    work()
    left = {row.pk: bytes(row.raw) for row in Inbound.objects.all()}
    assert left[old.pk] == b"" and left[waiting.pk] and left[young.pk]
    spoken.refresh_from_db()
    assert (spoken.caller, spoken.note, spoken.talked_seconds) == ("", "", 60)


def test_events_go_by_age_only_and_never_young_ones(done: Any) -> None:
    at = OLD
    with connection.cursor() as cursor:
        cursor.execute("select now()")
        today = cursor.fetchone()[0]
    record([Happening("old", "case", 1)] * 3, by=done["by"], at=at)
    record([Happening("young", "case", 1)], by=done["by"], at=today)
    for change in ("delete from journal_event", "update journal_event set verb = 'x'"):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(change)
    too_young = "select journal_forget(now() - interval '3 days', 10)"
    with (
        pytest.raises(IntegrityError, match="180 days"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(too_young)
    actions.keep_for(Keep.AUDIT, months=7, **done)
    assert queries.would_go(Keep.AUDIT, 7, today) == 3
    Retention.objects.filter(keep="audit").update(ran_at=None)
    assert jobs.begin_retention(today) == 1 and jobs.begin_retention(today) == 0
    while jobs.work(today):
        pass
    verbs = set(Event.objects.values_list("verb", flat=True))
    assert "old" not in verbs and {"young", "retention_set", "retention_ran"} <= verbs
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("delete from journal_event")


def person() -> tuple[Contact, Case]:
    """Ada: two addresses, a sign-in, a case with an answer, a call, a mail."""
    account = make.account()
    ada = make.contact(
        account, name="Ada Byron", phone="+44 20 7946 0018",
        addresses=("ada@byron.example", "a.b@home.example"), valid_to=OLD.date(),
        valid_from=OLD.date(),
    )  # fmt: skip
    make.sign_in_of(ada)
    case = closed(ada, account=account, title="Ada Byron cannot print",
                  text="Hello, Ada Byron here, call 020 7946 0018")  # fmt: skip
    Participant.objects.create(case=case, contact=ada, address="a.b@home.example", added_at=OLD)
    mail = inbound(envelope_from="ada@byron.example")
    inbound(envelope_from="Ada@Byron.example", state="dropped")
    Message.objects.filter(case=case).update(inbound=mail, to=["help@desk.example"])
    make.attachment(case.messages.get(), data=b"her file", name="ada byron.txt")
    colleague = make.user(name="Lee Roy")
    make.message(case, direction="out", by=colleague, text="Dear Ada, done.\nLee",
                 to=["ada@byron.example"])  # fmt: skip
    make.message(case, direction="note", by=colleague, text="Byron is right")
    Outbound.objects.create(
        key="k", kind="reply", subject_kind="case", subject_id=case.pk, automatic=False,
        to=["ada@byron.example"], from_address="help@desk.example", subject="Re", state="sent",
        text="Dear Ada Byron", message_id="<x@desk.example>", created_at=OLD,
    )  # fmt: skip
    call(contact=ada, case=case, caller="+442079460018", note="Ada is upset")
    by = By("contact", ada.pk, "Ada Byron")
    record([Happening("hear", "case", case.pk, {"from": "ada@byron.example"})], by=by, at=OLD)
    return ada, case


def everything() -> str:
    """All that the database holds, as one text."""
    with connection.cursor() as cursor:
        cursor.execute("select tablename from pg_tables where schemaname = current_schema()")
        tables = [row[0] for row in cursor.fetchall()]
        found = []
        for table in tables:
            every = f"select coalesce(string_agg(t::text, ';'), '') from \"{table}\" t"
            cursor.execute(every)
            found.append(cursor.fetchone()[0])
    return "\n".join(found)


@pytest.mark.parametrize("erase", [False, True])
def test_a_person_is_taken_out_of_everything(done: Any, erase: bool) -> None:
    ada, case = person()
    before = everything()
    assert "Ada Byron" in before and "ada@byron.example" in before
    with pytest.raises(Refused, match="Type the name"):
        actions.forget(ada, erase=erase, typed="Ada", **done)
    actions.forget(ada, erase=erase, typed="Ada Byron", **done)
    with pytest.raises(Refused, match="under way"):
        actions.forget(ada, erase=erase, typed="Ada Byron", **done)
    work()
    after = everything().casefold()
    for word in ("ada byron", "ada@byron", "a.b@home", "7946", "dear ada", "byron is"):
        assert word not in after, word
    ada.refresh_from_db()
    assert (ada.name, ada.active, ada.user_id) == (f"Anonymised person {ada.pk}", False, None)
    assert not ContactAddress.objects.filter(contact=ada).exists()
    assert not User.objects.filter(role="contact").exists()
    case.refresh_from_db()
    told, answer, note = case.messages.order_by("pk")
    assert answer.text == f"Dear Anonymised person {ada.pk}, done.\nLee"
    assert answer.author_name == "Lee Roy" and note.text.endswith("is right")
    if erase:
        assert (told.text, case.title) == ("", case.ref) and not told.attachments.exists()
    else:
        assert told.text.startswith("Hello, Anonymised person") and told.attachments.exists()
        assert case.title == f"Anonymised person {ada.pk} cannot print"
    assert case.participants.count() == 1
    assert {bytes(row.raw) for row in Inbound.objects.all()} == {b""}
    verbs = list(Event.objects.filter(subject_kind="contact").values_list("verb", flat=True))
    assert verbs == (["erase_asked", "erased"] if erase else ["anonymise_asked", "anonymised"])
    task = Task.objects.get()
    assert (task.state, task.words, task.case_ids, task.done) == ("done", {}, [], 1)
    with pytest.raises(Refused, match="nothing is kept"):
        actions.export(ada, **done)
    if not erase:
        found = Message.objects.extra(where=["search @@ to_tsquery('simple', 'byron')"])
        assert not found.exists()


def test_what_stands_in_the_way_is_said(done: Any) -> None:
    account = make.account()
    make.contract(account)
    ada = make.contact(account, name="Ada Byron", kind="designated")
    make.case(account, ada)
    codes = [one.code for one in queries.obstacles(ada, NOW)]
    assert codes == ["open_case", "open_contract"]
    with pytest.raises(Refused, match="close them first"):
        actions.forget(ada, erase=False, typed="Ada Byron", **done)
    assert not Task.objects.exists()


def test_what_changed_meanwhile_stops_it(done: Any) -> None:
    ada, _case = person()
    actions.forget(ada, erase=True, typed="Ada Byron", **done)
    make.case(contact=ada)
    jobs.work(NOW)
    task = Task.objects.get()
    assert task.state == "failed" and "open" in task.error and task.words == {}
    assert Contact.objects.get(pk=ada.pk).name == "Ada Byron"


def test_an_export_holds_what_is_kept_and_is_fetched_once_by_who_asked(done: Any) -> None:
    ada, case = person()
    task = actions.export(ada, **done)
    work()
    task.refresh_from_db()
    stranger = By("user", make.user(role="admin").pk, "Other", "admin")
    with pytest.raises(Refused, match="Only the one"):
        actions.fetch(task, by=stranger, at=NOW)
    archive = zipfile.ZipFile(io.BytesIO(actions.fetch(task, **done)))
    person_said = json.loads(archive.read("person.json"))
    assert person_said["name"] == "Ada Byron"
    assert person_said["addresses"] == ["ada@byron.example", "a.b@home.example"]
    (told,) = json.loads(archive.read("cases.json"))
    assert told["ref"] == case.ref and len(told["messages"]) == 2
    assert "Byron is right" not in archive.read("cases.json").decode()
    assert json.loads(archive.read("calls.json"))[0]["caller"] == "+442079460018"
    names = archive.namelist()
    (file,) = [name for name in names if name.startswith("attachments/")]
    assert archive.read(file) == b"her file"
    assert sum(name.startswith("messages/") for name in names) == 2
    with pytest.raises(Refused, match="fetched already"):
        actions.fetch(task, **done)


def test_an_export_that_nobody_fetches_is_let_go(done: Any) -> None:
    ada, _case = person()
    actions.export(ada, **done)
    work()
    assert jobs.drop_unused(NOW) == 0
    assert jobs.drop_unused(NOW + timedelta(days=8)) == 1
    assert Task.objects.get().archive is None
