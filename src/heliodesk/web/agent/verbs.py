"""The verbs on a case: those that one press does, and those that ask something first."""

from types import MappingProxyType
from typing import Any

from django.db import connection
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as translated
from django.utils.translation import gettext_noop as _

from heliodesk.cases import actions, beside, kinds, tags
from heliodesk.cases.access import get_case
from heliodesk.cases.models import Case
from heliodesk.cases.rules import Refused
from heliodesk.identity.rules import May
from heliodesk.kernel import clock, reading
from heliodesk.web import words
from heliodesk.web.access import PersonRequest, needs
from heliodesk.web.agent import sidelong
from heliodesk.web.agent.deed import Deed, Form, numbers, other_case
from heliodesk.web.agent.shaping import SHAPING
from heliodesk.web.answer import page
from heliodesk.web.told import tell


def _owner(form: Form) -> int:
    given = form.get("owner", "")
    if not (given.isascii() and given.isdigit()):
        raise Refused(translated("Choose a colleague."))
    return int(given)


def _message(form: Form) -> int:
    given = form.get("message", "")
    if not (given.isascii() and given.isdigit() and len(given) < 19):
        raise Refused(translated("Choose a message."))
    return int(given)


DEEDS: dict[str, Deed] = {
    "take": Deed(
        lambda case, form, person, by, at: actions.take(case, by=by, at=at),
        _("The case is yours."),
    ),
    "release": Deed(
        lambda case, form, person, by, at: actions.release(case, by=by, at=at),
        _("The case is back in its queue."),
    ),
    "await_customer": Deed(
        lambda case, form, person, by, at: actions.await_customer(case, by=by, at=at),
        _("The case waits for the customer."),
    ),
    "await_vendor": Deed(
        lambda case, form, person, by, at: actions.await_vendor(case, by=by, at=at),
        _("The case is with engineering."),
    ),
    "resume": Deed(
        lambda case, form, person, by, at: actions.resume(case, by=by, at=at),
        _("Work goes on."),
    ),
    "close": Deed(
        lambda case, form, person, by, at: actions.close(case, by=by, at=at),
        _("The case is closed."),
    ),
    "reopen": Deed(
        lambda case, form, person, by, at: actions.reopen(case, by=by, at=at),
        _("The case is open again."),
    ),
    "unmerge": Deed(
        lambda case, form, person, by, at: actions.unmerge(case, by=by, at=at),
        _("The merge is undone."),
    ),
    "confirm_sender": Deed(
        lambda case, form, person, by, at: actions.confirm_sender(
            case, message_id=_message(form), by=by, at=at
        ),
        _("The sender belongs to the case from now on."),
    ),
    "uninvite": Deed(
        lambda case, form, person, by, at: actions.uninvite(
            case, address=form.get("address", ""), by=by, at=at
        ),
        _("They are no longer copied."),
    ),
    "unlink": Deed(
        lambda case, form, person, by, at: actions.unlink(
            case, other=other_case(form, person), by=by, at=at
        ),
        _("The link is removed."),
    ),
    "assign": Deed(
        lambda case, form, person, by, at: actions.assign(
            case, owner_id=_owner(form), by=by, at=at
        ),
        _("The case has a new owner."),
        (_("Give to a colleague"), _("They see it among their cases at once."), _("Give")),
    ),
    "resolve": Deed(
        lambda case, form, person, by, at: actions.resolve_with_children(
            case, ids=numbers(form, "children"), text=form.get("text", ""), by=by, at=at
        ),
        _("The case is resolved."),
        (
            _("Resolve"),
            _("Say how it was solved; the customer and the next engineer read it."),
            _("Resolve"),
        ),
        "agent/case/ask_resolve.html",
        lambda request, case: {"children": beside.open_children(case.pk)},
    ),
    "cancel": Deed(
        lambda case, form, person, by, at: actions.cancel(
            case, reason=form.get("reason", ""), by=by, at=at
        ),
        _("The case is cancelled."),
        (
            _("Cancel the case"),
            _("For duplicates, spam and what was withdrawn. Only a lead can bring it back."),
            _("Cancel the case"),
        ),
    ),
    "prioritise": Deed(
        lambda case, form, person, by, at: actions.prioritise(
            case,
            priority=form.get("priority", ""),
            reason=form.get("reason", ""),
            by=by,
            at=at,
        ),
        _("The priority is changed."),
        (_("Change the priority"), _("P1 is made by telephone only."), _("Change it")),
    ),
    "retitle": Deed(
        lambda case, form, person, by, at: actions.retitle(
            case, title=form.get("title", ""), by=by, at=at
        ),
        _("The case is renamed."),
        (_("Rename"), _("The words that a colleague would look for."), _("Rename")),
    ),
    "classify": Deed(
        lambda case, form, person, by, at: actions.classify(
            case, kind=form.get("kind", ""), by=by, at=at
        ),
        _("The kind is changed."),
        (_("Change the kind"), _("An unowned case may go to another queue by it."), _("Change it")),
    ),
    "move": Deed(
        lambda case, form, person, by, at: actions.move(
            case, queue=form.get("queue", ""), by=by, at=at
        ),
        _("The case is moved."),
        (_("Move to another queue"), _("Its owner and its clock stay."), _("Move")),
    ),
    "merge": Deed(
        lambda case, form, person, by, at: actions.merge(
            case, into=other_case(form, person), by=by, at=at
        ),
        _("The case is merged. Undo it on the merged case."),
        (
            _("Merge into another case"),
            _("Everything said moves there, and later replies follow. It can be undone."),
            _("Merge"),
        ),
    ),
    "link": Deed(
        lambda case, form, person, by, at: actions.link(
            case, other=other_case(form, person), by=by, at=at
        ),
        _("The cases are linked."),
        (_("Link with another case"), _("Each shows the other beside it."), _("Link")),
    ),
    "invite": Deed(
        lambda case, form, person, by, at: actions.invite(
            case, address=form.get("address", ""), name=form.get("name", ""), by=by, at=at
        ),
        _("They are copied from now on."),
        (_("Copy somebody"), _("They get every answer, and may write to the case."), _("Copy")),
    ),
    "tag": Deed(
        lambda case, form, person, by, at: actions.tag(
            case,
            add=set(numbers(form, "tags")) - set(numbers(form, "had")),
            remove=set(numbers(form, "had")) - set(numbers(form, "tags")),
            by=by,
            at=at,
        ),
        _("The tags are changed."),
        (_("Tag"), _("Tags find the case again, in lists, views and searches."), _("Keep them")),
        "agent/case/ask_tag.html",
        lambda request, case: _tags(case),
    ),
    **SHAPING,
}


