"""The table of what happened."""

from django.contrib.postgres.indexes import BrinIndex
from django.db import models


class Event(models.Model):
    """One happening; written once, never changed (a trigger refuses)."""

    at = models.DateTimeField()
    #: ``user``, ``contact`` or ``system``, and that row's id.
    by_kind = models.CharField(max_length=10)
    by_id = models.BigIntegerField(null=True)
    by_name = models.TextField(default="")
    verb = models.CharField(max_length=40)
    subject_kind = models.CharField(max_length=20)
    subject_id = models.BigIntegerField()
    data = models.JSONField(default=dict)

    class Meta:
        indexes = [
            models.Index(fields=["subject_kind", "subject_id", "id"], name="event_subject"),
            # Events come in the order of their time, so a few pages of it know where a day begins.
            BrinIndex(fields=["at"], name="event_at", autosummarize=True),
        ]

    def __str__(self) -> str:
        return f"{self.verb} {self.subject_kind} {self.subject_id}"
