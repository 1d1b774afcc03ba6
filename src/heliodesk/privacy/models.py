"""Tables of retention, legal holds, and what is done for a person."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from heliodesk.customers.models import Contact
from heliodesk.identity.models import User
from heliodesk.privacy.rules import Keep, Kind, Standing


class Retention(models.Model):
    """How long one kind of record is kept, and how far this was carried out."""

    keep = models.CharField(max_length=10, unique=True)
    #: Months; none keeps for ever.
    months = models.PositiveSmallIntegerField(null=True)
    #: Everything older was dealt with, by time or by id; a lifted hold starts again.
    through_at = models.DateTimeField(null=True)
    through_id = models.BigIntegerField(default=0)
    ran_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(keep__in=[one.value for one in Keep]), name="retention_kind_known"
            )
        ]

    def __str__(self) -> str:
        return self.keep


class Hold(models.Model):
    """What must be kept as it is, whatever the retention says: a lawsuit, an inquiry."""

    #: ``account``, ``contact`` or ``case``, and that row's id.
    subject_kind = models.CharField(max_length=10)
    subject_id = models.BigIntegerField()
    label = models.CharField(max_length=200)
    reason = models.CharField(max_length=300)
    put_by = models.CharField(max_length=120)
    put_at = models.DateTimeField()
    lifted_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["subject_kind", "subject_id"],
                condition=Q(lifted_at__isnull=True),
                name="hold_once",
            )
        ]

    def __str__(self) -> str:
        return self.label


class Task(models.Model):
    """Something long, done a piece at a time: a run of retention, or a person's wish."""

    kind = models.CharField(max_length=10)
    #: The kind of record of a run of retention.
    keep = models.CharField(max_length=10, blank=True, default="")
    contact = models.ForeignKey(
        Contact, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    state = models.CharField(max_length=10, default=Standing.WAITING.value)
    #: What is done now, and how far it is.
    phase = models.CharField(max_length=20, blank=True, default="")
    position = models.BigIntegerField(default=0)
    case_ids = ArrayField(models.BigIntegerField(), default=list)
    #: What is looked for; forgotten when the task ends.
    words = models.JSONField(default=dict)
    #: How many there were to do, and how many were done.
    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    error = models.TextField(blank=True, default="")
    attempts = models.PositiveSmallIntegerField(default=0)
    asked_by = models.ForeignKey(
        User, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    asked_name = models.CharField(max_length=120, blank=True, default="")
    asked_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    #: The export, until it is fetched once or is too old.
    archive = models.BinaryField(null=True)
    size = models.PositiveBigIntegerField(default=0)
    fetched_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=[one.value for one in Kind]), name="task_kind_known"
            ),
            models.UniqueConstraint(
                fields=["contact"],
                condition=Q(ended_at__isnull=True, contact__isnull=False),
                name="one_task_of_a_person",
            ),
        ]
        indexes = [
            models.Index(fields=["id"], name="task_to_do", condition=Q(ended_at__isnull=True)),
            models.Index(fields=["contact", "-id"], name="task_of_contact"),
            models.Index(
                fields=["ended_at"], name="task_archive", condition=Q(archive__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class UnusedBlob(models.Model):
    """A file whose last message is gone; its bytes go a while later, if nobody came to use it."""

    sha256 = models.CharField(max_length=64, unique=True)
    since = models.DateTimeField()

    def __str__(self) -> str:
        return self.sha256
