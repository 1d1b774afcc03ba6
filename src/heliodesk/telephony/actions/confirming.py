"""The reference of a P1, sent where it can be read: mail is what is down (C30)."""

from datetime import datetime
from secrets import token_urlsafe

from heliodesk.cases.models import Case
from heliodesk.channels import outgoing, threading_ids
from heliodesk.channels.mailboxes import active_mailboxes, answering
from heliodesk.channels.outgoing import OutboundDraft
from heliodesk.kernel.references import spoken
from heliodesk.oncall.actions.paging import write as write_pages
from heliodesk.oncall.models import P1, Page
from heliodesk.oncall.rules.words import Channel, Purpose
from heliodesk.telephony import numbers


def confirm_elsewhere(case: Case, *, alternative: str = "", at: datetime) -> str:
    """Send the reference to the address or number that works while mail does not.

    Args:
        alternative: given on the call; without one what is on file for the contact is used.

    Returns:
        Where it goes, or nothing where there is no such place.
    """
    on_file = case.contact.alternative if case.contact else ""
    given = (alternative or on_file).strip()
    if outgoing.is_address(given):
        _mail(case, given, at)
        return given
    number = numbers.cleaned(given or (case.contact.phone if case.contact else ""))
    if number.startswith("+") and len(number) > 8:
        _text(case, number, at)
        return number
    return ""


def _words(case: Case) -> str:
    kind = "priority 1 case" if case.priority == "P1" else "case"
    return (
        f"Your {kind} has the reference {spoken(case.ref)}. "
        "Quote it whenever you call. This was sent here because your mail may not reach you."
    )


def _mail(case: Case, address: str, at: datetime) -> None:
    box = answering(
        active_mailboxes(),
        region=case.account.region,
        offshore=case.offshore,
        written_to=case.mailbox_id,
    )
    if box is None:
        return
    draft = OutboundDraft(
        key=f"p1_reference:{case.pk}:{address.lower()}",
        mailbox_id=box.id,
        kind="p1_reference",
        subject_kind="case",
        subject_id=case.pk,
        automatic=True,
        to=[address],
        from_address=box.address,
        from_name=box.name,
        reply_to=threading_ids.reply_address(box.address, case.ref),
        subject=f"Your case {spoken(case.ref)} [#{case.ref}]",
        text=_words(case),
        message_id=threading_ids.message_id(
            "p1_reference", case.ref, box.address.rpartition("@")[2]
        ),
    )
    outgoing.write([draft], at=at)


def _text(case: Case, number: str, at: datetime) -> None:
    row = Page(
        key=f"reference:{case.pk}:{number}",
        purpose=Purpose.CUSTOMER,
        p1=P1.objects.filter(case=case).order_by("-pk").first(),
        channel=Channel.SMS,
        address=number,
        text=_words(case),
        token=token_urlsafe(32),
        made_at=at,
        next_try_at=at,
    )
    write_pages([row])
