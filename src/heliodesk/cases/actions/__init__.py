"""Every verb on a case. These functions are the only writers of the room's tables."""

from heliodesk.cases.actions.answering import note, reply
from heliodesk.cases.actions.drafts import drop_draft, save_draft
from heliodesk.cases.actions.hearing import hear
from heliodesk.cases.actions.informing import Informed, inform
from heliodesk.cases.actions.merging import merge, unmerge
from heliodesk.cases.actions.opening import open_case, open_cases
from heliodesk.cases.actions.ownership import assign, release, take
from heliodesk.cases.actions.praising import rate
from heliodesk.cases.actions.promising import (
    Placing,
    Promise,
    cross_boundary,
    place_in_queues,
    promise,
    repackage,
)
from heliodesk.cases.actions.qualifying import classify, move, prioritise, promote, retitle
from heliodesk.cases.actions.relations import confirm_sender, invite, link, uninvite, unlink
from heliodesk.cases.actions.states import (
    await_customer,
    await_vendor,
    cancel,
    close,
    reopen,
    resolve,
    resume,
    settle,
)
from heliodesk.cases.actions.step import Stale
from heliodesk.cases.actions.tagging import (
    add_tag,
    change_tag,
    merge_tag,
    retire_tag,
    settle_merged,
    tag,
)

__all__ = [
    "Informed",
    "Placing",
    "Promise",
    "Stale",
    "add_tag",
    "assign",
    "await_customer",
    "await_vendor",
    "cancel",
    "change_tag",
    "classify",
    "close",
    "confirm_sender",
    "cross_boundary",
    "drop_draft",
    "hear",
    "inform",
    "invite",
    "link",
    "merge",
    "merge_tag",
    "move",
    "note",
    "open_case",
    "open_cases",
    "place_in_queues",
    "prioritise",
    "promise",
    "promote",
    "rate",
    "release",
    "reopen",
    "repackage",
    "reply",
    "resolve",
    "resume",
    "retire_tag",
    "retitle",
    "save_draft",
    "settle",
    "settle_merged",
    "tag",
    "take",
    "uninvite",
    "unlink",
    "unmerge",
]