def _tags(case: Case) -> dict[str, Any]:
    """The tags that the case has, and those that it can get."""
    on = tags.of(case.tags)
    ids = {tag.id for tag in on}
    return {"tags_on": on, "tags_off": [tag for tag in tags.offered() if tag.id not in ids]}


@needs(May.WORK_CASES)
def do(request: PersonRequest, ref: str, verb: str) -> HttpResponse:
    """Do a verb; a GET shows what it asks first.

    Raises:
        Refused: not possible now; nothing is changed (409). What asked something first asks
            again, and says why not.
    """
    deed = DEEDS.get(verb)
    if deed is None or (request.method != "POST" and deed.asks is None):
        raise Http404
    case = get_case(request.person, ref)
    if request.method != "POST":
        return _ask(request, case, verb, deed)
    form = {name: ",".join(map(str, values)) for name, values in request.POST.lists()}
    try:
        done = deed.do(case, form, request.person, request.person.by, clock.now())
    except Refused as refusal:
        if deed.asks is None or request.headers.get("HX-Request"):
            raise
        return _ask(request, case, verb, deed, trouble=str(refusal), given=form)
    words = deed.says(done) if deed.says else translated(deed.done)
    if request.headers.get("HX-Target") == sidelong.PLACE:
        return sidelong.answer(request, case)
    if request.headers.get("HX-Request"):
        return HttpResponse(words, content_type="text/plain")
    tell(request, words)
    return redirect(f"/cases/{case.ref}/")


def _ask(
    request: PersonRequest,
    case: Case,
    verb: str,
    deed: Deed,
    *,
    trouble: str = "",
    given: Form = MappingProxyType({}),
) -> HttpResponse:
    """The form of a verb: in a dialog, or on a page of its own.

    Args:
        trouble, given: why it was not possible as it was sent, and what that was.
    """
    return page(
        request,
        "agent/ask.html",
        block="form" if request.headers.get("HX-Request") else "",
        status=409 if trouble else 200,
        area="case",
        case=case,
        verb=verb,
        trouble=trouble,
        given=given,
        asks=deed.asks,
        fields=deed.fields,
        **(deed.knows(request, case) if deed.knows else {}),
        colleagues=_colleagues() if verb == "assign" else [],
        queues=_queues() if verb == "move" else [],
        kinds=[(kind, words.kind(kind)) for kind in kinds.offered()] if verb == "classify" else [],
    )


def _colleagues() -> list[tuple[int, str]]:
    """Everybody who may work, by name."""
    sql = (
        "select id, name from identity_user where is_active and role <> 'contact'"
        " order by lower(name), id limit 500"
    )
    return [(id, name) for id, name in reading.rows(connection, sql)]


def _queues() -> list[tuple[str, str]]:
    """The queues that a team serves."""
    sql = "select distinct q from identity_team t, unnest(t.queues) q order by q limit 200"
    return [(name, name) for (name,) in reading.rows(connection, sql)]
