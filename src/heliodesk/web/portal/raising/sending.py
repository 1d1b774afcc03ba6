"""From the form to a case: checked, guarded, kept, filed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest
from django.utils.translation import gettext_noop as _

from heliodesk.channels import uploads
from heliodesk.channels.mailboxes import active_mailboxes, own_addresses
from heliodesk.channels.uploads import Kept
from heliodesk.customers.customer import Customer
from heliodesk.entitlements.policy import Policy
from heliodesk.intake.actions import take_form
from heliodesk.intake.form import File, Submission
from heliodesk.intake.queries import Receipt, receipt
from heliodesk.web.peer import peer
from heliodesk.web.portal.brand import Brand
from heliodesk.web.portal.raising import given as givens
from heliodesk.web.portal.raising import guard
from heliodesk.web.portal.raising.given import Given
from heliodesk.web.portal.raising.guard import Entry
from heliodesk.web.translation import language, translated
from heliodesk.web.words import size


@dataclass
class Attempt:
    """One sending of the form: done (``key`` of what was taken), or to be shown again."""

    given: Given
    #: The page's signed key, for showing the form again.
    page: str
    key: str = ""
    files: list[Kept] = field(default_factory=list)
    #: What concerns the whole form.
    trouble: str = ""
    status: int = 422

    @property
    def done(self) -> bool:
        """Whether it was taken."""
        return bool(self.key)


def send(
    request: HttpRequest,
    *,
    customer: Customer | None,
    policy: Policy,
    brand: Brand,
    at: datetime,
) -> Attempt:
    """Take the posted form in, or say what is wrong with it; what was typed is always kept."""
    given = givens.read(request.POST)
    page = request.POST.get("page", "")
    try:
        entry = guard.entry(page, at)
    except guard.Stale:
        given.files = []
        sentence = translated(
            _("This page was open for a long time. Look through it and send it again.")
        )
        return Attempt(given, guard.new_page(at), trouble=sentence)
    again = receipt(entry.key)
    if again is not None:
        return _again(given, entry, again, page, at)
    keep_files(request, given, entry, at)
    attempt = Attempt(given, page, files=uploads.listed(entry.key, given.files))
    givens.check(given, policy, customer, own=own_addresses(active_mailboxes()))
    if not given.troubles:
        _guarded(request, attempt, entry, customer, at)
    if given.troubles or attempt.trouble:
        return attempt
    form = submission(given, customer)
    take_form(
        form,
        [File(f.name, f.content_type, f.data) for f in uploads.taken(entry.key, given.files)],
        key=entry.key,
        mailbox_id=brand.mailbox_id,
        to=brand.address,
        peer=peer(request),
        at_once=customer is not None or guard.shows_reference(form.address, form.identifier, at),
        at=at,
    )
    uploads.done(entry.key)
    attempt.key = entry.key
    return attempt


def submission(given: Given, customer: Customer | None) -> Submission:
    """What is sent; of a signed-in contact the desk itself says who they are."""
    who: dict[str, Any] = {
        "address": given.address.lower(),
        "name": given.name,
        "company": given.company,
        "identifier": given.identifier,
    }
    if customer:
        who = {
            "address": customer.email.lower(),
            "name": customer.name,
            "contact_id": customer.contact_id,
            "account_id": customer.account_id,
        }
    tracking = given.policy_kind == "email_tracking"
    return Submission(
        **who,
        subject=given.subject,
        details=given.details,
        kind=given.policy_kind,
        own_kind=given.kind if given.treated_as else "",
        severity=given.severity,
        trace=given.trace if tracking else {},
        zone=given.zone if tracking else "",
        alternative=given.alternative,
        fields=given.fields,
        language=language(),
        text=givens.as_text(given, labels=_labels()),
    )


def _labels() -> Mapping[str, str]:
    """The names of the fields, in the sender's language."""
    return {
        "kind": translated(_("What it is about")),
        "trace": translated(_("The message to trace")),
        "from": translated(_("From")),
        "to": translated(_("To")),
        "date": translated(_("Date")),
        "time": translated(_("Time")),
        "subject": translated(_("Subject")),
        "company": translated(_("Company")),
        "alternative": translated(_("When mail is down")),
    }


def _again(given: Given, entry: Entry, first: Receipt, page: str, at: datetime) -> Attempt:
    """The same page sent twice is one case; with other words it is asked what was meant."""
    if first.details == given.details:
        return Attempt(given, page, key=entry.key)
    given.files = []
    sentence = translated(
        _("This page was sent already. Send it again if you want to open another case.")
    )
    return Attempt(given, guard.new_page(at), trouble=sentence)


def _guarded(
    request: HttpRequest, attempt: Attempt, entry: Entry, customer: Customer | None, at: datetime
) -> None:
    """Refuse machines and floods; a person reads what to do instead."""
    if customer:
        if guard.flooded_by(customer.email, at):
            attempt.status = 429
            attempt.trouble = translated(
                _("You sent many forms within the hour. Your text is kept: send it later, or call.")
            )
        return
    sums = guard.proven(entry.key, request.POST.get("proof", ""))
    if guard.is_machine(request.POST) or guard.too_hasty(entry, at, sums=sums):
        attempt.trouble = translated(
            _("This came faster than a person writes. Wait a moment and send it again.")
        )
    elif guard.flooded(peer(request), attempt.given.address, at, sums=sums):
        attempt.status = 429
        attempt.trouble = translated(
            _("Many forms came from your network within the hour. Your text is kept: send it "
              "later, write us an e-mail, or call.")
        )  # fmt: skip


def keep_files(request: HttpRequest, given: Given, entry: Entry, at: datetime) -> None:
    """Files that came with the form itself, where no script sent them before (R46)."""
    for file in request.FILES.getlist("files"):
        trouble = refused(entry.key, file)
        if trouble:
            given.troubles["files"] = trouble
            continue
        kept = keep(entry.key, file, peer(request), at)
        given.files.append(kept.token)


def keep(key: str, file: "UploadedFile[bytes]", from_peer: str, at: datetime) -> Kept:
    """Keep a file for the form with this key."""
    return uploads.keep(
        form=key,
        peer=from_peer,
        name=file.name or "",
        content_type=file.content_type or "",
        data=file.read(),
        at=at,
    )


def refused(key: str, file: "UploadedFile[bytes]") -> str:
    """Why a file cannot come along; empty when it can."""
    count, total = uploads.room(key)
    most = settings.WEB_FILE_MAX_BYTES
    named = {"name": file.name or "", "most": size(most)}
    if (file.size or 0) > most:
        return translated(_("%(name)s is larger than %(most)s. Put it where we can fetch it and "
                            "give us the link."), **named)  # fmt: skip
    if count >= settings.WEB_FILES_MAX:
        return translated(_("%(count)s files fit; put further ones into a reply."), count=count)
    if total + (file.size or 0) > settings.MAIL_MAX_BYTES:
        return translated(_("Together the files are larger than %(most)s. Send some in a reply."),
                          most=size(settings.MAIL_MAX_BYTES))  # fmt: skip
    return ""
