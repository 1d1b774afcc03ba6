"""Reads of the words that administrators wrote."""

from heliodesk.notifications.models import Template


def by_kind() -> dict[str, list[Template]]:
    """All of them, by kind of mail."""
    own: dict[str, list[Template]] = {}
    for row in Template.objects.order_by("kind", "region", "language"):
        own.setdefault(row.kind, []).append(row)
    return own


def written(kind: str, *, region: str, language: str) -> Template | None:
    """Those for exactly this kind, region and language."""
    return Template.objects.filter(kind=kind, region=region, language=language).first()
