"""The addresses of the desk: brand, region, and how mail is fetched and sent."""

from typing import Any

from django.conf import settings
from django.http import HttpResponse, HttpResponseNotAllowed
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as translated

from heliodesk.channels.actions import Refused, set_mailbox
from heliodesk.channels.credentials import sealed, sealed_grant
from heliodesk.channels.mailboxes import every_mailbox
from heliodesk.channels.models import Mailbox
from heliodesk.entitlements.customer_rules import customer_rules
from heliodesk.identity.rules import May, Role
from heliodesk.kernel import clock
from heliodesk.web.access import PersonRequest, needs
from heliodesk.web.admin import trial
from heliodesk.web.admin.trial import Trial
from heliodesk.web.answer import page
from heliodesk.web.told import tell

_WORDS = (
    "name",
    "region",
    "brand",
    "brand_color",
    "footer",
    "site",
    "imap_host",
    "imap_security",
    "imap_user",
    "imap_secret",
    "imap_login",
    "imap_folder",
    "imap_done_folder",
)
_WAYS_OUT = (
    "smtp_host",
    "smtp_security",
    "smtp_user",
    "smtp_secret",
    "smtp_login",
    "oauth_token_url",
    "oauth_client",
    "oauth_scope",
)


@needs(May.EDIT_MAILBOXES)
def everything(request: PersonRequest) -> HttpResponse:
    """All mailboxes."""
    return page(
        request,
        "admin/mailboxes.html",
        area="settings",
        tab="mailboxes",
        boxes=every_mailbox(),
    )


@needs(May.EDIT_MAILBOXES)
def new(request: PersonRequest) -> HttpResponse:
    """A new mailbox."""
    return _form(request, None)


@needs(May.EDIT_MAILBOXES)
def edit(request: PersonRequest, id: int) -> HttpResponse:
    """A mailbox; a POST changes it."""
    return _form(request, get_object_or_404(Mailbox, pk=id))


@needs(May.EDIT_MAILBOXES)
def test(request: PersonRequest, id: int) -> HttpResponse:
    """Try the saved servers now; what takes longer than a moment is shown when it is there."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    box = get_object_or_404(Mailbox, pk=id)
    may_inside = request.person.role is Role.ADMIN and request.person.own is None
    found = trial.begin(box, letter_to=request.person.email, may_inside=may_inside)
    return _form(request, box, shown=found)


@needs(May.EDIT_MAILBOXES)
def tried(request: PersonRequest, id: int) -> HttpResponse:
    """What came of trying, for the page to ask again."""
    box = get_object_or_404(Mailbox, pk=id)
    found = trial.look(box.pk, request.person.email)
    return page(request, "admin/mailbox.html", block="trial", box=box, trial=found)


def _form(
    request: PersonRequest, box: Mailbox | None, *, shown: Trial | None = None
) -> HttpResponse:
    trouble = ""
    saving = request.method == "POST" and shown is None
    if saving:
        address = box.address if box else request.POST.get("address", "").strip()
        try:
            row = set_mailbox(
                address,
                changes=_changes(request),
                secrets=_secrets(request),
                by=request.person.by,
                at=clock.now(),
            )
        except Refused as refusal:
            trouble = str(refusal)
        else:
            tell(request, translated("The mailbox is saved."))
            return redirect(f"/settings/mailboxes/{row.pk}/")
    regions = sorted(customer_rules().regions | ({box.region} if box and box.region else set()))
    return page(
        request,
        "admin/mailbox.html",
        status=409 if trouble else 200,
        area="settings",
        tab="mailboxes",
        box=box,
        given=request.POST if saving else _shown(box),
        regions=[("", translated("Every region")), *((code, code) for code in regions)],
        base=settings.BASE_URL,
        captured=settings.MAIL_OUTBOUND == "capture",
        trouble=trouble,
        trial=shown,
    )


def _changes(request: PersonRequest) -> dict[str, Any]:
    """What the form says, as the action wants it."""
    post = request.POST
    changes: dict[str, Any] = {name: post.get(name, "").strip() for name in _WORDS}
    changes["imap_folder"] = changes["imap_folder"] or "INBOX"
    changes["imap_security"] = changes["imap_security"] or "tls"
    changes["imap_login"] = changes["imap_login"] or "password"
    changes["aliases"] = post.get("aliases", "").replace(",", " ").split()
    changes["active"] = "active" in post
    if request.person.offshore:
        changes["offshore"] = "offshore" in post
    changes["imap_port"] = _port(post.get("imap_port", ""), 993)
    if "smtp_host" in post:
        changes |= {name: post.get(name, "").strip() for name in _WAYS_OUT}
        changes["smtp_security"] = changes["smtp_security"] or "starttls"
        changes["smtp_login"] = changes["smtp_login"] or "password"
        changes["smtp_port"] = _port(post.get("smtp_port", ""), 587)
    return changes


def _port(text: str, usual: int) -> int:
    port = text.strip() or str(usual)
    if not (port.isascii() and port.isdigit() and 0 < int(port) < 65536):
        raise Refused(translated("The port is a number from 1 to 65535."))
    return int(port)


def _secrets(request: PersonRequest) -> dict[str, str]:
    """Secrets that were typed, sealed; those to be forgotten, empty; all others stay."""
    post, found = request.POST, {}
    for name in ("imap", "smtp"):
        if post.get(f"{name}_password"):
            found[f"{name}_sealed"] = sealed(post[f"{name}_password"])
        elif f"{name}_forget" in post:
            found[f"{name}_sealed"] = ""
    if post.get("oauth_secret") or post.get("oauth_refresh"):
        found["oauth_sealed"] = sealed_grant(
            post.get("oauth_secret", "").strip(), post.get("oauth_refresh", "").strip()
        )
    elif "oauth_forget" in post:
        found["oauth_sealed"] = ""
    return found


def _shown(box: Mailbox | None) -> dict[str, Any]:
    """The mailbox as the form shows it; secrets are never among it."""
    if box is None:
        return {
            "active": True, "imap_port": 993, "imap_security": "tls", "imap_folder": "INBOX",
            "smtp_port": 587, "smtp_security": "starttls",
        }  # fmt: skip
    columns = (*_WORDS, *_WAYS_OUT, "active", "offshore", "imap_port", "smtp_port")
    return {**{name: getattr(box, name) for name in columns}, "aliases": " ".join(box.aliases)}
