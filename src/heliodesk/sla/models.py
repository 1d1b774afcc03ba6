"""Tables of clocks: what is owed on a case by when, and what became of it (E30)."""

from django.db import models
from django.db.models import Q

from heliodesk.cases.models import Case
from heliodesk.entitlements.models import PolicyPack
from heliodesk.entitlements.pack.model import ClockKind, Metric
from heliodesk.sla.rules import ClockState


class Clock(models.Model):
    """One target of one case."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="clocks", db_index=False)
    metric = models.CharField(max_length=15)
    kind = models.CharField(max_length=15)
    #: The calendar it counts in, and that calendar's version when it was last measured.
    calendar = models.CharField(max_length=50)
    calendar_version = models.PositiveIntegerField(default=0)
    target_minutes = models.PositiveIntegerField()
    warn_percent = models.PositiveSmallIntegerField(default=0)
    #: The policy that gave the target (C36).
    pack = models.ForeignKey(PolicyPack, on_delete=models.PROTECT, related_name="+", db_index=False)
    state = models.CharField(max_length=10)
    started_at = models.DateTimeField()
    #: Counting since then; empty while it stands still.
    since = models.DateTimeField(null=True)
    #: Microseconds counted before ``since``.
    counted = models.BigIntegerField(default=0)
    due_at = models.DateTimeField()
    #: When the sweep looks: at the warning, then at the due time.
    look_at = models.DateTimeField()
    paused_at = models.DateTimeField(null=True)
    warned_at = models.DateTimeField(null=True)
    missed_at = models.DateTimeField(null=True)
    met_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    #: Counted before ``since``: ``[from, to, calendar or "", version, microseconds, why]``.
    past = models.JSONField(default=list)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case", "metric"],
                name="one_live_clock_a_metric",
                condition=Q(ended_at__isnull=True),
            ),
            models.CheckConstraint(
                condition=Q(state__in=[s.value for s in ClockState]), name="clock_state_known"
            ),
            models.CheckConstraint(
                condition=Q(metric__in=[m.value for m in Metric]), name="clock_metric_known"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=[k.value for k in ClockKind]), name="clock_kind_known"
            ),
            models.CheckConstraint(
                condition=~Q(state="running") | Q(since__isnull=False, ended_at__isnull=True),
                name="clock_running_counts",
            ),
            models.CheckConstraint(
                condition=~Q(state="missed") | Q(missed_at__isnull=False),
                name="clock_missed_has_time",
            ),
        ]
        indexes = [
            models.Index(
                fields=["look_at"],
                name="clock_to_look_at",
                condition=Q(ended_at__isnull=True, since__isnull=False, missed_at__isnull=True),
            ),
            models.Index(fields=["case", "id"], name="clock_of_case"),
            models.Index(
                fields=["calendar", "calendar_version"],
                name="clock_in_calendar",
                condition=Q(ended_at__isnull=True, kind="business_hours"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.metric} of {self.case_id}"


class Patience(models.Model):
    """A case that waits for its customer, or for being closed, and what the desk does when."""

    case = models.OneToOneField(Case, on_delete=models.CASCADE, related_name="patience")
    state = models.CharField(max_length=20)
    since = models.DateTimeField()
    calendar = models.CharField(max_length=50)
    reminders = models.PositiveSmallIntegerField(default=0)
    #: When the desk reminds, resolves or closes.
    act_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["act_at"], name="patience_to_act_on")]

    def __str__(self) -> str:
        return f"{self.state} of {self.case_id}"
