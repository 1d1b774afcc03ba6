"""Tables of on-call: coverage, rotas, shifts, P1s, their pages, owners and handovers."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import (
    ArrayField,
    DateTimeRangeField,
    RangeOperators,
)
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Coalesce

from heliodesk.cases.models import Case
from heliodesk.customers.models import Account
from heliodesk.identity.models import User
from heliodesk.kernel.references import spoken
from heliodesk.oncall.rules.words import (
    ONCE,
    Channel,
    Duty,
    Origin,
    P1State,
    PageState,
    Purpose,
    SwapState,
)

_OPEN = Q(state__in=["triggered", "acked", "engaged"])


class _Instants(Func):
    """The half-open range of instants from one column to another; an empty end is open."""

    function = "tstzrange"
    output_field = DateTimeRangeField()


class Region(models.Model):
    """Where people are awake and hold P1 in turn; the first that is awake holds it."""

    code = models.SlugField(max_length=20, unique=True)
    name = models.CharField(max_length=80)
    zone = models.CharField(max_length=64)
    #: The city people know the zone by.
    city = models.CharField(max_length=60, blank=True, default="")
    #: Place in the order: the first region that is awake holds P1.
    place = models.PositiveSmallIntegerField(default=0)
    tone = models.CharField(max_length=10, default="accent")
    #: Customers' regions (codes of the policy) whose calls ring here first.
    serves = ArrayField(models.CharField(max_length=12), default=list, blank=True)
    #: The business calendar whose public holidays the board shows.
    calendar = models.CharField(max_length=50, blank=True, default="")
    #: What a telephone exchange dials to ring everybody of the region.
    dial_target = models.CharField(max_length=200, blank=True, default="")
    active = models.BooleanField(default=True)

    class Meta:
        ordering = ["place", "id"]

    def __str__(self) -> str:
        return self.name


class Coverage(models.Model):
    """When a region is awake for P1: wall times in its own zone."""

    region = models.ForeignKey(Region, on_delete=models.CASCADE, related_name="coverage")
    #: Bit 0 is Monday.
    weekdays = models.PositiveSmallIntegerField(default=127)
    #: Minutes after midnight; a closing at or before the opening is on the next day.
    opens = models.PositiveSmallIntegerField(default=480)
    closes = models.PositiveSmallIntegerField(default=1200)
    #: Whether people of the region are on call on its public holidays.
    on_holidays = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(weekdays__gte=1, weekdays__lte=127), name="coverage_on_some_day"
            ),
            models.CheckConstraint(
                condition=Q(opens__lt=1440, closes__lte=1440, closes__gt=0),
                name="coverage_within_a_day",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.region_id} {self.opens}-{self.closes}"


class Rota(models.Model):
    """People who take turns at a duty, in order."""

    region = models.ForeignKey(
        Region, null=True, blank=True, on_delete=models.CASCADE, related_name="rotas"
    )
    duty = models.CharField(max_length=15, choices=[(d.value, d.value) for d in Duty])
    name = models.CharField(max_length=80, blank=True, default="")
    zone = models.CharField(max_length=64)
    turn_days = models.PositiveSmallIntegerField(default=7)
    #: The wall time, in minutes, at which one turn ends and the next begins.
    turns_at = models.PositiveSmallIntegerField(default=0)
    starts_on = models.DateField()
    active = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(turn_days__gte=1), name="rota_turn_of_a_day"),
            models.CheckConstraint(
                condition=Q(duty__in=[d.value for d in Duty]), name="rota_duty_known"
            ),
            models.UniqueConstraint(
                Coalesce(F("region_id"), 0), F("duty"),
                name="one_rota_a_duty", condition=Q(active=True),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.name or f"{self.duty} of {self.region_id}"


class RotaMember(models.Model):
    """A person's place in a rota."""

    rota = models.ForeignKey(Rota, on_delete=models.CASCADE, related_name="members")
    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    place = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["place"]
        constraints = [
            models.UniqueConstraint(
                fields=["rota", "place"], name="rota_place_once",
                deferrable=models.Deferrable.DEFERRED,
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.person_id} in {self.rota_id}"


class Override(models.Model):
    """Somebody stands in for whoever the rota names; swaps that hold are overrides too."""

    region = models.ForeignKey(Region, null=True, blank=True, on_delete=models.CASCADE)
    duty = models.CharField(max_length=15)
    during = DateTimeRangeField()
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    origin = models.CharField(max_length=10, default=Origin.OVERRIDE.value)
    reason = models.CharField(max_length=300, blank=True, default="")
    by_name = models.CharField(max_length=120)
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(origin__in=[Origin.OVERRIDE.value, Origin.SWAP.value]),
                name="override_origin_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} as {self.duty}"


class Shift(models.Model):
    """Who is on call when: rules, overrides and swaps made into rows, 90 days ahead."""

    region = models.ForeignKey(Region, null=True, on_delete=models.PROTECT, related_name="shifts")
    duty = models.CharField(max_length=15)
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="shifts")
    during = DateTimeRangeField()
    origin = models.CharField(max_length=10, default=Origin.ROTA.value)

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="one_person_a_duty_and_region",
                expressions=[
                    (F("duty"), RangeOperators.EQUAL),
                    (Coalesce(F("region_id"), 0), RangeOperators.EQUAL),
                    (F("during"), RangeOperators.OVERLAPS),
                ],
            ),
            ExclusionConstraint(
                name="one_primary_at_any_instant",
                expressions=[
                    (F("duty"), RangeOperators.EQUAL),
                    (F("during"), RangeOperators.OVERLAPS),
                ],
                condition=Q(duty__in=sorted(ONCE)),
            ),
            models.CheckConstraint(
                condition=Q(origin__in=[o.value for o in Origin]), name="shift_origin_known"
            ),
            models.CheckConstraint(
                condition=Q(duty__in=[d.value for d in Duty]), name="shift_duty_known"
            ),
            models.CheckConstraint(
                condition=Q(
                    during__isempty=False, during__upper_inf=False, during__lower_inf=False
                ),
                name="shift_has_both_ends",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.duty} {self.during}"


