"""Which notices come by mail, too."""

import django.contrib.postgres.fields
from django.db import migrations, models
from django.db.models.expressions import RawSQL

import heliodesk.identity.models


class Migration(migrations.Migration):
    dependencies = [("identity", "0007_tokens")]
    operations = [
        migrations.AddField(
            model_name="user",
            name="mailed",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=20),
                blank=True,
                db_default=RawSQL("'{escalate}'::varchar(20)[]", []),
                default=heliodesk.identity.models.mailed_at_first,
                size=None,
            ),
        ),
    ]
