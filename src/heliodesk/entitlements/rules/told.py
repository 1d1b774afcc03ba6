"""Step 12: the message, if no earlier rule had the word."""

from heliodesk.entitlements.decision import Verdict
from heliodesk.entitlements.pack.wordings import BLIND_KEYS
from heliodesk.entitlements.request import ExistingCase
from heliodesk.entitlements.rules.course import Course

_OF_VERDICT = {Verdict.REOPEN: "case.reopened", Verdict.NEW_LINKED: "case.new_linked"}


def told(course: Course) -> bool:
    """Choose the message, and give it the facts it may name."""
    if not course.message:
        course.message = _ordinary(course)
    if course.message not in BLIND_KEYS:
        course.variables["package"] = course.terms.label
        course.variables["region"] = course.place.region.code
    return False


def _ordinary(course: Course) -> str:
    if course.verdict in _OF_VERDICT:
        return _OF_VERDICT[course.verdict]
    if course.request.existing_case is ExistingCase.OPEN:
        course.variables["variant"] = "reply"
        return "case.accepted"
    return "case.accepted_id_reminder" if course.remind_id else "case.accepted"
