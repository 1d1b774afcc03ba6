"""The course of one search: which cases are read, in which order, and when it has seen enough."""

from collections.abc import Iterable, Sequence
from functools import lru_cache

from django.db import connection

from heliodesk.cases import frequency
from heliodesk.cases.actions.write import BUCKET
from heliodesk.cases.asked import Asked
from heliodesk.cases.narrowing import Narrowed
from heliodesk.cases.queries import OPEN_ONLY
from heliodesk.kernel import reading

#: A word in more messages than this in one step is common: then the newest cases are walked.
_CANDIDATES = 2000
#: Buckets of the first steps, and of those that follow where a word is common.
_FIRST_STEPS = (2, 2, 6)
_WIDER = 8
#: Steps of the oldest buckets when a word was common long ago.
_OLD_STEPS = 4
#: Cases walked by one statement, and how many such statements one search makes.
_WALKED = BUCKET
_WALKS = 3
#: Cases of those whom operators name that are read in one search.
_OF_NAMED = 12_000
#: A tag on fewer cases than this is where a search begins.
_RARE_TAG = 3_000
#: No id is so high.
_ABOVE_ALL = 2**62

_SAYS = "m.search @@ websearch_to_tsquery('simple', %s)"
_THAT_SAYS = f"""cross join lateral (
    select m.id from cases_message m where m.case_id = c.id and {_SAYS}
    order by m.id desc limit 1) m"""
_NEVER_SAYS = f"""
(select true from cases_message m where m.case_id = c.id and {_SAYS} limit 1) is null"""
#: The cases of each of those who are named, so many of each at most.
_EACH = """
select p.key, x.id from unnest(%s::bigint[]) p(key) cross join lateral (
    select c.id from cases_case c where c.{column} = p.key{also} and c.id >= %s and c.id < %s
    order by c.id desc limit {most:d}) x"""
#: The same for one of them, read no further than is needed.
_ONE = """
select %s::bigint as key, c.id from cases_case c
where c.{column} = %s{also} and c.id >= %s and c.id < %s order by c.id desc limit {most:d}"""
_LISTED = "select 0::bigint as key, x.id from unnest(%s::bigint[]) x(id) where id >= %s and id < %s"
_TAGGED = f"""
select c.id from cases_case c where c.tags && %s::int[] and c.tags <> '{{}}' limit {_RARE_TAG}"""
#: How far back the reading of somebody's cases went, when it read as many as it may.
_END = """
select max(low) from (
    select count(*) as n, min(id) as low from ({each}) each group by key) s where n >= {most:d}"""


