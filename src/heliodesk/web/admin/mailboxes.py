"""The addresses of the desk: brand, region, and how mail is fetched."""

from typing import Any

from django.http import HttpResponse, HttpResponseNotAllowed
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as translated
from imapclient.exceptions import IMAPClientError

from heliodesk.channels.actions import Refused, set_mailbox
from heliodesk.channels.imap.session import ImapAccount, NoSecret, signed_in
from heliodesk.channels.mailboxes import every_mailbox
from heliodesk.channels.models import Mailbox
from heliodesk.entitlements.customer_rules import customer_rules
from heliodesk.identity.rules import May
from heliodesk.kernel import clock
from heliodesk.web.access import PersonRequest, needs
from heliodesk.web.answer import page
from heliodesk.web.told import tell

_WORDS = (
    "name",
    "region",
    "brand",
    "brand_color",
    "footer",
    "imap_host",
    "imap_security",
    "imap_user",
    "imap_secret",
    "imap_login",
    "imap_folder",
    "imap_done_folder",
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
    """Sign in to the mailbox's IMAP server now, and say how that went."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    box = get_object_or_404(Mailbox, pk=id)
    return _form(request, box, tried=_tried(box))


def _form(request: PersonRequest, box: Mailbox | None, *, tried: str = "") -> HttpResponse:
    trouble = ""
    saving = request.method == "POST" and not tried
    if saving:
        address = box.address if box else request.POST.get("address", "").strip()
        try:
            row = set_mailbox(
                address, changes=_changes(request), by=request.person.by, at=clock.now()
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
        trouble=trouble,
        tried=tried,
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
    port = post.get("imap_port", "").strip() or "993"
    if not (port.isascii() and port.isdigit() and 0 < int(port) < 65536):
        raise Refused(translated("The port is a number from 1 to 65535."))
    changes["imap_port"] = int(port)
    return changes


def _shown(box: Mailbox | None) -> dict[str, Any]:
    """The mailbox as the form shows it."""
    if box is None:
        return {"active": True, "imap_port": 993, "imap_security": "tls", "imap_folder": "INBOX"}
    return {
        **{name: getattr(box, name) for name in (*_WORDS, "active", "offshore", "imap_port")},
        "aliases": " ".join(box.aliases),
    }


def _tried(box: Mailbox) -> str:
    """What came of signing in, in one sentence; it begins with ``ok`` when it worked."""
    account = ImapAccount(
        box.pk,
        box.imap_host,
        box.imap_port,
        box.imap_security,
        box.imap_user,
        box.imap_secret,
        box.imap_login,
        box.imap_folder,
        box.imap_done_folder,
    )
    try:
        with signed_in(account) as client:
            found = client.select_folder(box.imap_folder, readonly=True)
    except NoSecret as error:
        return translated("There is nothing to sign in with: %(why)s.") % {"why": error}
    except (OSError, IMAPClientError) as error:
        return translated("The server at %(host)s cannot be used: %(why)s") % {
            "host": f"{box.imap_host}:{box.imap_port}",
            "why": error,
        }
    count = int(found.get(b"EXISTS", 0))
    return "ok " + translated("Signed in; %(folder)s holds %(count)s messages.") % {
        "folder": box.imap_folder,
        "count": count,
    }
