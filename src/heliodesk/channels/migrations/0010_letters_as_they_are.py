"""Letters are stored as they are: to squeeze each one costs more than the room it saves."""

from django.db import migrations

_AS_THEY_ARE = """
alter table channels_outbound alter column html set storage external;
alter table channels_outbound alter column text set storage external;
"""
_SQUEEZED = """
alter table channels_outbound alter column html set storage extended;
alter table channels_outbound alter column text set storage extended;
"""


class Migration(migrations.Migration):
    """Only rows written from now on are affected."""

    dependencies = [("channels", "0009_own_servers")]

    operations = [migrations.RunSQL(_AS_THEY_ARE, _SQUEEZED)]
