"""Verbs on many cases in words: offered below a list, asked, told when they are done."""

from django.utils.translation import gettext as translated
from django.utils.translation import gettext_noop as _
from django.utils.translation import ngettext

from heliodesk.cases.runs import Run

#: The verbs that ask something first: title, explanation, button.
ASKS = {
    "assign": (_("Give to a colleague"), _("They see them among their cases at once."), _("Give")),
    "move": (_("Move to another queue"), _("Owners and clocks stay."), _("Move")),
    "tag": (_("Tag"), _("What is there already stays."), _("Tag")),
    "untag": (_("Take tags off"), _("Other tags stay."), _("Take off")),
    "prioritise": (_("Change the priority"), _("P1 is made by telephone only."), _("Change it")),
    "resolve": (
        _("Resolve"),
        _(
            "Say how they were solved; each customer reads it. For ten seconds nothing happens and "
            "it can be taken back; later, undoing opens the cases again, but the letters are sent."
        ),
        _("Resolve"),
    ),
    "cancel": (
        _("Cancel"),
        _("For duplicates and what was withdrawn. Only a lead can bring them back."),
        _("Cancel them"),
    ),
    "spam": (
        _("Spam"),
        _("They are cancelled, and nobody is answered. Only a lead can bring them back."),
        _("It is spam"),
    ),
}
#: The verbs in the order in which they are offered, with an icon.
OFFERED = (
    ("take", _("Take"), "user"),
    ("assign", _("Give"), "users"),
    ("move", _("Move"), "arrow"),
    ("tag", _("Tag"), "tag"),
    ("untag", _("Untag"), "x"),
    ("prioritise", _("Priority"), "flag"),
    ("await_customer", _("Wait for customer"), "s-customer"),
    ("await_vendor", _("With engineering"), "s-vendor"),
    ("resolve", _("Resolve"), "okring"),
    ("close", _("Close"), "s-closed"),
    ("release", _("Put back"), "inbox"),
    ("cancel", _("Cancel"), "xring"),
    ("spam", _("Spam"), "shield"),
)
_DONE = {
    "take": _("%(num)s taken"),
    "assign": _("%(num)s given"),
    "move": _("%(num)s moved"),
    "tag": _("%(num)s tagged"),
    "untag": _("%(num)s untagged"),
    "prioritise": _("%(num)s with another priority"),
    "await_customer": _("%(num)s wait for their customers"),
    "await_vendor": _("%(num)s are with engineering"),
    "resolve": _("%(num)s resolved"),
    "close": _("%(num)s closed"),
    "release": _("%(num)s put back"),
    "reopen": _("%(num)s reopened"),
    "cancel": _("%(num)s cancelled"),
    "spam": _("%(num)s cancelled as spam"),
    "undo": _("%(num)s as before"),
}
#: What is about to be done, while it waits.
_WAITS = {
    "resolve": (_("%(num)s case is about to be resolved"), _("%(num)s are about to be resolved"))
}


def waiting(run: Run) -> str:
    """What a run that has not begun will do, in words."""
    one, many = _WAITS[run.verb]
    return ngettext(one, many, run.total) % {"num": run.total}


def said(run: Run) -> str:
    """What a run did, in words."""
    if run.verb == "undo" and not run.total:
        return translated("Taken back before it began. Nothing was done.")
    done = translated(_DONE.get(run.verb, "%(num)s")) % {"num": run.done}
    if not run.refused:
        return f"{done}."
    if run.verb == "undo":
        refused = ngettext(
            "%(num)s could not be taken back", "%(num)s could not be taken back", run.refused
        )
    else:
        refused = ngettext("%(num)s refused", "%(num)s refused", run.refused)
    return f"{done}, {refused % {'num': run.refused}}."