class Swap(models.Model):
    """One asks another to take a shift, perhaps for one of theirs; both must agree."""

    region = models.ForeignKey(Region, null=True, on_delete=models.CASCADE, related_name="+")
    duty = models.CharField(max_length=15)
    during = DateTimeRangeField()
    asker = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    #: Who was asked; empty when anybody of the rota may take it.
    asked = models.ForeignKey(User, null=True, on_delete=models.CASCADE, related_name="+")
    taker = models.ForeignKey(User, null=True, on_delete=models.CASCADE, related_name="+")
    #: A shift of the taker's that the asker takes in return.
    return_region = models.ForeignKey(Region, null=True, on_delete=models.CASCADE, related_name="+")
    return_duty = models.CharField(max_length=15, blank=True, default="")
    return_during = DateTimeRangeField(null=True)
    note = models.CharField(max_length=300, blank=True, default="")
    state = models.CharField(max_length=10, default=SwapState.ASKED.value)
    asked_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=[s.value for s in SwapState]), name="swap_state_known"
            ),
            models.CheckConstraint(
                condition=~Q(state="taken") | Q(taker__isnull=False), name="swap_taken_by_somebody"
            ),
            models.CheckConstraint(condition=~Q(taker=F("asker")), name="swap_needs_two_people"),
        ]

    def __str__(self) -> str:
        return f"swap {self.pk} {self.state}"


class ContactMethod(models.Model):
    """A way to reach a person of the desk; used only once it is verified by a code."""

    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="contact_methods")
    kind = models.CharField(max_length=6, choices=[(c.value, c.value) for c in Channel])
    #: A number in E.164, a mail address, an apprise address, or a push subscription as JSON.
    address = models.TextField()
    label = models.CharField(max_length=80, blank=True, default="")
    place = models.PositiveSmallIntegerField(default=0)
    added_at = models.DateTimeField()
    verified_at = models.DateTimeField(null=True)
    #: Hash of the code that was sent, until when it holds, and how often it was guessed wrong.
    code_hash = models.CharField(max_length=64, blank=True, default="")
    code_until = models.DateTimeField(null=True)
    code_tries = models.PositiveSmallIntegerField(default=0)
    failing_since = models.DateTimeField(null=True)
    error = models.TextField(blank=True, default="")

    class Meta:
        ordering = ["place", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "kind", "address"], name="contact_method_once"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=[c.value for c in Channel]), name="contact_method_kind_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.person_id}"


class AccountManager(models.Model):
    """The named person of an account, whom an enhanced P1 pages too (R25, C26)."""

    account = models.OneToOneField(Account, on_delete=models.CASCADE, related_name="oncall_manager")
    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")

    def __str__(self) -> str:
        return f"{self.person_id} of {self.account_id}"


