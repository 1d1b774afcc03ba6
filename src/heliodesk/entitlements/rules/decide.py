"""``decide``: the twelve steps in their order (requirements, section 5)."""

from collections.abc import Callable
from datetime import datetime

from heliodesk.entitlements.decision import Decision
from heliodesk.entitlements.policy import Policy
from heliodesk.entitlements.request import Request
from heliodesk.entitlements.rules.arrival import auto_reply, contract, form, thread
from heliodesk.entitlements.rules.course import Course
from heliodesk.entitlements.rules.identity import identity
from heliodesk.entitlements.rules.p1 import p1_gate
from heliodesk.entitlements.rules.papers import papers
from heliodesk.entitlements.rules.phone import phone_window
from heliodesk.entitlements.rules.standing import closed_case, package_standing
from heliodesk.entitlements.rules.target import target
from heliodesk.entitlements.rules.told import told

#: A step returns True when it has settled the matter.
STEPS: tuple[Callable[[Course], bool], ...] = (
    auto_reply,
    form,
    contract,
    thread,
    identity,
    closed_case,
    package_standing,
    p1_gate,
    phone_window,
    papers,
    target,
    told,
)


def decide(request: Request, policy: Policy, at: datetime) -> Decision:
    """What the request is entitled to at the instant ``at`` (aware), and why.

    Pure: same request, policy and instant, same decision. Raises UnknownCode if the request
    names a package or region that the policy does not have, ValueError for a naive ``at``.
    """
    if at.tzinfo is None:
        raise ValueError("the instant has no time zone")
    course = Course(request, policy, at)
    for step in STEPS:
        if step(course):
            break
    return course.outcome()
