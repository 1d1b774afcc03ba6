"""When an answer is aimed at, in a sentence: a target, never a promise (R94, C25)."""

from collections.abc import Mapping
from datetime import datetime

from django.utils.translation import gettext_noop as _

from heliodesk.web.portal import times
from heliodesk.web.portal.applies import Applies, Target
from heliodesk.web.translation import translated


def sentences(applies: Applies, now: datetime) -> Mapping[str, str]:
    """By severity: what the form says beside each choice; nothing where no package is known."""
    if applies.visitor:
        return {target.severity: "" for target in applies.targets}
    return {target.severity: _sentence(target, applies.zone, now) for target in applies.targets}


def _sentence(target: Target, zone: str, now: datetime) -> str:
    if target.due is None or not target.minutes:
        return ""
    span = times.span(target.minutes)
    due = times.moment(target.due, zone, now)
    if target.always:
        return translated(
            _("We aim to answer within %(span)s, day and night: by %(due)s."), span=span, due=due
        )
    return translated(
        _("We aim to answer within %(span)s of business time: by %(due)s."), span=span, due=due
    )


def p1_change(applies: Applies, now: datetime) -> str:
    """When the line for P1 calls opens or closes next; empty when it never does."""
    change = applies.p1.closes or applies.p1.opens
    return times.moment(change, applies.zone, now) if change else ""
