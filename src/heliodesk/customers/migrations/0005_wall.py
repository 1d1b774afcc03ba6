"""What a contact may read of accounts and contacts: what the database itself allows.

The functions know the contact by the setting ``heliodesk.contact`` and the day by
``heliodesk.on``; without the first nobody sees anything.
"""

from django.db import migrations

from heliodesk.kernel.wall import definer, readable

_CURRENT = "{0}.valid_from <= portal_on() and ({0}.valid_to is null or {0}.valid_to > portal_on())"
FUNCTIONS = f"""
create function portal_contact() returns bigint language sql stable as $$
    select nullif(current_setting('heliodesk.contact', true), '')::bigint
$$;
create function portal_on() returns date language sql stable as $$
    select coalesce(nullif(current_setting('heliodesk.on', true), '')::date,
                    (now() at time zone 'utc')::date)
$$;
create function portal_accounts(whole boolean) returns bigint[]
    language sql stable as $$
    with mine as (
        select r.account_id, bool_or(r.kind in ('designated', 'admin', 'viewer')) as sees_all
          from customers_contact k
          join customers_contactrole r on r.contact_id = k.id and {_CURRENT.format("r")}
         where k.id = portal_contact() and k.active
         group by r.account_id)
    select coalesce(array_agg(distinct x.account_id), '{{}}') from (
        select account_id, sees_all from mine
        union all
        select h.customer_id, m.sees_all from mine m
          join customers_account o on o.id = m.account_id and o.is_partner
          join customers_partnership h on h.partner_id = o.id and {_CURRENT.format("h")}) x
     where x.sees_all or not whole
$$;
create function portal_knows_contact(id bigint) returns boolean
    language sql stable as $$
    select $1 = portal_contact() or exists (
        select from customers_contactrole r
         where r.contact_id = $1 and r.account_id = any(portal_accounts(false)))
$$;
create function portal_knows_partner(id bigint) returns boolean
    language sql stable as $$
    select exists (
        select from customers_partnership h
         where h.partner_id = $1 and h.customer_id = any(portal_accounts(false)))
$$;
"""
NO_FUNCTIONS = """
drop function portal_knows_partner(bigint);
drop function portal_knows_contact(bigint);
drop function portal_accounts(boolean);
drop function portal_on();
drop function portal_contact();
"""
#: Asked once a statement, not once a row.
ACCOUNTS = "any((select portal_accounts(false))::bigint[])"


class Migration(migrations.Migration):
    dependencies = [("customers", "0004_portal"), ("identity", "0004_portal_role")]
    operations = [
        migrations.RunSQL(
            FUNCTIONS
            + definer("portal_accounts(boolean)")
            + definer("portal_knows_contact(bigint)")
            + definer("portal_knows_partner(bigint)"),
            NO_FUNCTIONS,
        ),
        migrations.RunSQL(
            *readable(
                "customers_account",
                f"id = {ACCOUNTS} or portal_knows_partner(id)",
                columns="id, name, region, lifecycle, offshore, is_partner, created_at",
            )
        ),
        migrations.RunSQL(*readable("customers_accountidentifier", f"account_id = {ACCOUNTS}")),
        migrations.RunSQL(*readable("customers_verifieddomain", f"account_id = {ACCOUNTS}")),
        migrations.RunSQL(*readable("customers_contactrole", f"account_id = {ACCOUNTS}")),
        migrations.RunSQL(
            *readable(
                "customers_partnership", f"customer_id = {ACCOUNTS} or partner_id = {ACCOUNTS}"
            )
        ),
        migrations.RunSQL(*readable("customers_contact", "portal_knows_contact(id)")),
        migrations.RunSQL(
            *readable("customers_contactaddress", "portal_knows_contact(contact_id)")
        ),
    ]
