"""The conversation of a case: what was said, calls and happenings in the order they came, where
happenings in a row fold into one line."""

from collections.abc import Sequence
from itertools import groupby
from typing import NamedTuple

from django.utils.translation import gettext as _

from heliodesk.cases.conversation import Said
from heliodesk.telephony.queries import CaseCall
from heliodesk.web.agent.history import Line

#: Happenings in a row that are shown one by one; more are folded.
_FEW = 2


class Woven(NamedTuple):
    """A piece of the conversation: a message, a call, or happenings in a row."""

    kind: str
    said: Said | None = None
    call: CaseCall | None = None
    lines: tuple[Line, ...] = ()


def woven(
    said: Sequence[Said], calls: Sequence[CaseCall], happened: Sequence[Line], *, whole: bool
) -> list[Woven]:
    """The pieces in order; of the same moment the message comes first.

    Args:
        whole: whether these are all messages; else what came before the first is left out.
    """
    began = None if whole or not said else said[0].at
    rows: list[tuple[object, int, Said | CaseCall | Line]] = [(one.at, 0, one) for one in said]
    rows += [(one.at, 1, one) for one in calls if began is None or one.at >= began]
    rows += [(one.at, 2, one) for one in happened if began is None or one.at >= began]
    rows.sort(key=lambda row: row[:2])
    pieces: list[Woven] = []
    for kind, group in groupby(rows, key=lambda row: row[1]):
        if kind == 2:
            pieces.append(Woven("happened", lines=tuple(row[2] for row in group)))  # type: ignore[misc]  # told apart by what they are of
        else:
            pieces += [
                Woven("said", said=one) if isinstance(one, Said) else Woven("call", call=one)  # type: ignore[arg-type]  # told apart by what they are of
                for _at, _kind, one in group
            ]
    return pieces


def few(lines: Sequence[Line]) -> bool:
    """Whether happenings in a row are shown one by one."""
    return len(lines) <= _FEW


def call_title(call: CaseCall) -> str:
    """Who called, how long, with whom."""
    who = call.contact or call.caller or _("Somebody")
    if call.talked and call.agent:
        length = f"{call.talked // 60}:{call.talked % 60:02}"
        return _("%(who)s called, %(length)s min with %(agent)s") % {
            "who": who, "length": length, "agent": call.agent,
        }  # fmt: skip
    if call.agent:
        return _("%(who)s called, taken by %(agent)s") % {"who": who, "agent": call.agent}
    return _("%(who)s called") % {"who": who}
