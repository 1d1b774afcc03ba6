"""Step 10: the queue, the fields of a traced message, the address written to, reminders."""

from heliodesk.entitlements.decision import Verdict
from heliodesk.entitlements.request import CaseType, Channel
from heliodesk.entitlements.rules import reasons
from heliodesk.entitlements.rules.course import NO_QUEUE, Course
from heliodesk.entitlements.rules.phone import implementing


def papers(course: Course) -> bool:
    """Find the queue, then what is missing or misdirected; the first finding has the word."""
    if not course.queue:
        course.queue = _queue(course)
    before = len(course.reasons)
    if _tracking(course) or _address(course):
        return True
    if course.request.channel is Channel.EMAIL and course.request.issue_details_length == 0:
        course.flags.append("summary_missing")
        course.say("case.need_summary")
        course.reasons.append(reasons.SUMMARY_MISSING)
    if len(course.reasons) == before:
        course.reasons.append(reasons.PAPERS_COMPLETE)
    return False


def _queue(course: Course) -> str:
    """By the account's region, or by setting that of the number called (C16, C21).

    What belongs behind a data boundary stays there.
    """
    region = course.place.region
    if region.data_boundary:
        return region.queue
    if implementing(course):
        return course.policy.pack.queues["implementation"]
    if course.settings.phone_route_by == "number" and course.request.by_phone:
        dialled = course.policy.dialled(course.request.endpoint)
        if dialled and not dialled.region.data_boundary:
            return dialled.region.queue
    return region.queue


def _tracking(course: Course) -> bool:
    """Name missing fields back; the case is made all the same unless the setting holds it (C15)."""
    request = course.request
    if request.case_type is not CaseType.EMAIL_TRACKING or not request.missing_fields:
        return False
    course.variables["missing"] = ", ".join(request.missing_fields)
    flag = "tracking_fields_missing"
    if course.settings.tracking_block and course.verdict is Verdict.ACCEPT:
        course.variables["variant"] = "held"
        message = "tracking.need_fields"
        return course.settle(reasons.TRACKING_HELD, Verdict.HOLD, course.queue, message, flag)
    course.flags.append(flag)
    course.say("tracking.need_fields")
    course.reasons.append(reasons.TRACKING_MISSING)
    return False


def _address(course: Course) -> bool:
    """Mail to the other side of the data boundary is moved, or only answered (C16)."""
    request, region = course.request, course.place.region
    if request.channel is not Channel.EMAIL:
        return False
    side = course.policy.mail_side(request.endpoint)
    if side is None or side == region.mail:
        return False
    flag = "wrong_regional_address"
    if course.settings.offshore_wrong_address == "reply_only" and _starts_case(course):
        course.variables.update(variant="not_taken", region=region.code)
        message = "address.use_other"
        return course.settle(reasons.WRONG_ADDRESS_ONLY, Verdict.REJECT, NO_QUEUE, message, flag)
    course.flags.append(flag)
    course.say("address.use_other")
    course.reasons.append(reasons.WRONG_ADDRESS)
    return False


def _starts_case(course: Course) -> bool:
    return course.request.existing_case is None and course.verdict is not (
        Verdict.ACCEPT_RESTRICTED
    )
