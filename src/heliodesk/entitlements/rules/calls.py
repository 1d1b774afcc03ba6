"""What a decision means for the one on the line: connect, P1, in writing, call back, refuse."""

from enum import StrEnum

from heliodesk.entitlements.decision import Decision, Page, Verdict
from heliodesk.entitlements.rules import reasons

_LIVE = frozenset((reasons.CALL_COVERED, reasons.CALL_COURTESY, reasons.P1_OPEN_CASE))


class Answer(StrEnum):
    """What happens to a call, in the words of the phone desk."""

    #: An engineer takes the call now.
    CONNECT = "connect"
    #: A P1: the engineer on call is paged, and the caller connected.
    P1 = "p1"
    #: Taken down as a case, answered in writing.
    IN_WRITING = "in_writing"
    #: Somebody calls back: to verify a P1 caller, or from the duty desk or manager.
    CALL_BACK = "call_back"
    #: Not connected; told why and what to do.
    REFUSE = "refuse"


def answered(decision: Decision) -> Answer:
    """What becomes of the call that was decided; meaningful for calls only."""
    if decision.page in {Page.DUTY_DESK, Page.DUTY_MANAGER} or _to_verify(decision):
        return Answer.CALL_BACK
    if not decision.makes_case:
        held = decision.decision is Verdict.HOLD
        if held and decision.message == "tracking.need_fields":
            return Answer.IN_WRITING
        return Answer.CALL_BACK if held and decision.message == "contract.ended" else Answer.REFUSE
    if decision.message == "p1.not_met" or any(reason in _LIVE for reason in decision.rules):
        return Answer.CONNECT
    if decision.priority == "P1" and decision.decision is not Verdict.ACCEPT_DEFERRED:
        return Answer.P1
    return Answer.IN_WRITING


def _to_verify(decision: Decision) -> bool:
    return "verify_by_callback" in decision.flags and decision.makes_case