class EscalationPolicy(models.Model):
    """Whom to page after how long; one for each grade of P1, the empty grade for all others."""

    grade = models.CharField(max_length=40, blank=True, default="", unique=True)
    #: ``[{"after": 0, "targets": ["primary"], "channels": ["push", "voice"]}, …]``
    steps = models.JSONField()
    #: After the last step everybody is paged again this often, for ever.
    repeat_seconds = models.PositiveIntegerField(default=300)
    #: Seconds in which whoever took it must have reached the customer.
    contact_seconds = models.PositiveIntegerField(default=600)
    changed_at = models.DateTimeField()
    changed_by = models.CharField(max_length=120, blank=True, default="")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(repeat_seconds__gte=30, contact_seconds__gte=30),
                name="escalation_waits_sensible",
            ),
        ]

    def __str__(self) -> str:
        return self.grade or "every P1"


class MajorIncident(models.Model):
    """One outage behind several P1s: one page, shared updates (C23)."""

    title = models.CharField(max_length=300)
    opened_at = models.DateTimeField()
    opened_by = models.CharField(max_length=120)
    resolved_at = models.DateTimeField(null=True)
    resolved_by = models.CharField(max_length=120, blank=True, default="")

    class Meta:
        indexes = [
            models.Index(
                fields=["-opened_at"], name="incident_open", condition=Q(resolved_at__isnull=True)
            )
        ]

    def __str__(self) -> str:
        return self.title


class P1(models.Model):
    """A priority 1 case from its declaration to its end: who is paged, who owns it."""

    #: Empty for a P1 call whose caller could not be placed, until a case is made of it.
    case = models.ForeignKey(Case, null=True, on_delete=models.PROTECT, related_name="p1s")
    #: The call it began with, when there is no case; and what is known of it.
    call_id = models.BigIntegerField(null=True)
    subject = models.CharField(max_length=300, blank=True, default="")
    state = models.CharField(max_length=10, default=P1State.TRIGGERED.value)
    declared_at = models.DateTimeField()
    region = models.ForeignKey(Region, null=True, on_delete=models.PROTECT, related_name="+")
    grade = models.CharField(max_length=40, blank=True, default="")
    follow_the_sun = models.BooleanField(default=False)
    #: The escalation policy as it was at the declaration; edits do not change a running P1.
    policy = models.JSONField()
    #: The step that fires at ``next_due_at``; past the last one everybody is paged again.
    step = models.PositiveIntegerField(default=0)
    next_due_at = models.DateTimeField(null=True)
    owner = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    acked_at = models.DateTimeField(null=True)
    #: Whoever took it must have reached the customer by then.
    contact_due_at = models.DateTimeField(null=True)
    engaged_at = models.DateTimeField(null=True)
    last_customer_contact = models.DateTimeField(null=True)
    resolved_at = models.DateTimeField(null=True)
    incident = models.ForeignKey(
        MajorIncident, null=True, on_delete=models.PROTECT, related_name="p1s"
    )
    #: Paged for by the incident's first P1; takes no pages of its own while that is so.
    follows = models.ForeignKey(
        "self", null=True, on_delete=models.PROTECT, related_name="followed_by"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case"], name="one_open_p1_a_case", condition=_OPEN),
            models.UniqueConstraint(fields=["call_id"], name="one_p1_a_call"),
            models.CheckConstraint(
                condition=Q(case__isnull=False) | Q(call_id__isnull=False),
                name="p1_of_case_or_call",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[s.value for s in P1State]), name="p1_state_known"
            ),
            models.CheckConstraint(
                condition=~Q(state="triggered")
                | Q(next_due_at__isnull=False)
                | Q(follows__isnull=False),
                name="p1_triggered_is_due",
            ),
            models.CheckConstraint(
                condition=~Q(state="resolved") | Q(resolved_at__isnull=False),
                name="p1_resolved_has_time",
            ),
            models.CheckConstraint(
                condition=~Q(state="acked") | Q(contact_due_at__isnull=False),
                name="p1_acked_owes_contact",
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_due_at"], name="p1_due",
                condition=Q(state="triggered", follows__isnull=True),
            ),
            models.Index(fields=["id"], name="p1_open", condition=_OPEN),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"P1 {self.pk} {self.state}"

    @property
    def name(self) -> str:
        """What people call it: ``P1 4812 0937``."""
        return f"P1 {spoken(self.case.ref)}" if self.case else f"P1 call {self.call_id}"

    @property
    def title(self) -> str:
        """What it is about."""
        return self.case.title if self.case else self.subject

    @property
    def path(self) -> str:
        """Where its page is."""
        return f"/p1/{self.case.ref}/" if self.case else f"/p1/call/{self.call_id}/"


class Ownership(models.Model):
    """Who owned a P1 from when to when: exactly one person at every instant."""

    p1 = models.ForeignKey(P1, on_delete=models.CASCADE, related_name="owners")
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)
    how = models.CharField(max_length=10, blank=True, default="")

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="one_owner_at_any_instant",
                expressions=[
                    (F("p1"), RangeOperators.EQUAL),
                    (
                        _Instants(F("since"), F("until"), Value("[)")),
                        RangeOperators.OVERLAPS,
                    ),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} owns {self.p1_id}"


