"""Versions of the policy: listed, imported, drafted, compared, brought into force."""

from collections.abc import Mapping
from itertools import islice

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from heliodesk.entitlements import actions, packs, queries
from heliodesk.entitlements.contract_rules import Refused
from heliodesk.entitlements.pack.differences import differences
from heliodesk.entitlements.pack.doubts import doubts
from heliodesk.entitlements.pack.nodes import Fault, PackError
from heliodesk.entitlements.pack.shipped import shipped_names, shipped_source
from heliodesk.entitlements.situations import compare as compare_packs
from heliodesk.entitlements.situations import table_of, worked
from heliodesk.identity.rules import May
from heliodesk.kernel import clock
from heliodesk.web.access import PersonRequest, needs
from heliodesk.web.policy.frame import pack_in_view, pack_row, policy_page
from heliodesk.web.policy.matrix import cell_words
from heliodesk.web.told import tell

#: Changed situations that a page lists.
MOST_CHANGES = 120
_LARGEST = 2 * 2**20


@needs(May.WORK_CASES)
def versions(request: PersonRequest) -> HttpResponse:
    """Every pack of the desk, and the box to bring in another."""
    return policy_page(
        request,
        "policy/packs.html",
        "packs",
        rows=queries.pack_rows(),
        shipped=[(name, name) for name in shipped_names()],
        faults=(),
    )


@needs(May.EDIT_POLICY)
@require_POST
def bring_in(request: PersonRequest) -> HttpResponse:
    """Import a shipped pack or a file as a draft; faults are shown line by line."""
    file = request.FILES.get("file")
    name = request.POST.get("shipped", "")
    try:
        if file is not None and file.size and file.size <= _LARGEST:
            source, told = file.read().decode("utf-8"), str(file.name)
        elif name in shipped_names():
            source, told = shipped_source(name), f"{name}.yaml"
        else:
            raise Refused(_("Choose a YAML file of at most 2 MB, or a pack that ships."))
        row = actions.import_pack(source, file=told, by=request.person.by, at=clock.now())
    except UnicodeDecodeError:
        return _listed(request, trouble=_("The file is not UTF-8 text."))
    except PackError as error:
        return _listed(request, faults=error.faults)
    except Refused as error:
        return _listed(request, trouble=str(error))
    tell(request, _("%(pack)s waits as a draft.") % {"pack": row})
    return redirect("policy_pack", row.pk)


def _listed(request: PersonRequest, *, faults: object = (), trouble: str = "") -> HttpResponse:
    return policy_page(
        request,
        "policy/packs.html",
        "packs",
        rows=queries.pack_rows(),
        shipped=[(name, name) for name in shipped_names()],
        faults=faults,
        trouble=trouble,
    )


@needs(May.WORK_CASES)
def show(request: PersonRequest, pack_id: int) -> HttpResponse:
    """A pack: where it stands, what should be looked at, what it would change."""
    return _shown(request, pack_id)


def _shown(request: PersonRequest, pack_id: int, *, trouble: str = "") -> HttpResponse:
    row = pack_row(pack_id)
    pack = pack_in_view(row)
    review = [(o.label, pack.package(code).label, cell_words(o, c) or _("not included"))
              for o, code, c in pack.to_review()]  # fmt: skip
    return policy_page(
        request,
        "policy/pack.html",
        "packs",
        row,
        pack=pack,
        review=review,
        doubts=doubts(pack),
        examples=worked(pack),
        lost=actions.lost_packages(pack, clock.now()) if row.state != "active" else {},
        trouble=trouble,
    )


@needs(May.WORK_CASES)
def source(request: PersonRequest, pack_id: int) -> HttpResponse:
    """The pack as the YAML file that it is."""
    row = pack_row(pack_id)
    answer = HttpResponse(row.source, content_type="text/yaml; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{row.code}-v{row.version}.yaml"'
    return answer


@needs(May.EDIT_POLICY)
@require_POST
def draft(request: PersonRequest, pack_id: int) -> HttpResponse:
    """Make a draft of a pack and open it for writing."""
    row = actions.draft_pack(pack_row(pack_id), by=request.person.by, at=clock.now())
    return redirect("policy_write", row.pk)


@needs(May.EDIT_POLICY)
def write(request: PersonRequest, pack_id: int) -> HttpResponse:
    """Write a draft; what was typed stays when it cannot be used."""
    row = pack_row(pack_id)
    source, trouble = row.source, ""
    faults: list[Fault] = []
    if request.method == "POST":
        source = request.POST.get("source", "").replace("\r\n", "\n")
        try:
            actions.write_draft(row, source=source, by=request.person.by, at=clock.now())
        except PackError as error:
            faults = error.faults
        except Refused as error:
            trouble = str(error)
        else:
            tell(request, _("Draft saved."))
            return redirect("policy_pack", row.pk)
    return policy_page(
        request, "policy/write.html", "packs", row, source=source, faults=faults, trouble=trouble
    )


@needs(May.EDIT_POLICY)
@require_POST
def activate(request: PersonRequest, pack_id: int) -> HttpResponse:
    """Bring a pack into force for new cases."""
    losses = request.POST.get("accept_losses") == "1"
    try:
        row = actions.activate(
            pack_row(pack_id), accept_losses=losses, by=request.person.by, at=clock.now()
        )
    except Refused as error:
        return _shown(request, pack_id, trouble=str(error))
    tell(request, _("%(pack)s is in force for new cases.") % {"pack": row})
    return redirect("policy_pack", row.pk)


@needs(May.EDIT_POLICY)
@require_POST
def retire(request: PersonRequest, pack_id: int) -> HttpResponse:
    """Lay a draft aside."""
    try:
        row = actions.retire(pack_row(pack_id), by=request.person.by, at=clock.now())
    except Refused as error:
        return _shown(request, pack_id, trouble=str(error))
    tell(request, _("%(pack)s was laid aside.") % {"pack": row})
    return redirect("policy_packs")


@needs(May.WORK_CASES)
def compare(request: PersonRequest, pack_id: int) -> HttpResponse:
    """What a pack judges differently from another (``?with=``, else the one in force), over the
    worked examples and the table of situations."""
    asked = request.GET.get("with", "")
    other = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 15 else None
    row, running = pack_row(pack_id), pack_row(other or packs.active().id)
    before, after = pack_in_view(running), pack_in_view(row)
    table = table_of(before, after)
    changes = list(compare_packs(before, after, table))
    return policy_page(
        request,
        "policy/compare.html",
        "packs",
        row,
        running=running,
        others=[
            (str(one.id), f"{one.code} v{one.version}")
            for one in queries.pack_rows()
            if one.id != row.pk
        ],
        values=differences(before, after)[:MOST_CHANGES],
        total=len(table),
        changed=len(changes),
        changes=[
            (_situation(change.situation), [(name, _plain(old), _plain(new))
              for name, (old, new) in change.fields.items()])
            for change in islice(changes, MOST_CHANGES)
        ],
    )  # fmt: skip


def _situation(situation: Mapping[str, object]) -> str:
    shown = {key: value for key, value in situation.items() if key != "at"}
    told = ", ".join(f"{key.replace('_', ' ')} {_plain(value)}" for key, value in shown.items())
    return f"{str(situation.get('at', ''))[:16].replace('T', ' ')} UTC: {told}"


def _plain(value: object) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value)) or "–"
    if isinstance(value, dict):
        return ", ".join(f"{key.replace('_', ' ')} {part}" for key, part in value.items())
    return "–" if value in (None, "") else str(value).replace("_", " ")
