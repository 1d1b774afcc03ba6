"""The embedded server that the tests themselves run on."""

from collections.abc import Callable

import psycopg


def test_sorts_by_code_point_everywhere(database_server: str) -> None:
    with psycopg.connect(database_server) as connection:
        row = connection.execute(
            "select array_agg(x order by x) from unnest(%s::text[]) x", [["b", "A", "a", "é"]]
        )
        assert row.fetchone() == (["A", "a", "b", "é"],)


def test_the_desk_s_role_is_no_superuser(database_server: str) -> None:
    with psycopg.connect(database_server) as connection:
        row = connection.execute("select rolsuper from pg_roles where rolname = current_user")
        assert row.fetchone() == (False,)


def test_a_new_database_is_empty(new_database: Callable[[], str]) -> None:
    with psycopg.connect(new_database()) as connection:
        row = connection.execute("select count(*) from pg_stat_user_tables")
        assert row.fetchone() == (0,)
