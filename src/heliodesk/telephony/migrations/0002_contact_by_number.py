"""Find contacts by the end of their telephone number."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("telephony", "0001_initial"), ("customers", "0001_initial")]

    operations = [
        migrations.RunSQL(
            "create index telephony_contact_by_number on customers_contact"
            " (right(regexp_replace(phone, '[^0-9]', '', 'g'), 9)) where active and phone <> ''",
            "drop index telephony_contact_by_number",
        )
    ]
