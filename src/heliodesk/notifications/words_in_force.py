"""Which words hold for a kind of mail: an administrator's for the region and language, or ours."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db import connection

from heliodesk.kernel import sql
from heliodesk.notifications.rendering import Words, shipped

Key = tuple[str, str, str]


@dataclass(frozen=True)
class WordsInForce:
    """All words that administrators wrote, read once a batch."""

    own: Mapping[Key, Words]

    def of(self, kind: str, *, region: str, language: str) -> Words:
        """The closest words: of the region and language, then wider, then the shipped ones."""
        short = language.partition("-")[0] or "en"
        for key in (
            (kind, region, short),
            (kind, "", short),
            (kind, region, "en"),
            (kind, "", "en"),
        ):
            if key in self.own:
                return self.own[key]
        return shipped(kind, short)


def load() -> WordsInForce:
    """Every template of the administrators; a handful of rows."""
    with sql.prepared(connection) as cursor:
        cursor.execute(
            "select kind, region, language, subject, text, html from notifications_template"
        )
        return WordsInForce(
            {(row[0], row[1], row[2]): Words(row[3], row[4], row[5]) for row in cursor.fetchall()}
        )
