"""Letters that wait, forwards, drafts with files: sent once, taken back whole, never lost."""

from collections.abc import Callable
from datetime import timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import connection
from tests import make

from heliodesk.automation import jobs
from heliodesk.cases import actions
from heliodesk.cases.actions import drafts, waiting
from heliodesk.cases.actions.forwarding import forward
from heliodesk.cases.letters import SECOND_THOUGHTS, Written, another_name, placed
from heliodesk.cases.models import Case, Direction, Draft, Message, Participant, WaitingLetter
from heliodesk.cases.new import NewAttachment
from heliodesk.cases.rules import Refused
from heliodesk.channels.letter import in_bytes, letter
from heliodesk.channels.models import Outbound
from heliodesk.identity.models import User
from heliodesk.identity.rules import Role
from heliodesk.journal.models import Event
from heliodesk.journal.record import By
from heliodesk.notifications.models import Notice

pytestmark = pytest.mark.django_db(transaction=True)
NOW = make.NOW
SOON = NOW + SECOND_THOUGHTS


@pytest.fixture
def sam() -> User:
    return make.user(name="Sam Okafor", role=Role.AGENT)


@pytest.fixture
def case() -> Case:
    make.mailbox(address="support@larkspur.example", name="Larkspur")
    account = make.account()
    contact = make.contact(account, address="mara@northwind.example", name="Mara Lind")
    return make.case(account, contact, text="It stops.")


def by(user: User) -> By:
    return By("user", user.pk, user.name, user.role)


def reply(text: str = "Try it again.", **more: Any) -> Written:
    return Written("reply", text, **more)


def said(case: Case, direction: str = Direction.OUT) -> list[str]:
    return list(
        Message.objects.filter(case=case, direction=direction).values_list("text", flat=True)
    )


def test_a_letter_waits_ten_seconds_and_is_sent_once(case: Case, sam: User) -> None:
    waiting.send_off(case, reply(then="await_customer"), by=by(sam), at=NOW)
    assert waiting.send_due(NOW + timedelta(seconds=9)) == 0
    assert said(case) == []
    case.refresh_from_db()
    assert case.state == "new"
    assert waiting.send_due(SOON) == 1
    assert waiting.send_due(SOON) == 0
    assert said(case) == ["Try it again."]
    case.refresh_from_db()
    assert (case.state, case.owner_id) == ("pending_customer", sam.pk)
    assert Outbound.objects.filter(kind="reply").count() == 1


def test_undo_brings_the_draft_back_whole_and_nothing_happened(case: Case, sam: User) -> None:
    make.user(name="Somebody else")
    kept = drafts.keep_file(
        case, user_id=sam.pk, mode="reply", name="a.txt", content_type="text/plain", size=3,
        sha256="0" * 64, at=NOW,
    )  # fmt: skip
    events = Event.objects.filter(subject_kind="case", subject_id=case.pk).count()
    written = reply(files=(kept,), cc=("bo@x.example",), bcc=("hidden@x.example",))
    row = waiting.send_off(case, written, by=by(sam), at=NOW)
    assert not Draft.objects.exists()
    waiting.take_back(row.pk, case, by=by(sam), at=NOW)
    draft = Draft.objects.get(case=case, user=sam, mode="reply")
    assert draft.text == "Try it again."
    assert draft.rest == {"cc": ["bo@x.example"], "bcc": ["hidden@x.example"]}
    assert [one["name"] for one in draft.files] == ["a.txt"]
    assert waiting.send_due(SOON) == 0
    assert said(case) == []
    assert not Outbound.objects.exists()
    assert Event.objects.filter(subject_kind="case", subject_id=case.pk).count() == events
    with pytest.raises(Refused, match="sent already"):
        waiting.take_back(row.pk, case, by=by(sam), at=NOW)


def test_what_was_begun_meanwhile_stays_when_a_letter_comes_back(case: Case, sam: User) -> None:
    row = waiting.send_off(case, reply("First."), by=by(sam), at=NOW)
    actions.save_draft(case, user_id=sam.pk, mode="reply", text="Second.", at=NOW)
    waiting.take_back(row.pk, case, by=by(sam), at=NOW)
    assert Draft.objects.get(case=case).text == "First.\n\nSecond."


