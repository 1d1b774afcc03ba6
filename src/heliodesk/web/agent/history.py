"""What happened to a case, in sentences."""

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime
from typing import Any, NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as N_
from django.utils.translation import ngettext
from markupsafe import Markup

from heliodesk.kernel.references import spoken
from heliodesk.web import clocks, dates, words
from heliodesk.web.spent import spent

Data = Mapping[str, Any]
#: What happens beside the conversation.
QUIET = frozenset({"fill", "tick", "checklist", "log_time", "time_removed"})


class Line(NamedTuple):
    """One happening as the page shows it."""

    at: datetime
    icon: str
    text: Markup
    by: str
    #: Beside the conversation: told in the history, not between what was said.
    quiet: bool = False


def _say(sentence: str, **values: object) -> Markup:
    return Markup(sentence).format(**values)  # noqa: S704 (our sentence; format escapes values)


def _case(ref: object) -> Markup:
    return Markup('<a class="ref" href="/cases/{0}/">{1}</a>').format(ref, spoken(str(ref)))


def _reason(data: Data) -> Markup:
    return Markup(": {0}").format(data["reason"]) if data.get("reason") else Markup("")


def _renamed(data: Data) -> Markup:
    return _say(_("Renamed; it was “{was}”."), was=data.get("was", ""))


def _prioritised(data: Data) -> Markup:
    return _say(
        _("Priority <b>{priority}</b>, was {was}{reason}"),
        priority=data.get("priority", ""),
        was=data.get("was", ""),
        reason=_reason(data),
    )


def _classified(data: Data) -> Markup:
    sentence = _("Now of the kind <b>{kind}</b>, was {was}.")
    kinds = {name: words.kind(str(data.get(name, ""))) for name in ("kind", "was")}
    return _say(sentence, **kinds)


def _tagged(data: Data) -> Markup:
    parts = [
        _say(_("tagged <b>{names}</b>"), names=", ".join(data.get("added", []))),
        _say(_("no longer tagged <b>{names}</b>"), names=", ".join(data.get("removed", []))),
    ]
    chosen = [part for part, key in zip(parts, ("added", "removed"), strict=True) if data.get(key)]
    said = Markup(", ").join(chosen)
    return said[:1].upper() + said[1:] + Markup(".")


def _filled(data: Data) -> Markup:
    parts = [
        _say(_("{label} is <b>{value}</b>"), label=one["label"], value=one["is"])
        if one["is"]
        else _say(_("{label} is empty, was {was}"), label=one["label"], was=one["was"])
        for one in data.get("values", [])
    ]
    return Markup("; ").join(parts) + Markup(".")


def _checklist(data: Data) -> Markup:
    if data.get("off"):
        return _say(_("The checklist “{name}” was taken off."), name=data.get("name", ""))
    return _say(_("The checklist <b>{name}</b> was put on."), name=data.get("name", ""))


def _ticked(data: Data) -> Markup:
    sentence = _("Done: {step} <small>{checklist}</small>")
    if not data.get("done"):
        sentence = _("Not done after all: {step} <small>{checklist}</small>")
    return _say(sentence, step=data.get("step", ""), checklist=data.get("checklist", ""))


def _worked(sentence: str) -> Callable[[Data], Markup]:
    """A sentence about minutes on a day."""

    def say(data: Data) -> Markup:
        day = dates.day(date.fromisoformat(str(data["day"])))
        said = _say(_(sentence), span=spent(int(data["minutes"])), day=day)
        return said + (Markup(": {0}").format(data["note"]) if data.get("note") else Markup(""))

    return say


def _assessed(data: Data) -> Markup:
    if data.get("met"):
        return _say(_("Assessed: the criteria of a P1 are met."))
    return _say(_("Assessed: no P1{reason}"), reason=_reason(data))


def _opened(data: Data) -> Markup:
    if data.get("split_from"):
        return _say(_("Split off {case}."), case=_case(data["split_from"]))
    return _say(_("Opened."))


def _split(data: Data) -> Markup:
    count = len(data.get("moved", []))
    sentence = ngettext(
        "{count} message went to {case}.", "{count} messages went to {case}.", count
    )
    return _say(sentence, count=count, case=_case(data.get("into", "")))


def _parties(data: Data) -> Markup:
    if data.get("removed"):
        return _say(_("{address} is no longer copied."), address=data["removed"])
    return _say(_("<b>{address}</b> is copied from now on."), address=data.get("address", ""))


def _named(sentence: str, **keys: str) -> Callable[[Data], Markup]:
    """A sentence with values of the event in it, by their keys there."""
    return lambda d: _say(_(sentence), **{name: d.get(key, "") for name, key in keys.items()})


def _about(sentence: str, key: str) -> Callable[[Data], Markup]:
    """A sentence that names another case."""
    return lambda d: _say(_(sentence), case=_case(d.get(key, "")))


def _because(sentence: str) -> Callable[[Data], Markup]:
    """A sentence that ends with the reason, when there is one."""
    return lambda d: _say(_(sentence), reason=_reason(d))


