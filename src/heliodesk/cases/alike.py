"""Cases like one that is open: what was solved before, first, with how it was solved.

The rarer words of the title are looked for in the newest buckets of cases; those that share the
most of them count as alike. Common words say little and cost much, so they are left out: how
common a word is, PostgreSQL knows from its own statistics.
"""

import re
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

from django.db import connection

from heliodesk.cases import frequency
from heliodesk.cases.access import visible
from heliodesk.cases.looking import newest_bucket
from heliodesk.identity.person import Person
from heliodesk.kernel import reading

#: Cases shown, words looked for, and buckets of cases looked into.
MOST = 5
_WORDS, _BUCKETS = 6, 10
#: Messages of one bucket that are compared.
_COMPARED = 60
#: A word in a larger part of all messages, and in so many, says nothing of what a case is about.
_COMMON, _MANY = 0.03, 300
_WORD = re.compile(r"[^\W_]{3,}")
#: Of a short title the first words of the customer help.
_ENOUGH = 3
#: A case whose title holds none of the words must share more of them than this.
_WITHOUT_TITLE = 2
_SMALL = frozenset({
    "the", "and", "for", "not", "with", "from", "that", "this", "have", "has", "was", "are",
    "you", "your", "our", "can", "cannot", "will", "does", "did", "but", "after", "before",
    "when", "again", "all", "any", "please", "hello", "help", "problem", "question", "issue",
    "case", "urgent", "since", "der", "die", "das", "und", "ist", "nicht", "mit", "von", "auf",
    "ein", "eine", "les", "des", "pour", "avec", "pas", "est", "une", "con", "los", "las",
    "por", "para", "que", "una", "fwd", "which", "were", "see", "how", "who", "what", "where",
    "why", "two", "three", "four", "new", "old", "get", "got", "out", "into", "some", "they",
    "their", "there", "only", "user", "users", "about", "through", "each", "every", "more",
    "most", "other", "them", "then", "than", "its", "one", "now", "still", "just", "mail",
    "mails", "email", "message", "messages", "customer", "between", "during", "under", "over",
})  # fmt: skip


class Alike(NamedTuple):
    """A case that resembles another."""

    ref: str
    title: str
    state: str
    account: str
    resolution: str
    at: datetime


_BEGINNING = """
select c.title, coalesce((select left(m.text, 600) from cases_message m
                           where m.case_id = c.id and m.direction = 'in'
                           order by m.id limit 1), '')
from cases_case c where c.id = %s
"""


def like(person: Person, case_id: int) -> list[Alike]:
    """Up to five cases that resemble this one, solved ones first; none where words are too few."""
    title, text = reading.rows(connection, _BEGINNING, [case_id])[0]
    words = telling_words(title, text)
    if not words:
        return []
    seen, params = visible(person)
    newest = newest_bucket()
    buckets = list(range(newest, max(newest - _BUCKETS, -1), -1))
    query = " | ".join(f"'{word}'" for word in words)
    shared = 1 if len(words) < _ENOUGH else 2
    given = [value for n in buckets for value in (n, query)]
    return reading.shaped(
        connection,
        Alike,
        _sql(len(buckets), seen),
        [words, *given, words, case_id, *params, shared],
        prepare=False,
    )


def telling_words(title: str, text: str) -> list[str]:
    """The words that tell what a case is about, the rarest first; from the title, and from the
    beginning of the text where the title says too little."""
    found = _telling(title)
    if len(found) < _ENOUGH:
        found = list(dict.fromkeys([*found, *_telling(text)]))
    known = {word: frequency.part_of(word) for word in found}
    telling = [w for w in found if known[w] < _COMMON or frequency.messages_with(w) < _MANY]
    return sorted(telling, key=lambda word: known[word])[:_WORDS]


def _telling(text: str) -> list[str]:
    words = (word.lower() for word in _WORD.findall(text))
    return list(dict.fromkeys(word for word in words if word not in _SMALL))[:40]


@lru_cache(maxsize=4 * _BUCKETS)
def _sql(buckets: int, seen: str) -> str:
    one = (
        "(select m.case_id, m.search from cases_message m where m.bucket = %s::int"
        f" and m.search @@ %s::tsquery limit {_COMPARED})"
    )
    said = " union all ".join([one] * buckets)
    return f"""
    with said as (
        select s.case_id, max((select count(*) from unnest(%s::text[]) w
                                where s.search @@ quote_literal(w)::tsquery)) as shared
        from ({said}) s group by s.case_id
    )
    select c.ref, c.title, c.state, a.name, left(c.resolution, 1000),
           coalesce(c.resolved_at, c.opened_at)
    from said join cases_case c on c.id = said.case_id
    cross join lateral (
        select count(*) as shared from unnest(%s::text[]) w
         where to_tsvector('simple', c.title) @@ quote_literal(w)::tsquery) titled
    join customers_account a on a.id = c.account_id
    where c.id <> %s and c.merged_into_id is null and c.state <> 'cancelled' and {seen}
      and said.shared >= %s and (titled.shared > 0 or said.shared > {_WITHOUT_TITLE})
    order by c.resolution <> '' desc, said.shared + 2 * titled.shared desc, c.id desc
    limit {MOST}
    """
