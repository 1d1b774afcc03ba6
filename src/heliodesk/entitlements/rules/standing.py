"""Steps 6 and 7: cases that were closed, packages that have run out."""

from heliodesk.entitlements.decision import Verdict
from heliodesk.entitlements.request import ExistingCase
from heliodesk.entitlements.rules import reasons
from heliodesk.entitlements.rules.course import Course


def closed_case(course: Course) -> bool:
    """Reopen a case closed lately, link a new one to an older (C17).

    An unconfirmed sender reopens nothing: his message starts a restricted case.
    """
    request = course.request
    if request.existing_case is not ExistingCase.CLOSED:
        course.reasons.append(reasons.NO_CLOSED_CASE)
    elif course.verdict is Verdict.ACCEPT_RESTRICTED:
        course.reasons.append(reasons.CASE_LEFT_CLOSED)
    elif request.closed_days <= course.settings.case_reopen_days:
        course.verdict = Verdict.REOPEN
        course.reasons.append(reasons.CASE_REOPENED)
    else:
        course.verdict = Verdict.NEW_LINKED
        course.reasons.append(reasons.CASE_LINKED)
    return False


def package_standing(course: Course) -> bool:
    """Honour an expired package through its grace, then fall back to the base (C18)."""
    request = course.request
    if request.package_expired_days <= 0 or course.terms is course.policy.base:
        course.reasons.append(reasons.PACKAGE_RUNS)
        return False
    grace = request.grace_days
    if grace is None:
        grace = course.settings.contract_grace_days
    if request.package_expired_days <= grace:
        course.flags.append("in_grace")
        course.reasons.append(reasons.PACKAGE_IN_GRACE)
    else:
        course.terms = course.policy.base
        course.flags.append("package_expired")
        course.reasons.append(reasons.PACKAGE_EXPIRED)
    return False
