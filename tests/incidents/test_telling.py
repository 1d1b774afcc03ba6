"""One incident, many cases: linked, told once, closed together."""

from datetime import timedelta
from typing import Any

import pytest

from heliodesk.cases import actions as cases
from heliodesk.cases.models import Case, Message
from heliodesk.cases.rules import Refused as CaseRefused
from heliodesk.channels.models import Outbound
from heliodesk.identity.models import User
from heliodesk.incidents import actions, facts, jobs, queries
from heliodesk.incidents.actions.declaring import Known
from heliodesk.incidents.actions.telling import BATCH
from heliodesk.incidents.models import Delivery, Incident, LinkedCase, Update
from heliodesk.incidents.rules import How, Refused
from heliodesk.journal.models import Event
from heliodesk.journal.record import By
from heliodesk.oncall import actions as oncall
from heliodesk.oncall.models import P1, MajorIncident, Page
from heliodesk.sla.models import Clock
from tests import make
from tests.incidents import reports
from tests.make import NOW
from tests.oncall import world

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


def tell(
    incident: Incident, text: str, by: By, *, key: str = "k", at: Any = NOW, **more: Any
) -> Update:
    return actions.write_update(
        incident, {"": text, **more.pop("texts", {})}, key=key, by=by, at=at, **more
    )


def deliver(at: Any = NOW) -> int:
    settled = 0
    while done := actions.deliver(at):
        settled += done
    return settled


def test_it_has_a_page_from_its_first_moment_wherever_it_is_declared(desk: Any, by: By) -> None:
    p1 = world.p1(NOW)
    oncall.open_incident(title="Relays are down", p1=p1, by=by, at=NOW)
    row = Incident.objects.get()
    assert (row.title, row.lead_id, row.stage) == ("Relays are down", by.id, "investigating")
    assert LinkedCase.objects.get().case_id == p1.case_id
    assert queries.of_case(p1.case_id or 0) == row


def test_p1s_that_are_linked_are_paged_for_as_one(desk: Any, incident: Incident, by: By) -> None:
    first, second = world.p1(NOW), world.p1(NOW)
    report = actions.link(incident, [first.case_id, second.case_id], by=by, at=NOW)
    assert (report.linked, report.refused) == (2, {})
    second.refresh_from_db()
    assert second.follows_id == first.pk and second.next_due_at is None
    actions.unlink(incident, second.case_id or 0, by=by, at=NOW)
    second.refresh_from_db()
    assert second.follows_id is None and second.next_due_at is not None
    assert not LinkedCase.objects.filter(case=second.case).exists()


def test_a_new_p1_call_joins_and_is_linked(desk: Any, incident: Incident) -> None:
    p1 = world.p1(NOW, flags=("linked_to_major_incident",))
    assert LinkedCase.objects.get(case=p1.case).how == How.P1
    assert p1.incident_id == incident.pk


def test_a_case_belongs_to_one_incident_and_only_open_ones_do(
    desk: Any, incident: Incident, by: By, lead: User
) -> None:
    mine, done = reports.case(), reports.case()
    world.resolve(done, lead, NOW)
    other = actions.declare(Known("Sign-in is slow"), by=by, at=NOW)
    assert actions.link(other, [mine.pk], by=by, at=NOW).linked == 1
    report = actions.link(incident, [mine.pk, done.pk], how=How.BULK, by=by, at=NOW)
    assert report.linked == 0
    assert "belongs to incident" in report.refused[mine.ref]
    assert "done" in report.refused[done.ref]
    assert actions.link(other, [mine.pk], by=by, at=NOW) == actions.Report()


def test_an_update_reaches_everybody_once_in_their_language(
    desk: Any, incident: Incident, by: By
) -> None:
    english, german = reports.case(), reports.case(language="de")
    waits = reports.case(package="platinum")
    actions.link(incident, [english.pk, german.pk, waits.pk], by=by, at=NOW)
    update = tell(incident, "The relays are slow.", by, texts={"de": "Die Relays sind langsam."})
    again = tell(incident, "The relays are slow.", by)
    assert again == update
    assert deliver(NOW) > 0 and deliver(NOW) == 0
    said = {m.case_id: m for m in Message.objects.filter(direction="out")}
    assert said[english.pk].text == "The relays are slow."
    assert said[german.pk].text == "Die Relays sind langsam."
    letters = {row.subject_id: row for row in Outbound.objects.filter(kind="incident")}
    assert len(letters) == 3
    assert "Wir schreiben Ihnen wieder bis" in letters[german.pk].text
    assert "Mail to outside is delayed" in letters[english.pk].text
    assert "We write again by 10:00 on Monday 23 November 2026" in letters[english.pk].text
    english.refresh_from_db()
    assert (english.state, english.owner_id) == ("new", None)
    assert english.first_response_at == NOW
    assert Update.objects.get().done_at == NOW
    assert set(LinkedCase.objects.values_list("told_at", flat=True)) == {NOW}


