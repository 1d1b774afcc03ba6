"""Step 9: whether the package answers an ordinary call at this hour."""

from heliodesk.calendars.rules import is_open, next_opening
from heliodesk.entitlements.decision import Verdict
from heliodesk.entitlements.pack.model import Window
from heliodesk.entitlements.request import CaseType, Lifecycle
from heliodesk.entitlements.rules import reasons
from heliodesk.entitlements.rules.course import NO_QUEUE, Course
from heliodesk.entitlements.rules.p1 import P1


def implementing(course: Course) -> bool:
    """Whether account and question both belong to the implementation (C3)."""
    request = course.request
    return (
        request.lifecycle is Lifecycle.IMPLEMENTATION
        and request.case_type is CaseType.IMPLEMENTATION
    )


def phone_window(course: Course) -> bool:
    """Answer live within the hours of the package; outside them as the setting says (C3)."""
    if not course.request.by_phone or course.live or course.priority == P1:
        course.reasons.append(reasons.NO_CALL)
        return False
    window = course.terms.general_phone
    if window is Window.NONE or (window is Window.IMPLEMENTATION_ONLY and not implementing(course)):
        return _not_answered(course, closed=False)
    if window is Window.ALWAYS or is_open(course.calendar, course.at):
        course.reasons.append(reasons.CALL_COVERED)
        return _answered(course)
    course.next_opening = next_opening(course.calendar, course.at)
    return _not_answered(course, closed=True)


def _answered(course: Course) -> bool:
    if course.verdict is Verdict.ACCEPT:
        course.say("case.accepted_live")
    return False


def _not_answered(course: Course, *, closed: bool) -> bool:
    """By the setting: logged and answered in writing, refused, or a courtesy (C3)."""
    message = "phone.closed" if closed else "phone.not_in_package"
    outside, settings = course.settings.phone_outside, course.settings
    if outside == "refuse":
        opening = course.next_opening
        course.variables.update(variant="refused", region=course.place.region.code)
        course.variables["package"] = course.terms.label
        course.settle(reasons.CALL_REFUSED, Verdict.REJECT, NO_QUEUE, message)
        course.next_opening = opening
        return True
    if outside == "courtesy" and course.request.courtesy_used < settings.phone_courtesy_per_year:
        course.flags.append("courtesy_call")
        course.reasons.append(reasons.CALL_COURTESY)
        return _answered(course)
    course.lower(Verdict.ACCEPT_WRITTEN)
    course.say(message)
    course.reasons.append(reasons.CALL_CLOSED if closed else reasons.CALL_NOT_COVERED)
    return False
