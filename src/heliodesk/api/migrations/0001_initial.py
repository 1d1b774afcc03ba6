"""Answers to writes that carried a key."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("identity", "0007_tokens"),
    ]

    operations = [
        migrations.CreateModel(
            name="Answered",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.CharField(max_length=100)),
                ("digest", models.CharField(max_length=64)),
                ("status", models.PositiveSmallIntegerField(null=True)),
                ("body", models.TextField(blank=True, default="")),
                ("location", models.TextField(blank=True, default="")),
                ("at", models.DateTimeField()),
                (
                    "token",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        to="identity.apitoken",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["at"], name="api_answered_at")],
                "constraints": [
                    models.UniqueConstraint(fields=("token", "key"), name="api_key_once")
                ],
            },
        ),
    ]
