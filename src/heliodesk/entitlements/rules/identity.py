"""Step 5: who is asking, and for which account."""

from collections.abc import Callable

from heliodesk.entitlements.decision import Page, Reason, Verdict
from heliodesk.entitlements.request import AccountId, ContactRole
from heliodesk.entitlements.rules import reasons
from heliodesk.entitlements.rules.arrival import refuse_other_account
from heliodesk.entitlements.rules.course import NO_QUEUE, Course

_BAD_ID = {
    AccountId.MISSING: ("id_missing", reasons.ID_INFERRED),
    AccountId.UNKNOWN_ID: ("id_unmatched", reasons.ID_WRONG),
    AccountId.MALFORMED: ("id_malformed", reasons.ID_UNREADABLE),
}
_AT_MOST = {"P1": "P3", "P2": "P3"}


def identity(course: Course) -> bool:
    """Match sender, account ID and channel; whoever cannot be placed is held or refused."""
    return _BY_ROLE[course.request.contact_role](course)


def _contact(course: Course) -> bool:
    """A contact or linked partner: the ID decides the account, or the account is inferred."""
    request = course.request
    if request.account_id is AccountId.VALID:
        partner = request.contact_role is ContactRole.PARTNER
        course.reasons.append(reasons.PARTNER_CHECKED if partner else reasons.ID_CHECKED)
        return False
    return _call_without_id(course) if request.by_phone else _mail_without_id(course)


def _call_without_id(course: Course) -> bool:
    """No engineer before the ID is checked; a P1 is verified by calling back (R51, C13)."""
    request, queue = course.request, course.policy.pack.queues["unidentified"]
    flags = [] if request.account_id is AccountId.MISSING else [_BAD_ID[request.account_id][0]]
    if not request.claims_p1:
        message = "phone.find_your_id"
        return course.settle(reasons.CALLER_WITHOUT_ID, Verdict.HOLD, queue, message, *flags)
    if course.settings.phone_p1_without_id == "hold":
        return course.settle(
            reasons.CALLER_WITHOUT_ID,
            Verdict.HOLD,
            queue,
            "phone.find_your_id",
            *flags,
            page=Page.DUTY_DESK,
        )
    course.unverified = True
    course.flags += [*flags, "verify_by_callback"]
    course.reasons.append(reasons.CALLER_WITHOUT_ID_P1)
    return False


def _mail_without_id(course: Course) -> bool:
    """Use the sender's only account, or the case quoted; several accounts: ask which (C7, C9)."""
    request, settings = course.request, course.settings
    flag, reason = _BAD_ID[request.account_id]
    missing = request.account_id is AccountId.MISSING
    if request.existing_case:
        course.flags.append(flag)
        course.reasons.append(reasons.ID_FROM_THREAD if missing else reason)
        return False
    queue = course.policy.pack.queues["unidentified"]
    if _several_accounts(course):
        which = reasons.ID_WHICH if missing else reasons.ID_BAD_WHICH
        return course.settle(which, Verdict.HOLD, queue, "intake.which_customer", flag)
    if missing and settings.email_missing_id == "hold":
        return course.settle(reasons.ID_HELD, Verdict.HOLD, queue, "intake.how_to_raise", flag)
    if not missing and settings.email_bad_id == "hold":
        return course.settle(reasons.ID_BAD_HELD, Verdict.HOLD, queue, "intake.unmatched", flag)
    course.flags.append(flag)
    course.remind_id = True
    course.reasons.append(reason)
    return False


def _several_accounts(course: Course) -> bool:
    known = course.request.accounts_known
    if known is None:
        return course.request.contact_role is ContactRole.PARTNER
    return known > 1


def _verified_domain(course: Course) -> bool:
    """Not a contact but on a verified domain: a restricted case, at most P3 (C10)."""
    request = course.request
    if request.by_phone:
        return _stranger(course)
    if course.settings.contact_unverified == "hold":
        queue = course.policy.pack.queues["identity"]
        return course.settle(
            reasons.SENDER_UNVERIFIED_HELD,
            Verdict.HOLD,
            queue,
            "contact.verify",
            "contact_unverified",
        )
    course.verdict = Verdict.ACCEPT_RESTRICTED
    course.message = "contact.verify"
    course.flags.append("contact_unverified")
    if request.account_id is not AccountId.VALID:
        course.flags.append(_BAD_ID[request.account_id][0])
    course.priority = _AT_MOST.get(course.priority or "", course.priority)
    course.reasons.append(reasons.SENDER_UNVERIFIED)
    return False


def _stranger(course: Course) -> bool:
    """Not an active contact: held; a P1 call is looked into by the duty desk (C8, C10)."""
    request, queues = course.request, course.policy.pack.queues
    valid = request.account_id is AccountId.VALID
    queue = queues["identity"] if valid else queues["unidentified"]
    if request.by_phone:
        urgent = request.claims_p1
        return course.settle(
            reasons.CALLER_UNKNOWN_P1 if urgent else reasons.CALLER_UNKNOWN,
            Verdict.HOLD,
            queue,
            "phone.caller_unknown" if valid else "phone.find_your_id",
            "caller_unknown",
            page=Page.DUTY_DESK if urgent else Page.NO,
        )
    if valid:
        return course.settle(
            reasons.SENDER_NO_CONTACT, Verdict.HOLD, queue, "intake.unmatched", "sender_unknown"
        )
    verdict = Verdict.HOLD
    if course.settings.email_unknown_sender == "reject":
        verdict, queue = Verdict.REJECT, NO_QUEUE
    return course.settle(
        reasons.SENDER_UNKNOWN, verdict, queue, "intake.how_to_raise", "sender_unknown"
    )


def _other_account(course: Course) -> bool:
    """A contact of another account (C11)."""
    return refuse_other_account(course, reasons.CROSS_ACCOUNT, "cross_account_id")


def _partner_without_link(course: Course) -> bool:
    """A partner for a customer not theirs: refused, logged, the customer told (C12)."""
    if course.settings.partner_notify_customer and course.request.account_id is AccountId.VALID:
        course.variables["notify_customer"] = "yes"
    flag, message = "partner_no_relation", "partner.not_linked"
    reason: Reason = reasons.PARTNER_NO_LINK
    if course.request.by_phone and course.request.claims_p1:
        queue = course.policy.pack.queues["identity"]
        return course.settle(reason, Verdict.HOLD, queue, message, flag, page=Page.DUTY_DESK)
    return course.settle(reason, Verdict.REJECT, NO_QUEUE, message, flag)


_BY_ROLE: dict[ContactRole, Callable[[Course], bool]] = {
    ContactRole.DESIGNATED: _contact,
    ContactRole.AUTHORISED: _contact,
    ContactRole.PARTNER: _contact,
    ContactRole.PARTNER_UNLINKED: _partner_without_link,
    ContactRole.OTHER_ACCOUNT: _other_account,
    ContactRole.FORMER: _stranger,
    ContactRole.UNKNOWN_DOMAIN_OK: _verified_domain,
    ContactRole.UNKNOWN: _stranger,
}
