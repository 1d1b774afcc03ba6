"""Which page a paging call is about."""

from django.db.models import Q

from heliodesk.oncall.models import Page


def page_called(word: str) -> Page | None:
    """The page with this key, token or number."""
    word = word.strip()[:200]
    if not word:
        return None
    wanted = Q(key=word) | Q(token=word)
    if word.isascii() and word.isdigit() and len(word) < 18:
        wanted |= Q(pk=int(word))
    return Page.objects.filter(wanted).order_by("pk").first()
