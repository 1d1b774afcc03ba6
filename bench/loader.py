"""Fill an empty desk with many cases by set-based SQL.

Every 20th case has 10 messages, the others 2; every 200th says a rare word. Accounts, contacts,
parties, decisions, clocks, events, thread keys, attachments and acknowledgements are there in
proportion, as filing would have left them; only the raw mails and the files are not. Indexes and
foreign keys of the large tables are dropped for the load and made again after it, in the same
transaction, so that a load that is broken off leaves nothing behind.
"""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from tests.entitlements.asking import ORDINARY

from bench.words import RARE, Writer
from heliodesk.entitlements import stored
from heliodesk.entitlements.pack.shipped import default_pack
from heliodesk.entitlements.simulation import Simulator, request_from

Connection = psycopg.Connection[tuple[object, ...]]
MAILBOX = "support@meridian.example"
#: Fragments of which texts are put together, two a message; fewer for a small load.
_MOST_FRAGMENTS = 20_000
_DROP_INDEXES_FROM = 20_000
_LARGE = (
    "entitlements_entitlementdecision",
    "cases_case",
    "cases_message",
    "cases_attachment",
    "cases_participant",
    "journal_event",
    "intake_threadkey",
    "channels_outbound",
    "sla_clock",
)


def load(connection: Connection, cases: int, *, tell: bool = True) -> float:
    """Load so many cases into an empty desk; seconds it took."""
    begun = time.monotonic()
    with connection.transaction():
        connection.execute("set local work_mem = '64MB'; set local maintenance_work_mem = '512MB'")
        connection.execute("set local synchronous_commit = off")
        fill(connection, cases, tell=tell)
    # Counted before the vacuum: autovacuum would come for the same rows while pages are asked.
    connection.execute("select pg_stat_force_next_flush()")
    connection.execute("vacuum (analyze)")
    connection.execute("checkpoint" if _may_checkpoint(connection) else "select 1")
    spent = time.monotonic() - begun
    if tell:
        print(f"  loaded {cases:,} cases in {spent:.0f} s", flush=True)
    return spent


def fill(connection: Connection, cases: int, *, tell: bool = False) -> None:
    """Write the rows, within the caller's transaction."""
    begun = time.monotonic()
    _fragments(connection, _fragments_of(cases))
    for name, sql in _customers(cases):
        _run(connection, name, sql, begun, tell=tell)
    connection.execute("set constraints all immediate")
    with _bare(connection, cases, begun, tell=tell):
        for name, sql in _cases(cases):
            _run(connection, name, sql, begun, tell=tell)
    for table in ("customers_account", "customers_contact", *_LARGE):
        connection.execute(
            f"select setval(pg_get_serial_sequence('{table}', 'id'),"
            f" coalesce((select max(id) from {table}), 1))"
        )
    connection.execute(f"select setval('cases_number', {1_000_000 + cases})")


def _may_checkpoint(connection: Connection) -> bool:
    row = connection.execute(
        "select rolsuper or pg_has_role(current_user, 'pg_read_all_settings', 'member') and"
        " exists (select from pg_roles where rolname = 'pg_checkpoint')"
        " and pg_has_role(current_user, 'pg_checkpoint', 'member')"
        " from pg_roles where rolname = current_user"
    ).fetchone()
    return bool(row and row[0])


def _run(connection: Connection, name: str, sql: str, begun: float, *, tell: bool) -> None:
    connection.execute(sql.encode())
    if tell:
        print(f"  {time.monotonic() - begun:6.1f} s  {name}", flush=True)


def _fragments_of(cases: int) -> int:
    return min(_MOST_FRAGMENTS, cases + 500)


def _fragments(connection: Connection, count: int) -> None:
    """Texts of some 230 characters, with what a search finds in them, in a table that goes."""
    writer = Writer()
    connection.execute(
        "create temporary table fragment (id int primary key, text text, words tsvector)"
        " on commit drop"
    )
    with connection.cursor() as cursor, cursor.copy("copy fragment (id, text) from stdin") as copy:
        for id in range(count):
            copy.write_row((id, writer.text(180)))
    connection.execute("update fragment set words = to_tsvector('simple', text)")
    connection.execute("analyze fragment")
    # Reference of a running number: itself and its Damm check digit, as the desk makes it.
    connection.execute(_DAMM)


