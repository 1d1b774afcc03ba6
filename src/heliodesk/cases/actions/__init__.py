"""Every verb on a case. These functions are the only writers of the room's tables."""

from heliodesk.cases.actions.answering import note, reply
from heliodesk.cases.actions.checklists import put_checklist, take_checklist_off, tick
from heliodesk.cases.actions.drafts import drop_draft, save_draft
from heliodesk.cases.actions.escalating import calm, escalate
from heliodesk.cases.actions.family import (
    put_under,
    resolve_children,
    resolve_with_children,
    take_out,
)
from heliodesk.cases.actions.filling import fill
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
from heliodesk.cases.actions.splitting import Splitting, split, unsplit
from heliodesk.cases.actions.states import (
    await_customer,
    await_vendor,
    cancel,
    close,
    reopen,
    resolve,
    resume,
    revert,
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
from heliodesk.cases.actions.timing import log_time, remove_time

__all__ = [
    "Informed",
    "Placing",
    "Promise",
    "Splitting",
    "Stale",
    "add_tag",
    "assign",
    "await_customer",
    "await_vendor",
    "calm",
    "cancel",
    "change_tag",
    "classify",
    "close",
    "confirm_sender",
    "cross_boundary",
    "drop_draft",
    "escalate",
    "fill",
    "hear",
    "inform",
    "invite",
    "link",
    "log_time",
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
    "put_checklist",
    "put_under",
    "rate",
    "release",
    "remove_time",
    "reopen",
    "repackage",
    "reply",
    "resolve",
    "resolve_children",
    "resolve_with_children",
    "resume",
    "retire_tag",
    "retitle",
    "revert",
    "save_draft",
    "settle",
    "settle_merged",
    "split",
    "tag",
    "take",
    "take_checklist_off",
    "take_out",
    "tick",
    "uninvite",
    "unlink",
    "unmerge",
    "unsplit",
]
