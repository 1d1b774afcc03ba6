"""Every key of the desk, in one table: pages, the palette and the help read it, so that they
never differ. A verb on a case has one line here and needs nothing else to have a key.
"""

from typing import NamedTuple

from django.utils.translation import gettext_noop as _


class Key(NamedTuple):
    """What a key does."""

    code: str
    label: str
    #: Pressed one after the other; a name of two words (``Ctrl Enter``) is pressed together.
    keys: tuple[str, ...]
    icon: str = ""


class Section(NamedTuple):
    """Keys that hold on the same pages."""

    code: str
    label: str
    keys: tuple[Key, ...]


EVERYWHERE = Section(
    "everywhere",
    _("Everywhere"),
    (
        Key("palette", _("Commands"), ("Ctrl K",)),
        Key("search", _("Search"), ("/",), "search"),
        Key("new_case", _("New case"), ("c",), "plus"),
        Key("new_call", _("Incoming call"), ("h",), "phone"),
        Key("help", _("This help"), ("?",), "info"),
    ),
)
LIST = Section(
    "list",
    _("In a list"),
    (
        Key("down", _("Down"), ("j",)),
        Key("up", _("Up"), ("k",)),
        Key("open", _("Open"), ("Enter",)),
        Key("list_take", _("Take it"), ("a",)),
        Key("select", _("Select"), ("x",)),
        Key("select_to", _("Select from there to here"), ("X",)),
        Key("select_all", _("Select all on this page"), ("A",)),
        Key("filter", _("Filter"), ("f",), "filter"),
        Key("bulk_undo", _("Undo what was just done to many"), ("z",), "left"),
        Key("take_next", _("Take the next"), ("t",), "user"),
    ),
)
#: While cases are selected these stand before the keys of the list; ``many_`` and the verb.
CHOSEN = Section(
    "chosen",
    _("With the selected cases"),
    (
        Key("many_take", _("Take"), ("a",)),
        Key("many_assign", _("Give to a colleague"), ("i",)),
        Key("many_move", _("Move to another queue"), ("m",)),
        Key("many_tag", _("Tag"), ("t",)),
        Key("many_untag", _("Take tags off"), ("T",)),
        Key("many_prioritise", _("Change the priority"), ("p",)),
        Key("many_await_customer", _("Wait for the customer"), ("w",)),
        Key("many_await_vendor", _("With engineering"), ("v",)),
        Key("many_resolve", _("Resolve"), ("e",)),
        Key("many_close", _("Close"), ("d",)),
        Key("many_release", _("Put back into the queue"), ("b",)),
        Key("many_cancel", _("Cancel"), ("C",)),
        Key("many_spam", _("Spam"), ("S",)),
        Key("many_incident", _("Link to an incident"), ("l",)),
        Key("unselect", _("Select nothing"), ("Esc",)),
    ),
)
#: What is written on a case.
WRITING = Section(
    "writing",
    _("Write on a case"),
    (
        Key("reply", _("Reply"), ("r",), "pen"),
        Key("note", _("Internal note"), ("n",), "lock"),
        Key("forward", _("Forward"), ("f",), "right"),
        Key("send", _("Send"), ("Ctrl Enter",)),
        Key("mention", _("Name a colleague, in a note"), ("@",)),
        Key("undo", _("Take back what was just sent"), ("z",), "left"),
        Key("next_message", _("Next message"), ("j",)),
        Key("last_message", _("Message before"), ("k",)),
        Key("only", _("Only messages, or everything"), ("y",), "filter"),
        Key("back", _("Back to the list"), ("u",), "left"),
    ),
)
#: The verbs on a case, by the codes of the table of steps.
VERBS = Section(
    "verbs",
    _("Do on a case"),
    (
        Key("take", _("Take it"), ("a",), "user"),
        Key("assign", _("Give to a colleague"), ("i",), "user"),
        Key("release", _("Put back into the queue"), ("b",), "inbox"),
        Key("await_customer", _("Wait for the customer"), ("w",), "s-customer"),
        Key("await_vendor", _("With engineering"), ("v",), "s-vendor"),
        Key("resume", _("Work goes on"), ("s",), "s-assigned"),
        Key("resolve", _("Resolve"), ("e",), "okring"),
        Key("close", _("Close"), ("d",), "s-closed"),
        Key("reopen", _("Reopen"), ("o",), "s-assigned"),
        Key("prioritise", _("Change the priority"), ("p",), "flag"),
        Key("retitle", _("Rename"), ("R",), "pen"),
        Key("classify", _("Change the kind"), ("K",), "ticket"),
        Key("move", _("Move to another queue"), ("m",), "arrow"),
        Key("tag", _("Tag"), ("t",), "tag"),
        Key("link", _("Link with another case"), ("l",), "link"),
        Key("invite", _("Copy somebody"), ("C",), "users"),
        Key("merge", _("Merge into another case"), ("M",), "merge"),
        Key("unmerge", _("Undo the merge"), ("U",), "merge"),
        Key("fill", _("Fields"), ("F",), "pen"),
        Key("checklist", _("Put a checklist on"), ("L",), "check"),
        Key("log_time", _("Enter time"), ("T",), "clock"),
        Key("escalate", _("Escalate"), ("E",), "up"),
        Key("calm", _("The escalation is settled"), ("Q",), "okring"),
        Key("split", _("Split the case"), ("S",), "split"),
        Key("unsplit", _("Undo the split"), ("Z",), "left"),
        Key("parent", _("Put under a parent case"), ("P",), "up"),
        Key("child", _("Add a child case"), ("H",), "down"),
        Key("assess", _("Is it a P1?"), ("A",), "bolt"),
        Key("cancel", _("Cancel the case"), ("X",), "xring"),
    ),
)
HELD = Section(
    "held",
    _("In held intake"),
    (
        Key("held_next", _("Next item"), ("j",)),
        Key("held_last", _("Last item"), ("k",)),
        Key("held_make", _("Make the case"), ("m",)),
        Key("held_append", _("Add to a case"), ("a",)),
        Key("held_reject", _("Answer and end it"), ("r",)),
        Key("held_spam", _("Spam"), ("s",)),
    ),
)
#: What follows ``g`` stands with the ways themselves (``web.rail``).
SECTIONS = (EVERYWHERE, LIST, CHOSEN, WRITING, VERBS, HELD)
_ALL = {key.code: key for section in SECTIONS for key in section.keys}


def of(code: str) -> str:
    """The key of a verb or command as pages show it; none when it has none."""
    known = _ALL.get(code)
    return known.keys[0] if known else ""


def known(code: str) -> Key | None:
    """A verb or command with its words and icon."""
    return _ALL.get(code)


def pressed(keys: tuple[str, ...]) -> list[str]:
    """The single keys to show, one after the other."""
    return [one for key in keys for one in key.split()]
