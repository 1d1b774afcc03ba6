"""Step 8: whether a claimed priority 1 is one."""

from heliodesk.calendars.rules import is_open, next_opening
from heliodesk.entitlements.decision import Page, Reason, Verdict
from heliodesk.entitlements.pack.model import ClockKind, Window
from heliodesk.entitlements.request import ContactRole, ExistingCase
from heliodesk.entitlements.rules import reasons
from heliodesk.entitlements.rules.course import Course

P1 = "P1"
CAPPED = "P2"


def p1_gate(course: Course) -> bool:
    """Priority 1 needs a call, the definition met, and the right caller at the right hour."""
    request = course.request
    if _follows_up(course):
        _about_open_p1(course)
    elif (request.severity or course.settings.severity_default) != P1:
        course.reasons.append(reasons.NOT_P1)
    elif not request.by_phone:
        _claimed_in_writing(course)
    elif not request.p1_criteria_met:
        _criteria_not_met(course)
    else:
        _call(course)
    return False


def _follows_up(course: Course) -> bool:
    """Whether it is a call about an open P1, whatever severity the caller names (R57)."""
    request = course.request
    return (
        request.by_phone
        and request.p1_criteria_met
        and request.existing_case is ExistingCase.OPEN
        and request.existing_priority == P1
    )


def _claimed_in_writing(course: Course) -> None:
    """P1 never comes from mail or web, reopening included (R81, C5)."""
    course.flags.append("p1_requested_not_by_phone")
    if course.verdict is not Verdict.ACCEPT_RESTRICTED:
        course.priority = CAPPED
    course.lower(Verdict.ACCEPT_DOWNGRADED)
    prompt = course.settings.p1_nonphone == "cap_P2_and_prompt"
    if prompt:
        course.say("p1.call_us")
    if course.settings.p1_nonphone_alert_duty:
        course.page = Page.DUTY_DESK
    course.reasons.append(reasons.P1_WRITTEN_CALL if prompt else reasons.P1_WRITTEN)


def _criteria_not_met(course: Course) -> None:
    """The agent has found no outage: the priority he sets, and the caller is told (C14)."""
    assessed = course.request.assessed_severity
    course.priority = assessed if assessed and assessed != P1 else CAPPED
    course.flags.append("p1_criteria_not_met")
    course.lower(Verdict.ACCEPT_DOWNGRADED)
    course.say("p1.not_met")
    course.live = True
    course.reasons.append(reasons.P1_UNMET)


def _about_open_p1(course: Course) -> None:
    """A follow-up call on an open P1 reaches its owner at any hour (R57)."""
    course.priority, course.queue = P1, course.policy.pack.queues["p1"]
    course.say("p1.open_case")
    course.reasons.append(reasons.P1_OPEN_CASE)


def _call(course: Course) -> None:
    """The matrix is the window for any caller; a designated contact is heard at any hour (C1)."""
    settings, window = course.settings, course.terms.p1_phone
    needs = settings.p1_require_designated
    trusted = course.request.contact_role is ContactRole.DESIGNATED or needs == "never"
    inside = window is Window.ALWAYS or (
        window is Window.LOCAL_BUSINESS_HOURS and is_open(course.calendar, course.at)
    )
    if window is Window.NONE and not settings.p1_base_designated:
        _in_writing(course)
    elif not trusted and (not inside or needs == "always"):
        _designated_needed(course)
    elif inside:
        _accept(course, reasons.P1_IN_WINDOW)
    elif settings.p1_designated_override:
        course.flags.append("outside_package_window")
        base = window is Window.NONE
        _accept(course, reasons.P1_DESIGNATED_BASE if base else reasons.P1_DESIGNATED)
    else:
        _defer(course)


def _accept(course: Course, reason: Reason) -> None:
    request, terms = course.request, course.terms
    course.reasons.append(reason)
    course.priority, course.page = P1, Page.YES
    course.queue = course.policy.pack.queues["p1"]
    if terms.follow_the_sun:
        course.flags.append("follow_the_sun")
    if terms.p1_grade != "standard":
        course.flags.append(f"p1_{terms.p1_grade}")
    if request.existing_case is ExistingCase.OPEN:
        course.flags.append(f"promoted_from_{request.existing_priority or CAPPED}")
        course.reasons.append(reasons.P1_PROMOTED)
    message = "p1.accepted"
    if _major_incident(course):
        course.flags.append("linked_to_major_incident")
        course.page, message = Page.NO, "p1.accepted_mi"
        course.reasons.append(reasons.P1_LINKED)
    course.say("p1.accepted_callback" if course.unverified else message)


def _major_incident(course: Course) -> bool:
    """Whether a major incident is open and young enough to be the cause (C23)."""
    window, age = course.settings.p1_link_window_min, course.request.major_incident_minutes
    if not course.request.major_incident_open or window == 0:
        return False
    return age is None or age <= window


def _defer(course: Course) -> None:
    """By the strict matrix: logged now, and the clock runs from the next opening (C1)."""
    course.lower(Verdict.ACCEPT_DEFERRED)
    course.priority, course.clock = P1, ClockKind.BUSINESS_HOURS
    course.queue = course.policy.pack.queues["p1"]
    course.flags.append("outside_package_window")
    course.next_opening = next_opening(course.calendar, course.at)
    _say_or_call_back(course, "p1.deferred")
    course.reasons.append(reasons.P1_DEFERRED)


def _designated_needed(course: Course) -> None:
    """P2 while the duty desk calls a designated contact (C6)."""
    course.lower(Verdict.ACCEPT_DOWNGRADED)
    course.priority, course.page, course.live = CAPPED, Page.DUTY_DESK, True
    course.flags.append("designated_contact_needed")
    _say_or_call_back(course, "p1.designated_needed")
    course.reasons.append(reasons.P1_NOT_DESIGNATED)


def _in_writing(course: Course) -> None:
    """No telephone support, and the setting off: even a P1 call is answered in writing."""
    course.lower(Verdict.ACCEPT_WRITTEN)
    course.priority, course.live = CAPPED, True
    course.flags.append("outside_package_window")
    _say_or_call_back(course, "phone.not_in_package")
    course.reasons.append(reasons.P1_NOT_ON_BASE)


def _say_or_call_back(course: Course, message: str) -> None:
    """An unverified caller is told of the call-back only, whatever else was found."""
    if course.unverified:
        course.variables["variant"] = "waiting"
        message = "p1.accepted_callback"
    course.say(message)