def test_only_the_packages_asked_for_are_told(desk: Any, incident: Incident, by: By) -> None:
    gold, platinum = reports.case(), reports.case(package="platinum")
    actions.link(incident, [gold.pk, platinum.pk], by=by, at=NOW)
    tell(incident, "Nearly there.", by, packages=["platinum"])
    deliver()
    assert set(Delivery.objects.values_list("case_id", flat=True)) == {platinum.pk}
    with pytest.raises(Refused, match="No open case"):
        tell(incident, "Nobody reads this.", by, key="2", packages=["base"])


def test_what_dies_between_two_batches_goes_on_and_repeats_nothing(
    desk: Any, incident: Incident, by: By, monkeypatch: Any
) -> None:
    account = make.account(package="gold", region="UK")
    made = [reports.case(account=account) for _ in range(BATCH + 7)]
    actions.link(incident, [case.pk for case in made], by=by, at=NOW)
    tell(incident, "We found it.", by)
    monkeypatch.setattr(actions.telling, "_DONE", "select no_such_function(%s, %s, %s, %s)")
    with pytest.raises(Exception, match="no_such_function"):
        actions.deliver(NOW)
    assert not Message.objects.exists() and not Outbound.objects.filter(kind="incident").exists()
    monkeypatch.undo()
    assert actions.deliver(NOW, most=1) >= BATCH
    deliver()
    assert Message.objects.count() == len(made)
    assert Outbound.objects.filter(kind="incident").count() == len(made)


def test_a_case_of_which_nobody_can_be_told_is_named(desk: Any, incident: Incident, by: By) -> None:
    alone, told = make.case(package="gold"), reports.case()
    actions.link(incident, [alone.pk, told.pk], by=by, at=NOW)
    update = tell(incident, "We found it.", by)
    deliver()
    person = make_person(by)
    found = queries.not_reached(update.pk, person)
    assert [(row.ref, "Nobody on this case" in row.why) for row in found] == [(alone.ref, True)]
    assert queries.sent(incident.pk, update.pk).refused == 1  # type: ignore[union-attr]  # there is one


def make_person(by: By, **more: Any) -> Any:
    from heliodesk.identity.person import Person
    from heliodesk.identity.rules import Role

    return Person(by.id or 0, by.name, "x@desk.example", Role.LEAD, "UTC", **more)


def test_updates_fall_due_by_package_and_whoever_leads_is_told_once(
    desk: Any, incident: Incident, by: By, lead: User
) -> None:
    gold, platinum = reports.case(), reports.case(package="platinum")
    incident = actions.amend(
        incident, Known(incident.title, intervals={"platinum": 15}), seen=incident.version,
        by=by, at=NOW,
    )  # fmt: skip
    actions.link(incident, [gold.pk, platinum.pk], by=by, at=NOW)
    assert [(one.package, one.due_at) for one in facts.due(incident)] == [
        ("platinum", NOW + 15 * MINUTE), ("gold", NOW + 60 * MINUTE),
    ]  # fmt: skip
    assert jobs.remind(NOW + 14 * MINUTE) == 0
    assert jobs.remind(NOW + 16 * MINUTE) == 1
    jobs.remind(NOW + 17 * MINUTE)
    page = Page.objects.get(purpose="update")
    assert page.person_id == lead.pk and f"/incidents/{incident.pk}/" in page.text
    tell(incident, "Soon.", by, packages=["platinum"], at=NOW + 20 * MINUTE)
    deliver(NOW + 20 * MINUTE)
    assert facts.due(incident)[0].due_at == NOW + 35 * MINUTE


def test_an_update_answers_the_clocks_of_its_cases(desk: Any, incident: Incident, by: By) -> None:
    p1 = world.p1(NOW)
    oncall.take(p1.pk, person_id=by.id or 0, how="button", at=NOW)
    assert p1.case is not None
    contact = make.contact(p1.case.account)
    cases.invite(p1.case, address=contact.addresses.get().address, name="Ada", by=by, at=NOW)
    actions.link(incident, [p1.case_id or 0], by=by, at=NOW)
    p1.refresh_from_db()
    assert p1.state == "acked"
    Case.objects.filter(pk=p1.case_id).update(first_response_at=None)
    p1.case.participants.update(requester=True)
    tell(incident, "The relays are slow.", by, at=NOW + MINUTE)
    deliver(NOW + MINUTE)
    p1.refresh_from_db()
    assert (p1.state, p1.last_customer_contact) == ("engaged", NOW + MINUTE)
    assert not Clock.objects.filter(case=p1.case, metric="first_response", ended_at=None).exists()