def test_what_was_begun_meanwhile_stays_when_a_letter_is_sent(case: Case, sam: User) -> None:
    waiting.send_off(case, reply("First."), by=by(sam), at=NOW)
    actions.save_draft(case, user_id=sam.pk, mode="reply", text="Second.", at=NOW)
    waiting.send_due(SOON)
    assert said(case) == ["First."]
    assert Draft.objects.get(case=case).text == "Second."


@pytest.mark.parametrize("who", ["customer", "colleague"])
def test_a_planned_letter_is_held_when_somebody_was_faster(case: Case, sam: User, who: str) -> None:
    later = NOW + timedelta(hours=3)
    row = waiting.send_off(case, reply(), by=by(sam), at=NOW, due_at=later)
    other = make.user(name="Imogen Hale", role=Role.AGENT)
    if who == "customer":
        make.message(case, text="It works again, thanks.", author_name="Mara Lind")
    else:
        actions.reply(case, text="Done already.", by=by(other), at=NOW)
    assert waiting.send_due(later) == 1
    row.refresh_from_db()
    assert row.held_for.startswith("Mara Lind wrote" if who == "customer" else "Imogen Hale")
    assert "Try it again." not in said(case)
    notice = Notice.objects.get(user=sam, verb="letter_held")
    assert "before it was sent" in notice.data["words"]
    assert waiting.send_due(later) == 0
    waiting.send_now(row.pk, case, by=by(sam), at=later)
    assert waiting.send_due(later) == 1
    assert "Try it again." in said(case)


def test_a_planned_letter_is_held_when_the_case_ended_but_not_for_a_note(
    case: Case, sam: User
) -> None:
    later = NOW + timedelta(hours=3)
    waiting.send_off(case, reply("One."), by=by(sam), at=NOW, due_at=later)
    actions.note(case, text="Among us.", by=by(sam), at=NOW)
    actions.take(case, by=by(sam), at=NOW)
    assert waiting.send_due(later) == 1
    assert said(case) == ["One."]
    case.refresh_from_db()
    row = waiting.send_off(case, reply("Two."), by=by(sam), at=later, due_at=later + timedelta(1))
    actions.resolve(case, text="Fixed.", by=by(sam), at=later)
    waiting.send_due(later + timedelta(1))
    row.refresh_from_db()
    assert "state of the case changed" in row.held_for
    waiting.drop(row.pk, case, by=by(sam), at=later)
    assert not WaitingLetter.objects.exists()


def test_what_can_not_be_sent_is_refused_at_once(case: Case, sam: User) -> None:
    for letter_, words in (
        (reply("  "), "nothing to send"),
        (reply(cc=("no address",)), "not an e-mail address"),
        (Written("forward", "Please look."), "Say who gets it"),
    ):
        with pytest.raises(Refused, match=words):
            waiting.send_off(case, letter_, by=by(sam), at=NOW)
    with pytest.raises(Refused, match="still to come"):
        waiting.send_off(case, reply(), by=by(sam), at=NOW, due_at=NOW)
    actions.note(case, text="Quicker.", by=by(sam), at=NOW)
    with pytest.raises(actions.Stale):
        waiting.send_off(case, reply(), by=by(sam), at=NOW, seen_version=case.version)
    Participant.objects.filter(case=case).delete()
    with pytest.raises(Refused, match="Nobody on this case"):
        waiting.send_off(case, reply(), by=by(sam), at=NOW)


def test_two_who_answer_in_the_same_ten_seconds_hear_of_each_other(case: Case, sam: User) -> None:
    other = make.user(name="Imogen Hale", role=Role.AGENT)
    waiting.send_off(case, reply(), by=by(sam), at=NOW, seen_version=case.version)
    with pytest.raises(actions.Stale, match="Sam Okafor has just answered"):
        waiting.send_off(case, reply("Me too."), by=by(other), at=NOW, seen_version=case.version)
    waiting.send_off(case, reply("Me too."), by=by(other), at=NOW)


def test_a_colleague_who_stops_a_letter_gives_it_back_to_its_writer(case: Case, sam: User) -> None:
    other = make.user(name="Imogen Hale", role=Role.AGENT)
    row = waiting.send_off(case, reply(), by=by(sam), at=NOW, due_at=NOW + timedelta(hours=1))
    for verb in (waiting.send_now, waiting.drop):
        with pytest.raises(Refused, match="Only who wrote it"):
            verb(row.pk, case, by=by(other), at=NOW)  # type: ignore[operator]  # all verbs are called alike
    waiting.take_back(row.pk, case, by=by(other), at=NOW)
    assert Draft.objects.get(case=case).user == sam
    assert "Imogen Hale took it back" in Notice.objects.get(user=sam).data["words"]