class Page(models.Model):
    """A message to somebody through a sender; ``key`` makes it one, however often it is sent."""

    key = models.TextField(unique=True)
    purpose = models.CharField(max_length=10, default=Purpose.PAGE.value)
    p1 = models.ForeignKey(P1, null=True, on_delete=models.CASCADE, related_name="pages")
    step = models.PositiveIntegerField(default=0)
    #: Empty for a message to a customer.
    person = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    method = models.ForeignKey(
        ContactMethod, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    channel = models.CharField(max_length=6)
    address = models.TextField()
    subject = models.TextField(blank=True, default="")
    text = models.TextField()
    #: Opens the page's own address, where it can be taken without signing in.
    token = models.CharField(max_length=43, unique=True)
    state = models.CharField(max_length=10, default=PageState.PENDING.value)
    made_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField(null=True)
    lease_until = models.DateTimeField(null=True)
    provider_ref = models.CharField(max_length=200, blank=True, default="")
    first_try_at = models.DateTimeField(null=True)
    #: Handed to the provider.
    sent_at = models.DateTimeField(null=True)
    #: The provider says it arrived, or was answered; no acknowledgement.
    delivered_at = models.DateTimeField(null=True)
    #: What the person did: ``took``, ``passed``, ``late``.
    answer = models.CharField(max_length=10, blank=True, default="")
    answered_at = models.DateTimeField(null=True)
    error = models.TextField(blank=True, default="")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=[s.value for s in PageState]), name="page_state_known"
            ),
            models.CheckConstraint(
                condition=Q(channel__in=[c.value for c in Channel]), name="page_channel_known"
            ),
            models.CheckConstraint(
                condition=Q(purpose__in=[p.value for p in Purpose]), name="page_purpose_known"
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_try_at", "id"], name="page_due",
                condition=Q(state__in=["pending", "sending"]),
            ),
            models.Index(fields=["p1", "id"], name="page_of_p1"),
            models.Index(fields=["address", "-id"], name="page_to_address"),
            models.Index(fields=["provider_ref"], name="page_of_provider"),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.key


class Handover(models.Model):
    """An owner whose shift ends asks the next to take a P1, with a note; accepted one by one."""

    p1 = models.ForeignKey(P1, on_delete=models.CASCADE, related_name="handovers")
    giver = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    taker = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    note = models.TextField(blank=True, default="")
    asked_at = models.DateTimeField()
    #: The end of the giver's shift.
    ends_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    #: Ended otherwise: declined, too late, or the P1 was taken by somebody else.
    closed_at = models.DateTimeField(null=True)
    closed_why = models.CharField(max_length=20, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["p1"], name="one_open_handover_a_p1",
                condition=Q(accepted_at__isnull=True, closed_at__isnull=True),
            ),
            models.CheckConstraint(
                condition=Q(accepted_at__isnull=True) | Q(note__gt=""),
                name="handover_accepted_has_note",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"handover of {self.p1_id}"


class Heartbeat(models.Model):
    """When each pager last showed that it lives (G10)."""

    name = models.CharField(max_length=120, primary_key=True)
    at = models.DateTimeField()
    #: When the outside watchman was last told, and what went wrong if it was not.
    outside_at = models.DateTimeField(null=True)
    outside_error = models.TextField(blank=True, default="")

    def __str__(self) -> str:
        return self.name


class Feed(models.Model):
    """A secret address under which a calendar program reads shifts (iCal)."""

    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    #: Hash of the token; the token itself is shown once.
    token_hash = models.CharField(max_length=64, unique=True)
    #: Whose shifts: ``mine``, ``all`` or the code of a region.
    scope = models.CharField(max_length=20, default="mine")
    made_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"feed {self.pk}"


class CoverageCheck(models.Model):
    """When the coverage ahead was last looked at, and what was missing then."""

    checked_at = models.DateTimeField()
    checked_to = models.DateTimeField()
    #: ``[[from, to], …]`` in ISO form: nobody is primary.
    gaps = models.JSONField(default=list)

    def __str__(self) -> str:
        return f"checked {self.checked_at}"


__all__ = [
    "P1",
    "AccountManager",
    "ContactMethod",
    "Coverage",
    "CoverageCheck",
    "EscalationPolicy",
    "Feed",
    "Handover",
    "Heartbeat",
    "MajorIncident",
    "Override",
    "Ownership",
    "Page",
    "Region",
    "Rota",
    "RotaMember",
    "Shift",
    "Swap",
]