def _target(sentence: str) -> Callable[[Data], Markup]:
    """A sentence that names the target."""
    return lambda d: _say(_(sentence), target=clocks.metric(str(d.get("metric", ""))))


_SENTENCES: dict[str, tuple[str, Callable[[Data], Markup]]] = {
    "opened": ("ticket", _opened),
    "take": ("user", _named(N_("Taken by <b>{owner}</b>."), owner="owner")),
    "assign": ("user", _named(N_("Given to <b>{owner}</b>."), owner="owner")),
    "release": ("inbox", _named(N_("Put back into the queue."))),
    "await_customer": ("s-customer", _named(N_("Waiting for the customer."))),
    "await_vendor": ("s-vendor", _named(N_("With engineering."))),
    "resume": ("s-assigned", _named(N_("Work goes on."))),
    "resolve": ("okring", _named(N_("<b>Resolved.</b>"))),
    "close": ("s-closed", _named(N_("Closed."))),
    "reopen": ("s-assigned", _named(N_("Reopened."))),
    "revert": ("left", _named(N_("Undone: the case is as it was before."))),
    "cancel": ("xring", _because(N_("Cancelled{reason}"))),
    "merge": ("merge", _about(N_("Merged into {case}."), "into")),
    "merged_in": ("merge", _about(N_("{case} was merged in."), "from")),
    "unmerged": ("merge", _named(N_("The merge was undone."))),
    "prioritise": ("flag", _prioritised),
    "retitle": ("pen", _renamed),
    "classify": ("ticket", _classified),
    "move": ("arrow", _named(N_("Moved to the queue <b>{queue}</b>."), queue="queue")),
    "tag": ("tag", _tagged),
    "rerouted": (
        "shield",
        _named(
            N_("Came to the address <b>{to}</b>; moved over the data boundary to <b>{queue}</b>."),
            to="written_to",
            queue="queue",
        ),
    ),
    "incident_linked": (
        "link",
        _named(N_("Belongs to the major incident <b>{title}</b>."), title="title"),
    ),
    "incident_unlinked": ("link", _named(N_("Belongs to no major incident any more."))),
    "inform": ("link", _named(N_("The customer got news of a major incident."))),
    "fill": ("pen", _filled),
    "checklist": ("check", _checklist),
    "tick": ("check", _ticked),
    "escalate": (
        "up",
        _named(N_("Escalated to <b>{to}</b>: {reason}"), to="to", reason="reason"),
    ),
    "calm": ("okring", _named(N_("The escalation is settled."))),
    "split": ("split", _split),
    "parent": ("up", _about(N_("Part of {case} from now on."), "parent")),
    "unparented": ("up", _about(N_("No longer part of {case}."), "parent")),
    "child": ("down", _about(N_("{case} is part of this case."), "child")),
    "child_gone": ("down", _about(N_("{case} is no longer part of this case."), "child")),
    "log_time": ("clock", _worked(N_("{span} worked on {day}"))),
    "time_removed": ("clock", _worked(N_("{span} on {day} taken back"))),
    "assess": ("bolt", _assessed),
    "link": ("link", _about(N_("Linked with {case}."), "other")),
    "unlinked": ("link", _about(N_("No longer linked with {case}."), "other")),
    "invite": ("users", _parties),
    "mail_failed": ("warn", _because(N_("A mail could not be sent{reason}"))),
    "letter_held": ("clock", _named(N_("A letter was not sent. {reason}"), reason="reason")),
    "bounced": ("warn", _named(N_("A mail to {address} came back."), address="address")),
    "repackaged": ("sliders", _named(N_("The package is now {package}."), package="package")),
    "reminded": ("bell", _named(N_("The customer was reminded."))),
    "rated": ("okring", _named(N_("Rated <b>{score}</b> of 5 by the customer."), score="score")),
    "target_met": ("check", _named(N_("A target was met."))),
    "target_warned": ("clock", _target(N_("{target} falls due soon."))),
    "target_missed": ("warn", _target(N_("{target} was missed."))),
}


#: Messages show these by themselves.
_SAID_ITSELF = frozenset({"reply", "note", "forward", "answered_aside"})


def lines(events: Iterable[Mapping[str, Any]]) -> list[Line]:
    """The happenings that messages do not show by themselves, in order."""
    return [line for event in events if (line := _line(event))]


def _line(event: Mapping[str, Any]) -> Line | None:
    verb, data = event["verb"], event["data"]
    if verb in _SAID_ITSELF:
        return None
    at = datetime.fromtimestamp(event["at"], UTC)
    by = event["by"] if event["by_kind"] == "user" and verb != "take" else ""
    if verb == "hear":
        return _moved(data, at)
    icon, sentence = _SENTENCES.get(verb, ("dots", lambda d: Markup("{0}").format(verb)))
    return Line(at, icon, sentence(data), by, verb in QUIET)


def _moved(data: Data, at: datetime) -> Line | None:
    """The customer's answer brought the case back to us."""
    if not data.get("to"):
        return None
    shown = words.state(str(data["to"]))
    return Line(at, shown.icon, _say(_("Now <b>{state}</b>."), state=shown.word), "")
