"""Roles made at the desk, and a second factor by role."""

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.text
from django.db import migrations, models

SHIPPED = """
insert into identity_staffrole (code, name, about, base, permissions, second_factor)
values ('agent', 'Agent', 'Works cases, decides held mail.', 'agent', '{}', false),
       ('lead', 'Lead',
        'Also edits customers and contracts, sees reports, brings back cancelled cases.',
        'lead', '{}', false),
       ('admin', 'Administrator', 'May do everything.', 'admin', '{}', false)
"""


class Migration(migrations.Migration):
    dependencies = [("identity", "0005_mailed_codes")]
    operations = [
        migrations.CreateModel(
            name="StaffRole",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.CharField(max_length=20, null=True, unique=True)),
                ("name", models.CharField(max_length=60)),
                ("about", models.CharField(blank=True, default="", max_length=200)),
                ("base", models.CharField(default="agent", max_length=20)),
                (
                    "permissions",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40),
                        blank=True,
                        default=list,
                        size=None,
                    ),
                ),
                ("second_factor", models.BooleanField(default=False)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        django.db.models.functions.text.Lower("name"), name="staff_role_name_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("base__in", ["agent", "lead"]),
                            ("code__isnull", False),
                            _connector="OR",
                        ),
                        name="staff_role_stands_on_no_admin",
                    ),
                ]
            },
        ),
        migrations.AddField(
            model_name="user",
            name="own_role",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="users",
                to="identity.staffrole",
            ),
        ),
        migrations.RunSQL(SHIPPED, migrations.RunSQL.noop),
    ]
