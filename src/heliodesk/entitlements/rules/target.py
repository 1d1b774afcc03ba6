"""Step 11: the target, the time it counts in, and when it is due."""

from datetime import UTC, timedelta

from heliodesk.calendars.rules import add
from heliodesk.entitlements.pack.model import ClockKind, Metric, Target
from heliodesk.entitlements.rules import reasons
from heliodesk.entitlements.rules.course import Course


def target(course: Course) -> bool:
    """The package's target for a first response, and the instant it is due (C4, C24, C25)."""
    found = course.terms.targets[Metric.FIRST_RESPONSE][course.priority or ""]
    course.target_minutes = found.minutes
    if course.clock is None:
        course.clock = _clock(course, found)
    if course.clock is ClockKind.ALWAYS:
        course.due = course.at.astimezone(UTC) + timedelta(minutes=found.minutes)
        course.reasons.append(reasons.CLOCK_ALWAYS)
    else:
        course.due = add(course.calendar, course.at, found.minutes).due
        course.reasons.append(reasons.CLOCK_BUSINESS)
    return False


def _clock(course: Course, found: Target) -> ClockKind:
    """P1 runs at every hour; for written requests a setting may overrule the package."""
    if course.priority == "P1":
        return ClockKind.ALWAYS
    setting = course.settings.email_clock
    if course.request.by_phone or setting == "by_package":
        return found.clock
    return ClockKind.BUSINESS_HOURS if setting == "business_hours" else ClockKind.ALWAYS