def test_closing_resolves_each_and_lists_what_refused(
    desk: Any, incident: Incident, by: By, lead: User
) -> None:
    untaken, german = reports.case(), reports.case(language="de")
    merged = reports.case()
    cases.take(german, by=by, at=NOW)
    actions.link(incident, [untaken.pk, german.pk, merged.pk], by=by, at=NOW)
    update = actions.close(
        incident, {"": "The relay was replaced.", "de": "Das Relay wurde ersetzt."}, key="end",
        by=by, at=NOW + MINUTE,
    )  # fmt: skip
    cases.cancel(merged, reason="twice", by=by, at=NOW + MINUTE)
    deliver(NOW + MINUTE)
    untaken.refresh_from_db()
    german.refresh_from_db()
    assert (untaken.state, untaken.owner_id) == ("resolved", lead.pk)
    assert german.resolution == "Das Relay wurde ersetzt."
    person = make_person(by)
    refused = queries.not_reached(update.pk, person)
    assert [(row.ref, "cannot be resolved" in row.why) for row in refused] == [(merged.ref, True)]
    incident.refresh_from_db()
    assert (incident.stage, incident.resolution) == ("resolved", "The relay was replaced.")
    assert MajorIncident.objects.get().resolved_at is not None
    assert actions.close(incident, {"": "Again"}, key="end", by=by, at=NOW) == update
    with pytest.raises(Refused, match="over"):
        actions.close(incident, {"": "Again"}, key="other", by=by, at=NOW)
    with pytest.raises(Refused, match="over"):
        actions.link(incident, [reports.case().pk], by=by, at=NOW)


def test_closing_pages_nobody_for_the_p1s_that_it_resolves(
    desk: Any, incident: Incident, by: By
) -> None:
    p1s = [world.p1(NOW) for _ in range(3)]
    actions.link(incident, [p1.case_id or 0 for p1 in p1s], by=by, at=NOW)
    actions.close(incident, {"": "The relay was replaced."}, key="end", by=by, at=NOW + MINUTE)
    assert P1.objects.filter(state="triggered", follows=None).count() == 1
    deliver(NOW + MINUTE)
    assert set(P1.objects.values_list("state", flat=True)) == {"resolved"}
    assert not Page.objects.filter(purpose="page", made_at__gt=NOW).exists()


def test_a_merged_case_hands_its_place_on(desk: Any, incident: Incident, by: By) -> None:
    account = make.account(package="gold", region="UK")
    loser, winner = reports.case(account=account), reports.case(account=account)
    actions.link(incident, [loser.pk], by=by, at=NOW)
    cases.merge(loser, into=winner, by=by, at=NOW)
    assert list(LinkedCase.objects.values_list("case_id", flat=True)) == [winner.pk]


def test_what_is_published_and_noted(desk: Any, incident: Incident, by: By) -> None:
    with pytest.raises(Refused, match="what customers may read"):
        actions.publish(incident, {"de": "Nur Deutsch"}, by=by, at=NOW)
    actions.publish(incident, {"": "Mail is late."}, by=by, at=NOW)
    incident.refresh_from_db()
    assert incident.published_at == NOW and incident.public == {"": "Mail is late."}
    actions.unpublish(incident, by=by, at=NOW)
    actions.write_notes(incident, text="The disk was full.", by=by, at=NOW)
    incident.refresh_from_db()
    assert incident.published_at is None and incident.notes_by == by.name
    verbs = (
        Event.objects.filter(subject_kind="incident").order_by("id").values_list("verb", flat=True)
    )
    assert list(verbs) == ["opened", "published", "unpublished", "noted"]


def test_like_cases_are_suggested_and_offshore_ones_only_to_their_team(
    desk: Any, incident: Incident, by: By
) -> None:
    like = reports.case(title="Delayed outgoing mail")
    words = reports.case(title="Something is odd")
    make.message(words, text="Everything we send outside arrives delayed.")
    reports.case(title="Invoice question")
    hidden = reports.case(title="Mail delayed", offshore=True)
    old = reports.case(title="Mail delayed", opened_at=NOW - timedelta(days=2))
    person = make_person(by)
    found = [one.id for one in queries.like(incident, person)]
    assert found[0] == like.pk and set(found) == {like.pk, words.pk}
    assert hidden.pk in {o.id for o in queries.like(incident, make_person(by, offshore=True))}
    actions.link(incident, [hidden.pk, like.pk], by=by, at=NOW)
    assert [row.case_id for row in queries.linked(incident.pk, person)] == [like.pk]
    assert queries.counted(incident.pk, person) == (2, 1)
    assert old.pk not in found


def test_inform_is_refused_for_what_is_over(desk: Any, by: By, lead: User) -> None:
    done = reports.case()
    world.resolve(done, lead, NOW)
    done = cases.close(Case.objects.get(pk=done.pk), by=by, at=NOW)
    report = cases.inform({done.pk: "News", 10**9: "News"}, by=by, at=NOW)
    assert not report.messages and len(report.refused) == 2
    with pytest.raises(CaseRefused):
        cases.resolve(done, text="Again", by=by, at=NOW)


def test_telling_two_hundred_is_a_fixed_number_of_statements(
    desk: Any, incident: Incident, by: By, django_assert_max_num_queries: Any
) -> None:
    account = make.account(package="gold", region="UK")
    actions.link(incident, [reports.case(account=account).pk for _ in range(BATCH)], by=by, at=NOW)
    tell(incident, "We found it.", by)
    with django_assert_max_num_queries(60):
        actions.deliver(NOW, most=1)
    assert Outbound.objects.filter(kind="incident").count() == BATCH
