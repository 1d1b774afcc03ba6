"""The portal's stylesheet and scripts: each one small file, squeezed, kept by browsers for ever.

The first page of a stranger on a slow line is one page, one stylesheet and one script. The
address holds the content's hash, so that a changed file is a new address.
"""

import gzip
import hashlib
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders
from django.http import Http404, HttpRequest, HttpResponse

from heliodesk.web.access import public
from heliodesk.web.portal import brand
from heliodesk.web.portal.brand import Brand

_PARTS = (
    "tokens", "base", "shell", "button", "badge", "form", "list", "table", "card", "clock",
    "message", "overlay", "feedback", "sign_in", "portal", "door", "utilities",
)  # fmt: skip
#: Scripts by the page that needs them; each is one file of its own beside what all have.
_SCRIPTS = {
    "front": ("theme", "portal"),
    "raise": ("theme", "portal", "proof", "files", "raise"),
    "cases": ("theme", "portal", "list"),
    "case": ("theme", "portal", "proof", "files", "answer"),
}
_COMMENT = re.compile(r"/\*.*?\*/", re.S)
_BLANK = re.compile(r"\s*\n\s*")
_YEAR = "public, max-age=31536000, immutable"


@dataclass(frozen=True)
class Sheet:
    """A file as it is sent."""

    address: str
    kind: str
    plain: bytes
    squeezed: bytes


@public
def sheet(request: HttpRequest, name: str, digest: str) -> HttpResponse:
    """A stylesheet or script of the portal; an old address still gets the present content."""
    found = _named(name)
    if found is None:
        raise Http404
    squeezed = "gzip" in request.headers.get("Accept-Encoding", "")
    response = HttpResponse(
        found.squeezed if squeezed else found.plain, content_type=f"{found.kind}; charset=utf-8"
    )
    if squeezed:
        response["Content-Encoding"] = "gzip"
    fresh = found.address.endswith(f".{digest}")
    response["Cache-Control"] = _YEAR if fresh else "no-cache"
    response["Vary"] = "Accept-Encoding"
    return response


def style(of: Brand) -> str:
    """The address of the stylesheet in the colours of a brand."""
    return _style(of.color, of.ink, _reading()).address


def script(name: str) -> str:
    """The address of a script."""
    return _script(name, _reading()).address


def _named(name: str) -> Sheet | None:
    kind, _, of = name.partition("-")
    if kind == "script" and of in _SCRIPTS:
        return _script(of, _reading())
    known = {_color_name(one): one for one in brand.all_brands()}
    return _style(known[of].color, known[of].ink, _reading()) if of in known else None


def _color_name(of: Brand) -> str:
    return of.color.lstrip("#")


def _reading() -> int:
    """Changes when files do, while somebody works on them."""
    if not settings.DEBUG:
        return 0
    folder = Path(__file__).parents[1] / "static"
    return max(path.stat().st_mtime_ns for path in folder.rglob("*.?s*"))


@lru_cache(maxsize=64)
def _style(color: str, ink: str, _stamp: int) -> Sheet:
    own = f"@layer tokens {{ :root {{ --brand: {color}; --on-brand: {ink}; }} }}"
    text = "\n".join([*(_read(f"css/{part}.css") for part in _PARTS), own])
    tidy = _BLANK.sub("\n", _COMMENT.sub("", text)).strip()
    return _sheet(f"style-{color.lstrip('#')}", "text/css", tidy)


@lru_cache(maxsize=16)
def _script(name: str, _stamp: int) -> Sheet:
    text = "\n".join(f"{{\n{_read(f'js/{part}.js')}\n}}" for part in _SCRIPTS[name])
    return _sheet(f"script-{name}", "text/javascript", text)


def _read(path: str) -> str:
    return Path(str(finders.find(path))).read_text("utf-8")


def _sheet(name: str, kind: str, text: str) -> Sheet:
    plain = text.encode()
    digest = hashlib.sha256(plain).hexdigest()[:12]
    return Sheet(f"/look/{name}.{digest}", kind, plain, gzip.compress(plain, 9, mtime=0))