def test_a_letter_that_fails_holds_up_no_other(
    case: Case, sam: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    real: Callable[..., Message] = waiting.send

    def send(case: Case, written: Written, **more: Any) -> Message:
        if written.text == "Bad.":
            raise RuntimeError("a fault nobody foresaw")
        return real(case, written, **more)

    monkeypatch.setattr(waiting, "send", send)
    bad = waiting.send_off(case, reply("Bad."), by=by(sam), at=NOW)
    waiting.send_off(case, reply("Good."), by=by(sam), at=NOW)
    waiting.send_due(SOON)
    assert said(case) == ["Good."]
    bad.refresh_from_db()
    assert bad.held_for == "It could not be sent: RuntimeError."


def test_two_workers_send_a_letter_once(case: Case, sam: User) -> None:
    for n in range(6):
        waiting.send_off(case, reply(f"Letter {n}."), by=by(sam), at=NOW)
    WaitingLetter.objects.update(seen_message=2**40)
    start = Barrier(3)

    def work() -> None:
        start.wait()
        try:
            jobs.send_letters(SOON)
        finally:
            connection.close()

    workers = [Thread(target=work) for _ in range(3)]
    for one in workers:
        one.start()
    for one in workers:
        one.join()
    jobs.send_letters(SOON)
    assert sorted(said(case)) == [f"Letter {n}." for n in range(6)]


def test_undo_and_sending_at_the_same_moment_leave_one_of_the_two(case: Case, sam: User) -> None:
    for n in range(8):
        row = waiting.send_off(case, reply(f"Letter {n}."), by=by(sam), at=NOW)
        WaitingLetter.objects.update(seen_message=2**40)
        undone: list[bool] = []

        def undo(id: int = row.pk, undone: list[bool] = undone) -> None:
            try:
                waiting.take_back(id, case, by=by(sam), at=NOW)
                undone.append(True)
            except Refused:
                undone.append(False)
            finally:
                connection.close()

        other = Thread(target=undo)
        other.start()
        waiting.send_due(SOON)
        other.join()
        sent = f"Letter {n}." in said(case)
        drafted = Draft.objects.filter(case=case, text__contains=f"Letter {n}.").exists()
        assert (sent, drafted) == ((False, True) if undone[0] else (True, False))
        Draft.objects.all().delete()


def test_a_blind_copy_is_sent_and_shown_to_nobody(case: Case, sam: User) -> None:
    actions.reply(case, text="Hello.", bcc=("Boss@X.example",), by=by(sam), at=NOW)
    mail = Outbound.objects.get(kind="reply")
    assert (mail.to, mail.cc, mail.bcc) == (["mara@northwind.example"], [], ["boss@x.example"])
    assert b"boss@x.example" not in in_bytes(letter(mail))
    assert Participant.objects.filter(case=case).count() == 1


def test_a_forward_goes_outside_with_its_own_address_and_no_participant(
    case: Case, sam: User
) -> None:
    message = make.message(case, text="The printer hums.", author_name="Mara Lind")
    picture = make.attachment(message, name="photo.png", content_type="image/png", data=b"\x89PNG")
    make.attachment(message, name="secret.txt")
    written = Written(
        "forward", "Do you know this?", to=("Help@Printers.example",), bcc=("boss@x.example",),
        message=message.pk, taken=(picture.pk,),
    )  # fmt: skip
    forward(case, written, by=by(sam), at=NOW)
    mail = Outbound.objects.get(kind="forward")
    assert (mail.to, mail.bcc) == (["help@printers.example"], ["boss@x.example"])
    assert "Do you know this?" in mail.text
    assert "The printer hums." in mail.text
    assert [file["name"] for file in mail.attachments] == ["photo.png"]
    assert f"+x{case.ref}-" in mail.reply_to
    assert mail.references == []
    assert Participant.objects.filter(case=case).count() == 1
    assert said(case, Direction.NOTE) == ["Do you know this?"]
    event = Event.objects.get(subject_id=case.pk, subject_kind="case", verb="forward")
    assert event.data["to"] == ["help@printers.example"]


def test_a_forward_to_who_takes_part_or_to_the_desk_is_refused(case: Case, sam: User) -> None:
    for address in ("mara@northwind.example", "support@larkspur.example"):
        with pytest.raises(Refused, match=r"takes part|of this desk"):
            forward(case, Written("forward", "See.", to=(address,)), by=by(sam), at=NOW)
    other = make.case(case.account)
    message = make.message(other, text="Not yours.")
    with pytest.raises(Refused, match="not on this case"):
        forward(
            case,
            Written("forward", "See.", to=("a@b.example",), message=message.pk),
            by=by(sam),
            at=NOW,
        )


def test_a_picture_in_the_text_is_part_of_the_mail(case: Case, sam: User) -> None:
    message = make.message(case)
    shot = make.attachment(message, name="shot.png", content_type="image/png", data=b"\x89PNG")
    files = [NewAttachment(one.name, one.content_type, one.size, one.sha256) for one in (shot,)]
    files.append(NewAttachment("log.txt", "text/plain", shot.size, shot.sha256))
    text = "Press here:\n[image: shot.png]\nthen wait."
    actions.reply(case, text=text, attachments=files, by=by(sam), at=NOW)
    mail = Outbound.objects.get(kind="reply")
    inside = next(file for file in mail.attachments if file["name"] == "shot.png")
    assert f'<img src="cid:{inside["content_id"]}" alt="shot.png">' in mail.html
    made = letter(mail).message()
    kinds = [part.get_content_type() for part in made.walk()]
    assert kinds == [
        "multipart/mixed", "multipart/alternative", "text/plain", "multipart/related", "text/html",
        "image/png", "application/octet-stream",
    ]  # fmt: skip
    related = next(part for part in made.walk() if part.get_content_type() == "multipart/related")
    assert related.get_payload()[1]["Content-ID"] == f"<{inside['content_id']}>"  # type: ignore[index]  # it has two parts


def test_a_signature_is_the_persons_own_or_the_templates(case: Case, sam: User) -> None:
    actions.reply(case, text="One.", by=by(sam), at=NOW)
    assert "One.\n\nSam Okafor\nLarkspur\nCase" in Outbound.objects.get(kind="reply").text
    User.objects.filter(pk=sam.pk).update(signature="Sam, and the night shift")
    actions.reply(case, text="Two.", by=by(sam), at=NOW)
    sent = Outbound.objects.filter(kind="reply").latest("id").text
    assert "Two.\n\nSam, and the night shift\nCase" in sent


def test_colleagues_named_in_a_note_get_a_notice(case: Case, sam: User) -> None:
    other = make.user(name="Imogen Hale", role=Role.AGENT)
    named = {other.pk: other.name, sam.pk: sam.name}
    actions.note(case, text="@Imogen Hale, look.", mentions=named, by=by(sam), at=NOW)
    notice = Notice.objects.get(verb="mentioned")
    assert (notice.user, notice.case) == (other, case)
    assert Message.objects.get(case=case, direction="note").marks["mentions"] == {
        str(other.pk): "Imogen Hale",
        str(sam.pk): "Sam Okafor",
    }


def test_names_of_files_stay_apart_and_out_of_the_marks() -> None:
    assert another_name("a.png", {"a.png", "a-2.png"}) == "a-3.png"
    assert another_name("a]b\n.png", set()) == "a_b_.png"
    assert another_name("README", {"README"}) == "README-2"
    picture = NewAttachment("a.png", "image/png", 1, "f" * 64)
    (shown,) = placed("see [image: a.png]", [picture])
    assert shown.inline
    assert shown.content_id.endswith("@heliodesk")
    assert placed("see [image: b.png]", [picture]) == (picture,)
    assert not placed("[image: x.svg]", [NewAttachment("x.svg", "image/svg+xml", 1, "f")])[0].inline


def test_files_of_a_draft_are_bounded(case: Case, sam: User) -> None:
    given = {"user_id": sam.pk, "mode": "reply", "content_type": "text/plain", "at": NOW}
    first = drafts.keep_file(case, name="a", size=drafts.MOST_BYTES, sha256="0" * 64, **given)
    with pytest.raises(Refused, match="larger than"):
        drafts.keep_file(case, name="b", size=1, sha256="0" * 64, **given)
    drafts.drop_file(case, user_id=sam.pk, mode="reply", key=first.key)
    drafts.keep_file(case, name="b", size=1, sha256="0" * 64, **given)
    actions.save_draft(case, user_id=sam.pk, mode="reply", text=" ", at=NOW)
    assert Draft.objects.get().files, "a file alone is worth keeping"
