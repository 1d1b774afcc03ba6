"""Everything that changes incidents: one verb, one function, one transaction."""

from heliodesk.incidents.actions.declaring import amend, declare, publish, unpublish, write_notes
from heliodesk.incidents.actions.linking import Report, link, unlink
from heliodesk.incidents.actions.telling import close, deliver, write_update

__all__ = [
    "Report",
    "amend",
    "close",
    "declare",
    "deliver",
    "link",
    "publish",
    "unlink",
    "unpublish",
    "write_notes",
    "write_update",
]