_DAMM = """
create function pg_temp.reference(number bigint) returns text language plpgsql immutable as $$
declare
    damm constant text :=
        '0317598642709215486342068713591750983426612304597836742095815869720134894536201794386172052581436790';
    digits text := number::text;
    interim int := 0;
begin
    for place in 1..length(digits) loop
        interim := substr(damm, interim * 10 + substr(digits, place, 1)::int + 1, 1)::int;
    end loop;
    return digits || interim;
end $$
"""


def accounts_of(cases: int) -> int:
    """How many accounts go with so many cases."""
    return max(200, cases // 50)


def _customers(cases: int) -> Iterator[tuple[str, str]]:
    accounts = accounts_of(cases)
    yield (
        "customers",
        f"""
        insert into channels_mailbox (code, address, aliases, name, region, offshore, active, brand,
            brand_color, footer, imap_host, imap_port, imap_security, imap_user, imap_secret,
            imap_login, imap_folder, imap_done_folder, imap_error)
        values ('support', '{MAILBOX}', '{{}}', 'Meridian Support', '', false, true, 'Meridian',
            '#2456c9', 'Meridian Ltd', '', 993, 'tls', '', '', 'password', 'INBOX', '', '');
        insert into customers_account (id, name, region, lifecycle, offshore, is_partner, note,
            created_at)
        select i, 'Customer ' || i || (array[' Ltd', ' GmbH', ' Inc', ' plc'])[i % 4 + 1],
            (array['UK', 'UK', 'NA', 'ZA', 'AU'])[i % 5 + 1], 'live', false, false, '', now()
        from generate_series(1, {accounts}) i;
        insert into customers_accountidentifier (account_id, value, valid_from)
        select i, '10-' || lpad((i / 10000)::text, 4, '0') || '-' || lpad(i::text, 7, '0'),
            '2020-01-01' from generate_series(1, {accounts}) i;
        insert into customers_verifieddomain (account_id, domain, verified_at)
        select i, 'customer' || i || '.example', now() from generate_series(1, {accounts}) i;
        insert into entitlements_supportcontract (account_id, package, starts_on, created_at)
        select i, (array['bronze', 'silver', 'gold', 'platinum'])[i % 4 + 1], '2020-01-01', now()
        from generate_series(1, {accounts}) i;
        insert into customers_contact (id, name, active, phone, alternative, language, zone,
            created_at)
        select i, (array['Ada', 'Ben', 'Chloé', 'Dmitri', 'Emma', 'Femi', 'Grace'])[i % 7 + 1]
            || ' Person' || i, true, '', '', 'en', '', now()
        from generate_series(1, {accounts * 3}) i;
        insert into customers_contactaddress (contact_id, address, preferred)
        select i, 'person' || i || '@customer' || (i - 1) / 3 + 1 || '.example', true
        from generate_series(1, {accounts * 3}) i;
        insert into customers_contactrole (contact_id, account_id, kind, valid_from)
        select i, (i - 1) / 3 + 1, case when i % 3 = 1 then 'designated' else 'authorised' end,
            '2020-01-01'
        from generate_series(1, {accounts * 3}) i;
        """,
    )


def _decision() -> tuple[dict[str, object], dict[str, object]]:
    """What every case was given: an ordinary question under the shipped policy, and its answer."""
    simulator = Simulator(default_pack())
    decided, _ = simulator.ask(ORDINARY)
    return stored.facts(request_from(ORDINARY)), stored.as_json(decided)


def _literal(value: object) -> str:
    return "'" + json.dumps(value).replace("'", "''") + "'::jsonb"


def _cases(cases: int) -> Iterator[tuple[str, str]]:
    contacts, fragments = accounts_of(cases) * 3, _fragments_of(cases)
    request, outcome = _decision()
    # Few customers write much, most write seldom: the cube bends an even spread.
    yield (
        "cases",
        f"""
        create temporary table made on commit drop as
        select i::bigint as id, 1 + floor({contacts} * power(random(), 3))::bigint as contact,
            case when i > {cases} * 0.98 or i % 100 = 0 then
                (array['new', 'assigned', 'pending_customer', 'pending_vendor'])[i % 4 + 1]
                else 'closed' end as state,
            now() - make_interval(mins => (({cases} - i) * 800000.0 / {cases})::int + 60) as at,
            case when i % 20 = 0 then 10 else 2 end as messages,
            sum(case when i % 20 = 0 then 10 else 2 end) over (order by i) as last_message,
            pg_temp.reference(1000000 + i) as ref
        from generate_series(1, {cases}) i;
        insert into entitlements_entitlementdecision (id, pack_id, at, decision, request, outcome)
        select id, (select id from entitlements_policypack where state = 'active'), at,
            'ACCEPT', {_literal(request)}, {_literal(outcome)} from made order by made.id;
        insert into cases_case (id, ref, account_id, contact_id, mailbox_id, channel, title, kind,
            severity, priority, state, queue, owner_id, package, decision_id, flags, offshore,
            urgency, due_at, resolution, version, opened_at, last_activity_at, last_customer_at,
            first_response_at, resolved_at, closed_at)
        select m.id, m.ref, (m.contact - 1) / 3 + 1, m.contact,
            (select min(id) from channels_mailbox), 'email',
            left(split_part(f.text, '.', 1), 80), 'technical', 'P3', 'P3', m.state, 'support',
            case when m.state in ('assigned', 'pending_customer', 'pending_vendor') then
                (select min(id) from identity_user) end,
            (array['bronze', 'silver', 'gold', 'platinum'])[((m.contact - 1) / 3 + 1) % 4 + 1],
            m.id, '{{}}', false, 59 - ((m.contact - 1) / 3 + 1) % 4, m.at + interval '8 hours', '',
            m.messages, m.at, m.at + make_interval(mins => 30 * m.messages::int), m.at,
            m.at + interval '30 minutes',
            case when m.state = 'closed' then m.at + interval '2 days' end,
            case when m.state = 'closed' then m.at + interval '9 days' end
        from made m join fragment f on f.id = m.id * 7919 % {fragments} order by m.id;
        """,
    )
    yield (
        "messages",
        f"""
        insert into cases_message (id, case_id, direction, channel, at, author_user_id,
            author_contact_id, author_name, author_address, "to", cc, subject, text, new_text, html,
            marks, pending, automatic, message_id, bucket, search)
        select m.last_message - m.messages + n, m.id, case when n % 2 = 1 then 'in' else 'out' end,
            case when n % 2 = 1 then 'email' else 'desk' end,
            m.at + make_interval(mins => 30 * (n - 1)),
            case when n % 2 = 0 then (select min(id) from identity_user) end,
            case when n % 2 = 1 then m.contact end,
            case when n % 2 = 1 then 'Person' || m.contact else 'Bench Agent' end,
            case when n % 2 = 1 then 'person' || m.contact || '@customer' || (m.contact - 1) / 3 + 1
                || '.example' else '' end,
            array['{MAILBOX}'], '{{}}', 'Re: ' || left(split_part(a.text, '.', 1), 80),
            a.text || b.text || case when n = 1 and m.id % 200 = 7 then ' {RARE}' else '' end,
            null, '', '{{}}', false, false,
            case when n % 2 = 1 then 'l' || m.last_message - m.messages + n || '@customer.example'
                else '' end,
            m.id / 16384,
            case when n = 1 and m.id % 200 = 7 then
                a.words || b.words || to_tsvector('simple', '{RARE}') else a.words || b.words end
        from made m cross join lateral generate_series(1, m.messages) n
        join fragment a on a.id = (m.id * 7919 + n * 31) % {fragments}
        join fragment b on b.id = (m.id * 104729 + n * 17) % {fragments}
        order by m.id, n;
        """,
    )
    yield (
        "attachments and clocks",
        """
        insert into cases_attachment (message_id, name, content_type, size, sha256, inline,
            content_id)
        select last_message - messages + 1, 'log' || id || '.txt', 'text/plain', 100000,
            encode(sha256(''), 'hex'), false, '' from made where id % 5 = 0 order by id;
        insert into sla_clock (case_id, metric, kind, calendar, calendar_version, target_minutes,
            warn_percent, pack_id, state, started_at, counted, due_at, look_at, met_at, ended_at,
            past)
        select id, 'first_response', 'business_hours', 'UK', 1, 480, 75,
            (select id from entitlements_policypack where state = 'active'), 'met', at,
            1800000000, at + interval '8 hours', at + interval '6 hours',
            at + interval '30 minutes', at + interval '30 minutes',
            jsonb_build_array(jsonb_build_array(
                (extract(epoch from at) * 1000000)::bigint,
                (extract(epoch from at) * 1000000 + 1800000000)::bigint,
                'UK', 1, 1800000000, 'end'))
        from made order by made.id;
        """,
    )
    yield (
        "parties and thread keys",
        """
        insert into cases_participant (case_id, contact_id, address, name, requester, added_at)
        select m.id, m.contact, a.address, 'Person' || m.contact, true, m.at
        from made m join customers_contactaddress a on a.contact_id = m.contact order by m.id;
        insert into intake_threadkey (key, case_id)
        select message_id, case_id from cases_message where message_id <> '';
        """,
    )
    yield (
        "events",
        """
        insert into journal_event (at, by_kind, by_id, by_name, verb, subject_kind, subject_id,
            data)
        select at, case when direction = 'in' then 'contact' else 'user' end,
            coalesce(author_contact_id, author_user_id), author_name,
            case when id = first then 'opened' when direction = 'in' then 'hear' else 'reply' end,
            'case', case_id, jsonb_build_object('message', id)
        from (select *, min(id) over (partition by case_id) as first from cases_message) m
        order by id;
        """,
    )
    yield (
        "acknowledgements",
        f"""
        insert into channels_outbound (key, mailbox_id, kind, subject_kind, subject_id, automatic,
            "to", cc, bcc, from_address, from_name, reply_to, subject, text, html, message_id,
            in_reply_to, "references", attachments, state, attempts, error, created_at)
        select 'acknowledgement:' || m.last_message - m.messages + 1,
            (select min(id) from channels_mailbox), 'acknowledgement', 'case', m.id, true,
            array['person' || m.contact || '@customer' || (m.contact - 1) / 3 + 1 || '.example'],
            '{{}}', '{{}}', '{MAILBOX}', 'Meridian Support', '', 'Your case ' || m.ref,
            'We have it.', '', '<acknowledgement.' || m.ref || '.loaded@meridian.example>', '',
            '{{}}', '[]', 'captured', 0, '', m.at
        from made m order by m.id;
        """,
    )


@contextmanager
def _bare(connection: Connection, cases: int, begun: float, *, tell: bool) -> Iterator[None]:
    """The large tables without their indexes and foreign keys while the block runs."""
    again: list[str] = []
    if cases >= _DROP_INDEXES_FROM:
        for drop, make in connection.execute(_CONSTRAINTS, [list(_LARGE)]).fetchall():
            connection.execute(str(drop).encode())
            again.append(str(make))
        for drop, make in connection.execute(_INDEXES, [list(_LARGE)]).fetchall():
            connection.execute(str(drop).encode())
            again.insert(0, str(make))
    yield
    for make in again:
        connection.execute(make.encode())
    if again and tell:
        print(f"  {time.monotonic() - begun:6.1f} s  indexes and foreign keys", flush=True)


# Foreign keys of these tables and to them; then unique constraints that are not primary keys.
_CONSTRAINTS = """
select format('alter table %%s drop constraint %%I', conrelid::regclass, conname),
       format('alter table %%s add constraint %%I %%s', conrelid::regclass, conname,
              pg_get_constraintdef(oid))
  from pg_constraint
 where (conrelid = any(%s::regclass[]) and contype in ('f', 'u')) order by contype desc
"""
_INDEXES = """
select format('drop index %%s', i.indexrelid::regclass), pg_get_indexdef(i.indexrelid)
  from pg_index i where i.indrelid = any(%s::regclass[]) and not i.indisprimary
   and not exists (select from pg_constraint c where c.conindid = i.indexrelid)
"""
