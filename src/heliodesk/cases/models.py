"""Tables of cases and everything said on them."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import F, Q

from heliodesk.cases.rules import OPEN, State
from heliodesk.channels.models import Inbound, Mailbox
from heliodesk.customers.models import Account, Contact
from heliodesk.entitlements.models import EntitlementDecision
from heliodesk.identity.models import User

_OPEN = Q(state__in=sorted(state.value for state in OPEN))
#: Open or resolved: what a customer still has to do with.
_UNSETTLED = Q(state__in=sorted({*(state.value for state in OPEN), "resolved"}))


class Case(models.Model):
    """One request of a customer, from its first word to its end (E19)."""

    # Foreign keys of this and the other large tables have an index only where something asks by
    # them: each costs every mail that comes in.
    ref = models.CharField(max_length=12)
    account = models.ForeignKey(
        Account, on_delete=models.PROTECT, related_name="cases", db_index=False
    )
    contact = models.ForeignKey(
        Contact, null=True, on_delete=models.PROTECT, related_name="cases", db_index=False
    )
    mailbox = models.ForeignKey(
        Mailbox, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    channel = models.CharField(max_length=10)
    title = models.CharField(max_length=500)
    kind = models.CharField(max_length=30, default="technical")
    severity = models.CharField(max_length=2)
    priority = models.CharField(max_length=2)
    state = models.CharField(max_length=20, default=State.NEW.value)
    queue = models.CharField(max_length=60)
    owner = models.ForeignKey(
        User,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="cases",
        db_index=False,
    )
    package = models.CharField(max_length=50)
    decision = models.ForeignKey(
        EntitlementDecision,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    flags = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    offshore = models.BooleanField(default=False)
    #: Place in the queue: P1 first, then the package's weight; lower is sooner (C26).
    urgency = models.PositiveSmallIntegerField()
    #: When the next promise falls due; ``kernel.clock.NEVER`` when none runs.
    due_at = models.DateTimeField()
    resolution = models.TextField(blank=True, default="")
    merged_into = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="merged",
        db_index=False,
    )
    continues = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="continued_by",
        db_index=False,
    )
    #: Counts every change; a page that shows an older one knows that somebody was faster.
    version = models.PositiveIntegerField(default=1)
    opened_at = models.DateTimeField()
    last_activity_at = models.DateTimeField()
    last_customer_at = models.DateTimeField(null=True)
    first_response_at = models.DateTimeField(null=True)
    resolved_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["ref"], name="case_ref_once"),
            models.CheckConstraint(
                condition=Q(state__in=[w.value for w in State]), name="case_state_known"
            ),
            models.CheckConstraint(
                condition=Q(priority__in=["P1", "P2", "P3", "P4"]), name="case_priority_known"
            ),
            models.CheckConstraint(
                condition=Q(queue__gt=""),
                name="case_in_a_queue",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["resolved", "closed"]) | Q(resolved_at__isnull=False),
                name="case_resolved_has_time",
            ),
            models.CheckConstraint(
                condition=~Q(state="closed") | Q(closed_at__isnull=False),
                name="case_closed_has_time",
            ),
            models.CheckConstraint(
                condition=Q(merged_into__isnull=True) | Q(state="cancelled"),
                name="case_merged_is_cancelled",
            ),
            models.CheckConstraint(
                condition=~Q(merged_into=F("id")), name="case_not_merged_into_itself"
            ),
            models.CheckConstraint(
                condition=~Q(priority="P1")
                | Q(channel="phone")
                | Q(flags__contains=["p1_by_call"]),
                name="case_p1_only_by_phone",
            ),
        ]
        indexes = [
            models.Index(fields=["urgency", "due_at", "id"], name="case_open", condition=_OPEN),
            models.Index(
                fields=["queue", "urgency", "due_at", "id"],
                name="case_open_in_queue",
                condition=_OPEN,
            ),
            models.Index(
                fields=["owner", "urgency", "due_at", "id"],
                name="case_open_of_owner",
                condition=_OPEN & Q(owner__isnull=False),
            ),
            models.Index(
                fields=["urgency", "due_at", "id"],
                name="case_open_unowned",
                condition=_OPEN & Q(owner__isnull=True),
            ),
            models.Index(
                fields=["state", "urgency", "due_at", "id"],
                name="case_open_in_state",
                condition=_OPEN,
            ),
            models.Index(
                fields=["urgency", "due_at", "id"],
                name="case_needs_us",
                condition=Q(state__in=["assigned", "new"]),
            ),
            models.Index(
                fields=["-last_activity_at", "-id"], name="case_done_by_activity", condition=~_OPEN
            ),
            models.Index(fields=["account", "-id"], name="case_of_account"),
            models.Index(
                fields=["account", "-last_activity_at", "-id"],
                name="case_of_account_by_activity",
            ),
            models.Index(
                fields=["account", "-last_activity_at", "-id"],
                name="case_unsettled_of_account",
                condition=_UNSETTLED,
            ),
            models.Index(fields=["contact", "-id"], name="case_of_contact"),
            models.Index(
                fields=["merged_into"],
                name="case_merged_into",
                condition=Q(merged_into__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.ref


class Direction(models.TextChoices):
    """Which way a message went."""

    IN = "in"
    OUT = "out"
    NOTE = "note"


class Message(models.Model):
    """Something said on a case: by the customer, by us, or among us (E20)."""

    case = models.ForeignKey(
        Case, on_delete=models.PROTECT, related_name="messages", db_index=False
    )
    #: The case it was said on, when a merge moved it here.
    origin = models.ForeignKey(
        Case,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    direction = models.CharField(max_length=4)
    channel = models.CharField(max_length=10)
    at = models.DateTimeField()
    author_user = models.ForeignKey(
        User, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    author_contact = models.ForeignKey(
        Contact, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    author_name = models.CharField(max_length=200)
    author_address = models.CharField(max_length=254, blank=True, default="")
    to = ArrayField(models.TextField(), default=list, blank=True)
    cc = ArrayField(models.TextField(), default=list, blank=True)
    subject = models.CharField(max_length=998, blank=True, default="")
    #: The whole visible body, never shortened.
    text = models.TextField()
    #: Only what is new, when that is not everything; for display.
    new_text = models.TextField(null=True)
    #: Cleaned HTML, when the message had any.
    html = models.TextField(blank=True, default="")
    #: Sender checks and labels: ``{"dmarc": "pass", "signed": "smime", …}``.
    marks = models.JSONField(default=dict, blank=True)
    #: From a sender nobody knows yet: never shown to the customer's side until confirmed.
    pending = models.BooleanField(default=False)
    #: Written by a machine: out of office, bounce.
    automatic = models.BooleanField(default=False)
    message_id = models.TextField(blank=True, default="")
    inbound = models.ForeignKey(
        Inbound, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    #: Case id divided by 16,384: lets a search walk from the newest cases to the oldest.
    bucket = models.IntegerField()
    search = SearchVectorField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(direction__in=Direction.values), name="message_direction_known"
            ),
            models.UniqueConstraint(
                fields=["inbound"],
                name="message_of_inbound_once",
                condition=Q(inbound__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["case", "id"], name="message_of_case"),
            GinIndex(fields=["bucket", "search"], name="message_search"),
        ]

    def __str__(self) -> str:
        return f"message {self.pk}"


class Attachment(models.Model):
    """A file on a message; its bytes are in the blob store under their hash (E21)."""

    message = models.ForeignKey(Message, on_delete=models.PROTECT, related_name="attachments")
    name = models.CharField(max_length=255)
    content_type = models.CharField(max_length=127)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    inline = models.BooleanField(default=False)
    content_id = models.CharField(max_length=255, blank=True, default="")

    def __str__(self) -> str:
        return self.name


class Participant(models.Model):
    """A party of a case: who may write to it and is told of it."""

    case = models.ForeignKey(
        Case, on_delete=models.CASCADE, related_name="participants", db_index=False
    )
    contact = models.ForeignKey(
        Contact, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    address = models.CharField(max_length=254)
    name = models.CharField(max_length=200, blank=True, default="")
    #: The one who asked; the others are copied.
    requester = models.BooleanField(default=False)
    added_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "address"], name="participant_once"),
            models.UniqueConstraint(
                fields=["case"], name="one_requester", condition=Q(requester=True)
            ),
        ]
        indexes = [models.Index(fields=["address", "case"], name="participant_address")]

    def __str__(self) -> str:
        return self.address


class Rating(models.Model):
    """What a customer thought of how their case was handled, once it is closed (E33)."""

    case = models.OneToOneField(Case, on_delete=models.CASCADE, related_name="rating")
    contact = models.ForeignKey(Contact, null=True, on_delete=models.SET_NULL, related_name="+")
    #: From 1, poor, to 5, very good.
    score = models.PositiveSmallIntegerField()
    comment = models.TextField(blank=True, default="")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(score__gte=1) & Q(score__lte=5), name="rating_of_five"
            )
        ]

    def __str__(self) -> str:
        return f"{self.score} for {self.case_id}"


class CaseLink(models.Model):
    """Two cases that belong together."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="links")
    other = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="linked_from")
    added_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "other"], name="case_link_once"),
            models.CheckConstraint(condition=Q(case__lt=F("other")), name="case_link_ordered"),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} – {self.other_id}"


class Draft(models.Model):
    """What an agent has written and not yet sent."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="drafts")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    mode = models.CharField(max_length=5, choices=[("reply", "reply"), ("note", "note")])
    text = models.TextField()
    saved_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "user", "mode"], name="draft_once")]

    def __str__(self) -> str:
        return f"draft of {self.user_id} on {self.case_id}"
