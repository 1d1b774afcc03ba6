"""Tables of major incidents: what is known, which cases belong, what was told to each."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from heliodesk.cases.models import Case
from heliodesk.identity.models import User
from heliodesk.incidents.rules import Brought, How, Severity, Stage, What
from heliodesk.oncall.models import MajorIncident


class Incident(models.Model):
    """What is known of a major incident; its number is that of ``oncall``'s (C23)."""

    major = models.OneToOneField(
        MajorIncident, primary_key=True, on_delete=models.PROTECT, related_name="incident"
    )
    #: As customers read it.
    title = models.CharField(max_length=300)
    known = models.TextField(blank=True, default="")
    severity = models.CharField(max_length=10, default=Severity.MAJOR.value)
    stage = models.CharField(max_length=15, default=Stage.INVESTIGATING.value)
    service = models.CharField(max_length=120, blank=True, default="")
    #: Codes of the policy's regions; none is everywhere.
    regions = ArrayField(models.CharField(max_length=12), default=list, blank=True)
    #: Who leads the work and owes the updates.
    lead = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()
    resolved_at = models.DateTimeField(null=True)
    #: Minutes between updates by package, where they differ from the policy's.
    intervals = models.JSONField(default=dict, blank=True)
    #: What everybody may read under Get Support, by language; nobody unless it is published.
    public = models.JSONField(default=dict, blank=True)
    published_at = models.DateTimeField(null=True)
    published_by = models.CharField(max_length=120, blank=True, default="")
    resolution = models.TextField(blank=True, default="")
    #: What was learned, for colleagues.
    notes = models.TextField(blank=True, default="")
    notes_by = models.CharField(max_length=120, blank=True, default="")
    notes_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(severity__in=[one.value for one in Severity]),
                name="incident_severity_known",
            ),
            models.CheckConstraint(
                condition=Q(stage__in=[one.value for one in Stage]), name="incident_stage_known"
            ),
            models.CheckConstraint(
                condition=Q(stage="resolved", resolved_at__isnull=False)
                | (~Q(stage="resolved") & Q(resolved_at__isnull=True)),
                name="incident_resolved_has_time",
            ),
        ]
        indexes = [
            models.Index(
                fields=["published_at"], name="incident_known",
                condition=Q(resolved_at__isnull=True, published_at__isnull=False),
            )
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.title

    @property
    def number(self) -> int:
        """What it is called by: its page is ``/incidents/<number>/``."""
        return int(self.pk)

    @property
    def path(self) -> str:
        """Where its page is."""
        return f"/incidents/{self.pk}/"


class LinkedCase(models.Model):
    """A case that belongs to an incident; to one at a time."""

    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="cases")
    case = models.OneToOneField(Case, on_delete=models.CASCADE, related_name="incident_link")
    how = models.CharField(max_length=5, default=How.HAND.value)
    linked_at = models.DateTimeField()
    linked_by = models.CharField(max_length=120)
    #: When this customer was last told something by the incident.
    told_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(how__in=[one.value for one in How]), name="linked_case_how_known"
            )
        ]

    def __str__(self) -> str:
        return f"{self.case_id} in {self.incident_id}"


class Update(models.Model):
    """Something that is written once and brought to every linked case."""

    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="updates")
    what = models.CharField(max_length=8, default=What.UPDATE.value)
    #: The words by language; the empty one is for every other language.
    texts = models.JSONField()
    stage = models.CharField(max_length=15)
    #: Only to cases of these packages; none is all.
    packages = ArrayField(models.CharField(max_length=50), default=list, blank=True)
    made_at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    by_name = models.CharField(max_length=120)
    by_role = models.CharField(max_length=10)
    #: Sent by this key once, however often the button is pressed.
    key = models.CharField(max_length=40, unique=True)
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(what__in=[one.value for one in What]), name="update_what_known"
            )
        ]
        indexes = [
            models.Index(fields=["incident", "-id"], name="update_of_incident"),
            models.Index(fields=["id"], name="update_waiting", condition=Q(done_at__isnull=True)),
        ]

    def __str__(self) -> str:
        return f"update {self.pk}"


class Delivery(models.Model):
    """An update on its way to one case: brought there once, or refused with the reason."""

    update = models.ForeignKey(
        Update, on_delete=models.CASCADE, related_name="deliveries", db_index=False
    )
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="+", db_index=False)
    state = models.CharField(max_length=8, default=Brought.WAITING.value)
    #: The message on the case.
    message_id = models.BigIntegerField(null=True)
    why = models.CharField(max_length=500, blank=True, default="")
    at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["update", "case"], name="delivery_once"),
            models.CheckConstraint(
                condition=Q(state__in=[one.value for one in Brought]), name="delivery_state_known"
            ),
            models.CheckConstraint(
                condition=~Q(state="refused") | Q(why__gt=""), name="delivery_refused_says_why"
            ),
        ]
        indexes = [
            models.Index(
                F("update"), F("id"), name="delivery_waiting", condition=Q(state="waiting")
            )
        ]

    def __str__(self) -> str:
        return f"{self.update_id} to {self.case_id}"


__all__ = ["Delivery", "Incident", "LinkedCase", "Update"]
