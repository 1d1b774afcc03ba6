"""Everything that changes on-call: one verb, one function, one transaction.

For telephony: ``press`` (a key in the call), ``acknowledge``, ``pass_on``, ``answer_by_text``,
``delivered``, ``engage``; questions are in ``oncall.queries`` (``holder``, ``who_is_on_call``,
``engineers``, ``open_incident``).
"""

from heliodesk.oncall.actions.answering import (
    Answer,
    Lost,
    Passed,
    Won,
    acknowledge,
    answer_by_text,
    delivered,
    engage,
    page_of_provider,
    page_of_token,
    pass_on,
    press,
    take,
)
from heliodesk.oncall.actions.declaring import declare, declare_call, filed, stop, stop_call
from heliodesk.oncall.actions.handing_over import accept, decline, hand_over, write_note
from heliodesk.oncall.actions.incidents import (
    link,
    open_incident,
    resolve_incident,
    retitle_incident,
    unlink,
)
from heliodesk.oncall.actions.standing_in import (
    ask_swap,
    cover,
    end_cover,
    settle_swap,
    take_swap,
)

__all__ = [
    "Answer",
    "Lost",
    "Passed",
    "Won",
    "accept",
    "acknowledge",
    "answer_by_text",
    "ask_swap",
    "cover",
    "declare",
    "declare_call",
    "decline",
    "delivered",
    "end_cover",
    "engage",
    "filed",
    "hand_over",
    "link",
    "open_incident",
    "page_of_provider",
    "page_of_token",
    "pass_on",
    "press",
    "resolve_incident",
    "retitle_incident",
    "settle_swap",
    "stop",
    "stop_call",
    "take",
    "take_swap",
    "unlink",
    "write_note",
]
