"""The tags of the desk: named, coloured, retired, merged."""

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as translated
from django.utils.translation import gettext_noop as _
from django.views.decorators.http import require_POST

from heliodesk.cases import actions, tags
from heliodesk.cases.models import Tag
from heliodesk.cases.rules import Refused
from heliodesk.identity.rules import May
from heliodesk.kernel import clock
from heliodesk.web.access import PersonRequest, needs
from heliodesk.web.answer import page
from heliodesk.web.told import tell

#: Counting the cases of a tag stops here.
MOST = 200
HUES = (
    _("rose"),
    _("red"),
    _("orange"),
    _("yellow"),
    _("lime"),
    _("green"),
    _("teal"),
    _("cyan"),
    _("blue"),
    _("indigo"),
    _("violet"),
    _("pink"),
)


@needs(May.EDIT_TEMPLATES)
def everything(request: PersonRequest) -> HttpResponse:
    """All tags, and a form for one more."""
    given, trouble = request.POST, ""
    if request.method == "POST":
        try:
            actions.add_tag(
                name=given.get("name", ""),
                hue=_number(given.get("hue", "")),
                by=request.person.by,
                at=clock.now(),
            )
        except Refused as refusal:
            trouble = str(refusal)
        else:
            tags.forget()
            tell(request, translated("The tag is there."))
            return redirect("tags")
    tags.forget()
    known = [tag for tag in tags.known().values() if tag.merged_into is None]
    return page(
        request,
        "admin/tags.html",
        status=409 if trouble else 200,
        area="settings",
        tab="tags",
        tags=known,
        used=tags.used([tag.id for tag in known], most=MOST),
        most=MOST,
        hues=HUES,
        given=given,
        trouble=trouble,
    )


@needs(May.EDIT_TEMPLATES)
def edit(request: PersonRequest, id: int) -> HttpResponse:
    """Another name or colour; merged into another."""
    tag = get_object_or_404(Tag, pk=id, merged_into=None)
    given, trouble, by, at = request.POST, "", request.person.by, clock.now()
    if request.method == "POST":
        try:
            if given.get("do") == "merge":
                into = get_object_or_404(Tag, pk=_number(given.get("into", "")), merged_into=None)
                actions.merge_tag(tag, into=into, by=by, at=at)
                tell(request, translated("The tags are one now; its cases follow in a moment."))
            else:
                actions.change_tag(
                    tag,
                    name=given.get("name", ""),
                    hue=_number(given.get("hue", "")),
                    by=by,
                    at=at,
                )
                tell(request, translated("The tag is changed, on all its cases."))
        except Refused as refusal:
            trouble = str(refusal)
        else:
            tags.forget()
            return redirect("tags")
    others = [(one.id, one.name) for one in tags.offered() if one.id != tag.pk]
    return page(
        request,
        "admin/tag.html",
        status=409 if trouble else 200,
        area="settings",
        tab="tags",
        tag=tag,
        name=given.get("name", tag.name),
        hue=_number(given.get("hue", str(tag.hue))),
        hues=HUES,
        others=others,
        trouble=trouble,
    )


@needs(May.EDIT_TEMPLATES)
@require_POST
def do(request: PersonRequest, id: int, verb: str) -> HttpResponse:
    """Retire a tag, or offer it again."""
    if verb not in {"retire", "revive"}:
        raise Http404
    tag = get_object_or_404(Tag, pk=id, merged_into=None)
    actions.retire_tag(tag, retired=verb == "retire", by=request.person.by, at=clock.now())
    tags.forget()
    said = _("The tag is offered no more.") if verb == "retire" else _("The tag is offered again.")
    tell(request, translated(said))
    return redirect("tags")


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
