"""Every page that a person can reach by following links, each kind of address once."""

import re
from collections.abc import Iterator
from urllib.parse import urljoin, urlsplit

from playwright.sync_api import APIResponse, Page

#: What is saved rather than shown, leaves the desk, or is drawn in a frame of its own.
_NO_PAGE = re.compile(
    r"^/(static|attachments|metrics|healthz|readyz|events)|/(raw|html|export|file)/|sign-out|\.\w+$"
)
_LINK = re.compile(r"""<a\b[^>]*?\bhref=["']([^"'#]+)""")
#: A page that shows one of many: a number, a reference, a code in capitals, a kind of mail.
_ONE = re.compile(r"\d|[A-Z]")
_KINDS = re.compile(r"^/settings/words/[^/]+/$")


def kind(path: str) -> str:
    """The address with a star for whatever tells one thing from the next of its kind."""
    if _KINDS.match(path):
        return "/settings/words/*/"
    return "/".join("*" if _ONE.search(part) else part for part in path.split("/"))


def links(html: str, base: str) -> Iterator[str]:
    """Addresses of the desk's own pages that this page leads to, without their queries."""
    for found in _LINK.findall(html):
        there = urlsplit(urljoin(base, found.replace("&amp;", "&")))
        if there.netloc == urlsplit(base).netloc and not _NO_PAGE.search(there.path):
            yield there.path


def every_page(page: Page, start: str = "/") -> dict[str, APIResponse]:
    """Ask for one page of each kind that can be reached from here; by address."""
    base = page.context.request.get(start).url
    waiting, met, found = [start], {kind(start)}, dict[str, APIResponse]()
    while waiting:
        path = waiting.pop(0)
        answer = page.context.request.get(path)
        found[path] = answer
        if "text/html" not in answer.headers.get("content-type", ""):
            continue
        for link in links(answer.text(), urljoin(base, path)):
            # A letter that is shown to an agent leads to the customers' side, for customers.
            across = link.startswith("/support/") and start == "/"
            if kind(link) not in met and not across:
                met.add(kind(link))
                waiting.append(link)
    return found
