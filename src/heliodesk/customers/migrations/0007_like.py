"""Names are found although they are mistyped."""

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.operations import TrigramExtension
from django.db import migrations


def _like(model: str) -> migrations.AddIndex:
    index = GinIndex(fields=["name"], opclasses=["gin_trgm_ops"], name=f"{model}_like")
    return migrations.AddIndex(model_name=model, index=index)


class Migration(migrations.Migration):
    dependencies = [("customers", "0006_company_sign_in")]
    operations = [TrigramExtension(), _like("account"), _like("contact")]
