"""What kind of case a message makes, before anybody has read it. Pure."""

from collections.abc import Mapping, Sequence

from heliodesk.entitlements.request import CaseType
from heliodesk.intake.draft import Draft


def kind_of(draft: Draft, lifecycle: str, words: Mapping[str, Sequence[str]]) -> CaseType:
    """What the sender chose in a form, else what account and subject tell.

    An account that is being set up writes to its consultant (C3), unless it claims an outage.

    Args:
        lifecycle: of the account; empty when it is not known.
        words: words of a subject that tell a kind, by kind, as the policy has them.
    """
    if draft.kind in set(CaseType):
        return CaseType(draft.kind)
    if draft.tracking:
        return CaseType.EMAIL_TRACKING
    if lifecycle == "implementation" and draft.severity != "P1":
        return CaseType.IMPLEMENTATION
    subject = f"{draft.title} ".lower()
    for kind, signs in words.items():
        if any(sign in subject for sign in signs):
            return CaseType(kind)
    return CaseType.TECHNICAL
