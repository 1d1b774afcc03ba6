"""The frame of the portal's and the public pages: brand, ways, language, and no byte too many."""

import re
import zlib
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext_noop as _

from heliodesk.customers.customer import Customer
from heliodesk.web.answer import page
from heliodesk.web.portal import brand as brands
from heliodesk.web.portal import endpoint, look
from heliodesk.web.portal.brand import Brand

_ICONS = Path(__file__).parents[1] / "static" / "icons.svg"
_SYMBOL = re.compile(r'<symbol id="i-([\w-]+)".*?</symbol>', re.S)
_USED = re.compile(rb'href="#i-([\w-]+)"')
_PLACE = b"<!--icons-->"
#: Of zlib: a fifth of the time of the usual one, for a tenth more bytes.
_LEVEL = 3


class Way(NamedTuple):
    """A way that stands in the head of every page of the portal."""

    area: str
    label: str
    address: str


#: In this order; a further area of the portal adds its line here.
WAYS = (
    Way("home", _("Home"), "/support/"),
    Way("cases", _("My cases"), "/support/cases/"),
    Way("account", _("Account & support"), "/support/account/"),
)
#: Only for those who run the contacts of their account.
CONTACTS = Way("contacts", _("Contacts"), "/support/contacts/")


def brand_of(customer: Customer) -> Brand:
    """The brand of the account at which a contact acts."""
    return brands.of_region(customer.place.region, offshore=is_offshore(customer.place.region))


def is_offshore(region: str) -> bool:
    """Whether a region lies behind a data boundary, by the mailboxes that answer it."""
    return brands.behind_boundary(region)


def framed(
    request: HttpRequest,
    template: str,
    /,
    *,
    area: str = "",
    brand: Brand | None = None,
    status: int = 200,
    block: str = "",
    script: str = "front",
    **context: Any,
) -> HttpResponse:
    """A page of the portal or a public one, in the brand of who reads it.

    Templates know, beside what all know, ``customer`` (or none), ``brand``, ``ways``, ``area``,
    ``languages`` and the addresses ``style`` and ``script``.
    """
    customer: Customer | None = getattr(request, "customer", None)
    shown = brand or (brand_of(customer) if customer else endpoint.brand_of(request))
    response = page(
        request,
        template,
        status=status,
        block=block,
        customer=customer,
        brand=shown,
        ways=ways(customer),
        area=area,
        languages=settings.LANGUAGES,
        style=look.style(shown),
        script=look.script(script),
        here=request.get_full_path(),
        **context,
    )
    if customer is None:
        endpoint.remember(request, response)
    if not block:
        response.content = _with_icons(response.content)
    response["Cache-Control"] = "no-store" if customer else "no-cache"
    return _squeezed(request, response)


def _squeezed(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """The page in few bytes, quickly. The one secret in it, the form's token, is masked anew in
    every page, so that its length tells nothing."""
    patch_vary_headers(response, ("Accept-Encoding",))
    if "gzip" in request.headers.get("Accept-Encoding", ""):
        packer = zlib.compressobj(_LEVEL, wbits=zlib.MAX_WBITS | 16)
        response.content = packer.compress(response.content) + packer.flush()
        response["Content-Encoding"] = "gzip"
        response["Content-Length"] = str(len(response.content))
    return response


def ways(customer: Customer | None) -> tuple[Way, ...]:
    """Where this contact may go; a visitor has one way in."""
    if customer is None:
        return (Way("raise", _("Get Support"), reverse("get_support")),)
    return (*WAYS, CONTACTS) if customer.is_admin else WAYS


def _with_icons(content: bytes) -> bytes:
    """Put the icons that a page uses where its body begins, and none besides."""
    used = frozenset(name.decode() for name in _USED.findall(content))
    return content.replace(_PLACE, _sprite(used), 1)


@lru_cache(maxsize=256)
def _sprite(names: frozenset[str]) -> bytes:
    drawn = _symbols()
    chosen = "".join(drawn[name] for name in sorted(names) if name in drawn)
    return f'<svg hidden width="0" height="0"><defs>{chosen}</defs></svg>'.encode()


@lru_cache(maxsize=1)
def _symbols() -> dict[str, str]:
    text = _ICONS.read_text("utf-8")
    return {found[1]: found[0] for found in _SYMBOL.finditer(text)}
