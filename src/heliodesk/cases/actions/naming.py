"""Older messages are found by the names of their files, too: a bounded number of files a run."""

from django.db import connection, transaction

#: The words of a name: itself, and its parts by themselves, as filing writes them.
_WORDS = "' ' || f.name || ' ' || regexp_replace(f.name, '(\\W|_)+', ' ', 'g')"
#: Messages filed since the upgrade have them already: it goes from the newest before it backwards.
_SOME = f"""
with backlog as (
    select below from cases_unnamedfiles where below > 1 for update skip locked
), next as (
    select f.id, f.message_id, {_WORDS} as words
    from backlog, cases_attachment f where f.id < backlog.below order by f.id desc limit %s
), named as (
    update cases_message m set search = coalesce(m.search, '') || s.words
    from (select message_id, to_tsvector('simple', left(string_agg(words, ''), 4000)) as words
            from next group by message_id) s
    where m.id = s.message_id
), moved as (
    update cases_unnamedfiles u set below = coalesce((select min(id) from next), 1)
    where exists (select from backlog)
)
select count(*) from next
"""


def name_older_files(*, most: int) -> int:
    """Let the search find the names of so many files that came before it did; how many it were."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_SOME, [most])
        return int(cursor.fetchone()[0])
