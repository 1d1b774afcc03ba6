"""Steps 1 to 4: automatic replies, form limits, ended contracts, other people's cases."""

from heliodesk.entitlements.decision import Page, Reason, Verdict
from heliodesk.entitlements.request import AccountId, Channel, ContactRole, Service
from heliodesk.entitlements.rules import reasons
from heliodesk.entitlements.rules.course import NO_MESSAGE, NO_QUEUE, Course

_OF_THE_ACCOUNT = frozenset((ContactRole.DESIGNATED, ContactRole.AUTHORISED, ContactRole.PARTNER))
_MAY_QUOTE = _OF_THE_ACCOUNT | {ContactRole.UNKNOWN_DOMAIN_OK}


def auto_reply(course: Course) -> bool:
    """Never answer an automatic reply (C20)."""
    if not course.request.auto_reply or course.request.channel is not Channel.EMAIL:
        course.reasons.append(reasons.NOT_AUTOMATIC)
        return False
    if course.settings.mail_autoreply == "drop":
        return course.settle(reasons.AUTOMATIC_DROPPED, Verdict.DROP, NO_QUEUE, NO_MESSAGE)
    queue = course.policy.pack.queues["unidentified"]
    return course.settle(reasons.AUTOMATIC_HELD, Verdict.HOLD, queue, NO_MESSAGE, "auto_reply")


def form(course: Course) -> bool:
    """The web form refuses issue details that are empty or too long (R70, R71, C19)."""
    length = course.request.issue_details_length
    if course.request.channel is Channel.WEB and length is not None:
        limit = course.settings.web_issue_details_max
        if length > limit:
            course.variables = {"length": str(length), "limit": str(limit)}
            return course.settle(reasons.FORM_TOO_LONG, Verdict.REJECT, NO_QUEUE, "web.too_long")
        if length == 0:
            message = "web.details_missing"
            return course.settle(reasons.FORM_EMPTY, Verdict.REJECT, NO_QUEUE, message)
    course.reasons.append(reasons.FORM_FITS)
    return False


def contract(course: Course) -> bool:
    """Send the customers of an ended contract to the account desk (C18).

    People who cannot be placed are left to the identity step: what the account's contract is
    like is none of their business.
    """
    request = course.request
    if request.service is Service.ACTIVE or not _placed(course):
        course.reasons.append(reasons.SERVICE_RUNS)
        return False
    flags, message = ["contract_ended"], "contract.ended"
    if request.contact_role is ContactRole.UNKNOWN_DOMAIN_OK:
        flags, message = ["contract_ended", "contact_unverified"], "contact.verify"
    elif request.by_phone and request.account_id is not AccountId.VALID:
        message = "phone.find_your_id"
    urgent = request.by_phone and request.claims_p1
    return course.settle(
        reasons.SERVICE_ENDED_P1 if urgent else reasons.SERVICE_ENDED,
        Verdict.HOLD,
        course.policy.pack.queues["account"],
        message,
        *flags,
        page=Page.DUTY_MANAGER if urgent else Page.NO,
    )


def _placed(course: Course) -> bool:
    """Whether sender and account are known well enough to speak of a contract at all."""
    request = course.request
    if request.by_phone:
        known = request.contact_role in _OF_THE_ACCOUNT
        return known and (request.account_id is AccountId.VALID or request.claims_p1)
    if request.contact_role is ContactRole.PARTNER:
        return request.account_id is AccountId.VALID or bool(request.existing_case)
    return request.contact_role in _MAY_QUOTE


def thread(course: Course) -> bool:
    """Hold what quotes a case of somebody else; the answer discloses nothing (C11)."""
    request = course.request
    if request.existing_case is None or request.contact_role in _MAY_QUOTE:
        course.reasons.append(reasons.THREAD_FITS)
        return False
    if request.by_phone and request.contact_role is not ContactRole.OTHER_ACCOUNT:
        course.reasons.append(reasons.THREAD_FITS)
        return False
    return refuse_other_account(course, reasons.THREAD_MISMATCH, "thread_sender_mismatch")


def refuse_other_account(course: Course, reason: Reason, flag: str) -> bool:
    """Mail held or refused by the setting; a call refused, but a P1 looked into (C11)."""
    queue = course.policy.pack.queues["identity"]
    if course.request.by_phone:
        message = "phone.caller_unknown"
        if course.request.claims_p1:
            desk = Page.DUTY_DESK
            return course.settle(reason, Verdict.HOLD, queue, message, flag, page=desk)
        return course.settle(reason, Verdict.REJECT, NO_QUEUE, message, flag)
    message = "intake.unmatched"
    if course.settings.cross_account == "reject":
        return course.settle(reason, Verdict.REJECT, NO_QUEUE, message, flag)
    return course.settle(reason, Verdict.HOLD, queue, message, flag)