class Look:
    """One search under way: the cases found so far, the newest first, each with the message that
    says the words."""

    def __init__(
        self, asked: Asked, narrowed: Narrowed, limit: int, *, strict: bool = True
    ) -> None:
        """With ``strict`` false the caller leaves out what the person may not see."""
        self.asked, self.narrowed, self.limit, self.strict = asked, narrowed, limit, strict
        self.found: dict[int, int | None] = {}
        #: Messages that said the words in a bucket of the last step.
        self._in_a_bucket = 0.0
        #: Cases below this id were not looked at, though some may fit.
        self.stopped_at: int | None = None
        if asked.unwanted and not asked.wanted:
            narrowed.add(_NEVER_SAYS, " or ".join(asked.unwanted))

    @property
    def enough(self) -> bool:
        """Whether a page is full, and one more known."""
        return len(self.found) > self.limit

    def run(self) -> None:
        """Look until there is enough, or it has cost enough."""
        each = self._named()
        if not self.asked.wanted:
            self._walk_named(*each) if each else self._walk_all()
        elif each is None:
            self._through_buckets()
        elif not frequency.rare(self.asked.wanted) or not self._take_if_few():
            self._walk_named(*each)

    # --- words, by the index of words -----------------------------------------------------

    def _through_buckets(self) -> None:
        """Look for words, some buckets at a time, from the newest."""
        newest, lowest = self._newest_bucket(), self.narrowed.lowest // BUCKET
        for buckets in _steps(newest, lowest):
            if self.enough or self.stopped_at is not None:
                return
            if not buckets:
                self._through_old_buckets(newest - sum(_FIRST_STEPS), lowest)
            else:
                self._through(buckets)

    def _through_old_buckets(self, newest: int, lowest: int) -> None:
        """All at once where the words are rare; else so many more steps."""
        known = min(map(frequency.messages_with, self.asked.wanted), default=0)
        older = self._in_a_bucket * (newest + 1 - lowest)
        if max(known / 2, older) < _CANDIDATES and self._take_if_few():
            return
        for step in range(_OLD_STEPS):
            top = newest - step * _WIDER
            if top < lowest or self.enough or self.stopped_at is not None:
                return
            self._through(range(top, max(top - _WIDER, lowest - 1), -1))
        if not self.enough and top - _WIDER >= lowest:
            self.stopped_at = (top - _WIDER + 1) * BUCKET

    def _through(self, buckets: Sequence[int]) -> None:
        said = self._said_in(buckets)
        self._in_a_bucket = len(said) / len(buckets)
        if len(said) < _CANDIDATES:
            self._take(said)
        else:
            self._walk_range(buckets[-1] * BUCKET, (buckets[0] + 1) * BUCKET)

    def _take_if_few(self) -> bool:
        """Take every message that says the words, if they are few."""
        said = self._said_in([])
        if len(said) < _CANDIDATES:
            self._take(said)
        return len(said) < _CANDIDATES

    def _said_in(self, buckets: Sequence[int]) -> list[tuple[int, int]]:
        """Messages that hold the words in these buckets, or with none anywhere; not ordered."""
        below = self.narrowed.below
        sql = step_sql(len(buckets), paged=below is not None)
        params = step_params(self.asked.words, buckets, below)
        # Planned for these words: a rare one must never be looked for row by row.
        return [(row[0], row[1]) for row in reading.rows(connection, sql, params, prepare=False)]

    def _take(self, said: Iterable[tuple[int, int]]) -> None:
        """Keep those of these cases that fit, the newest first."""
        newest: dict[int, int] = {}
        for case_id, message_id in said:
            if case_id not in self.found:
                newest[case_id] = max(message_id, newest.get(case_id, 0))
        fit = sorted(newest, reverse=True)
        most = self.limit + 1 - len(self.found)
        if self.narrowed.conditions or self.strict:
            # By their ids alone: by the index of open cases all between the ids would be read.
            sql = f"""select c.id from (
                select * from cases_case c where c.id = any(%s::bigint[]) offset 0) c
                where {self.narrowed.where} order by c.id desc limit {most:d}"""
            given = [fit, *self.narrowed.where_values]
            fit = [row[0] for row in reading.rows(connection, sql, given, prepare=False)]
        self.found |= {id: newest[id] for id in fit[:most]}

    def _newest_bucket(self) -> int:
        newest = newest_bucket()
        if self.narrowed.below is None:
            return newest
        return min(newest, max(self.narrowed.below - 1, 0) // BUCKET)

    # --- cases, from the newest backwards -------------------------------------------------

    def _walk_all(self) -> None:
        newest = reading.rows(connection, "select coalesce(max(id), 0) + 1 from cases_case")[0][0]
        self._walk_range(max(self.narrowed.lowest, 1), newest)

    def _walk_range(self, lowest: int, above: int) -> None:
        """Cases of this range of ids, so many windows of it as one search may read."""
        top = min(above, self.narrowed.below or above)
        for _ in range(_WALKS):
            low = max(top - _WALKED, lowest)
            self._walk("cases_case c", "c.id >= %s and c.id < %s", [low, top])
            top = low
            if self.enough or top <= lowest:
                return
        self.stopped_at = top

    def _walk_named(self, each: str, values: list[object], most: int) -> None:
        """The cases of those whom operators name."""
        given = [*values, self.narrowed.lowest, self.narrowed.below or _ABOVE_ALL]
        source = f"({each}) n join cases_case c on c.id = n.id"
        self._walk(source, "true", given, first=True)
        if self.enough:
            return
        sql = _END.format(each=each, most=most)
        self.stopped_at = reading.rows(connection, sql, given, prepare=False)[0][0]
        if self.stopped_at is not None:
            self.found = {id: m for id, m in self.found.items() if id >= self.stopped_at}

    def _walk(
        self, source: str, within: str, given: Sequence[object], *, first: bool = False
    ) -> None:
        """Add what fits of these cases, the newest first; ``first`` if values are in the source."""
        said = [self.asked.words] if self.asked.wanted else []
        sql = f"""select c.id, {"m.id" if said else "null::bigint"}
            from {source} {_THAT_SAYS if said else ""}
            where {within} and {self.narrowed.where}
            order by c.id desc limit {self.limit + 1 - len(self.found):d}"""
        order = [*given, *said] if first else [*said, *given]
        params = [*order, *self.narrowed.where_values]
        self.found |= dict(reading.rows(connection, sql, params, prepare=False))

    def _named(self) -> tuple[str, list[object], int] | None:
        """The cases of contacts, accounts, tags or owners that operators name, as SQL with its
        values, and how many of each are read; none when nobody is named."""
        n = self.narrowed
        if n.contacts is not None:
            return _cases_of("contact_id", n.contacts)
        if n.accounts is not None:
            return _cases_of("account_id", n.accounts)
        if n.tags is not None:
            ids = [row[0] for row in reading.rows(connection, _TAGGED, [n.tags], prepare=False)]
            if len(ids) < _RARE_TAG:
                return _LISTED, [ids], _RARE_TAG
        if n.owners is not None and n.open:
            return _cases_of("owner_id", n.owners, also=f" and {OPEN_ONLY}")
        return None


def _cases_of(column: str, ids: list[int], *, also: str = "") -> tuple[str, list[object], int]:
    most = _OF_NAMED // max(len(ids), 1)
    if len(ids) == 1:
        return _ONE.format(column=column, also=also, most=most), [ids[0], ids[0]], most
    return _EACH.format(column=column, also=also, most=most), [ids], most


def newest_bucket() -> int:
    """The bucket of the newest case."""
    newest = reading.rows(connection, "select coalesce(max(id), 0) from cases_case")[0][0]
    return int(newest) // BUCKET


def _steps(newest: int, lowest: int = 0) -> list[Sequence[int]]:
    """Which buckets are looked into, step by step; the last, empty, stands for all.

    The first step is the newest bucket, which may have just begun, and the full one before it;
    the next two are as small again, and wider.
    """
    steps: list[Sequence[int]] = []
    top = newest
    for wide in _FIRST_STEPS:
        step = range(top, max(top - wide, lowest - 1), -1)
        steps += [step] if step else []
        top -= wide
    return [*(steps or [range(newest, newest - 1, -1)]), *([[]] if top >= lowest else [])]


@lru_cache(maxsize=2 * (_WIDER + 2))
def step_sql(buckets: int, *, paged: bool = False) -> str:
    """Messages that hold the words, in so many buckets, or with none anywhere; not ordered.

    Each bucket is asked by itself, as the very type of its column: only then does the index serve
    it with the words at once.
    """
    below = " and m.case_id < %s" if paged else ""
    one = (
        f"(select m.case_id, m.id from cases_message m where m.bucket = %s::int and {_SAYS}{below})"
    )
    found = " union all ".join([one] * buckets)
    if not found:
        found = f"select m.case_id, m.id from cases_message m where {_SAYS}{below}"
    return f"select * from ({found}) m limit {_CANDIDATES}"


def step_params(text: str, buckets: Sequence[int], below: int | None = None) -> list[object]:
    """The values of such a statement."""
    last = [] if below is None else [below]
    return [value for n in buckets for value in (n, text, *last)] or [text, *last]
