"""Tables of cases and everything said on them."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import F, Q
from django.db.models.expressions import RawSQL
from django.db.models.functions import Lower

from heliodesk.cases.rules import OPEN, State, Value
from heliodesk.channels.models import Inbound, Mailbox
from heliodesk.customers.models import Account, Contact
from heliodesk.entitlements.models import EntitlementDecision
from heliodesk.identity.models import Team, User

NO_TAGS = RawSQL("'{}'::integer[]", [])
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
    #: Ids of its tags; an array, so that a list of cases shows them without asking again.
    tags = ArrayField(models.IntegerField(), default=list, db_default=NO_TAGS, blank=True)
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
            GinIndex(fields=["tags"], name="case_tagged", condition=~Q(tags=[])),
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
            # Kilobytes of words not sorted in yet, see ``jobs.sort_words``.
            GinIndex(
                fields=["bucket", "search"], name="message_search", gin_pending_list_limit=1024
            ),
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


class UnnamedFiles(models.Model):
    """How far the search knows the names of files that came before it learned them: one row."""

    #: Attachments below this id are still to be done; 1 when none is.
    below = models.BigIntegerField()

    def __str__(self) -> str:
        return f"below {self.below}"


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


class Tag(models.Model):
    """A word that marks cases."""

    name = models.CharField(max_length=40)
    #: One of twelve colours, as avatars have them.
    hue = models.PositiveSmallIntegerField(default=0)
    #: A retired tag stays on its cases and is offered no more.
    retired_at = models.DateTimeField(null=True)
    #: The tag that took its place; its cases follow by and by.
    merged_into = models.ForeignKey(
        "self", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                Lower("name"), name="tag_name_once", condition=Q(merged_into__isnull=True)
            ),
            models.CheckConstraint(condition=Q(hue__lt=12), name="tag_hue_known"),
        ]

    def __str__(self) -> str:
        return self.name


class SavedView(models.Model):
    """A list of cases that somebody made: which, in what order, and for whom."""

    name = models.CharField(max_length=80)
    owner = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    #: ``own``, ``team`` or ``all``.
    shared = models.CharField(max_length=4, default="own")
    team = models.ForeignKey(
        Team, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    #: ``open``, ``done`` or ``all``.
    scope = models.CharField(max_length=4, default="open")
    order = models.CharField(max_length=8, default="due")
    #: Groups of conditions, as ``cases.filters`` writes them.
    groups = models.JSONField(default=list, blank=True)
    #: Empty: the columns that every list has.
    columns = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    changed_at = models.DateTimeField()
    #: A deleted view can be brought back.
    deleted_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(shared__in=["own", "team", "all"]), name="view_shared_known"
            ),
            models.CheckConstraint(
                condition=Q(scope__in=["open", "done", "all"]), name="view_scope_known"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ViewPin(models.Model):
    """A view that a person keeps beside every page."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+", db_index=False)
    view = models.ForeignKey(SavedView, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "view"], name="view_pin_once")]

    def __str__(self) -> str:
        return f"{self.view_id} for {self.user_id}"


class ListTaste(models.Model):
    """How a person wants to see one list: its columns, its order."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+", db_index=False)
    #: A queue's code, or ``v`` and the id of a view.
    list = models.CharField(max_length=24)
    columns = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    order = models.CharField(max_length=8, blank=True, default="")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "list"], name="list_taste_once")]

    def __str__(self) -> str:
        return f"{self.list} for {self.user_id}"


class BulkRun(models.Model):
    """One verb on many cases, worked through in batches."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+", db_index=False)
    verb = models.CharField(max_length=20)
    #: What the verb asks: an owner, a priority, a reason.
    given = models.JSONField(default=dict, blank=True)
    total = models.PositiveIntegerField()
    #: The run that this one undoes.
    undoes = models.OneToOneField(
        "self", null=True, on_delete=models.CASCADE, related_name="undone_by"
    )
    at = models.DateTimeField()
    #: Until then nothing happens, and it can be taken back as if it had never been.
    begins_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["user", "-id"], name="bulk_of_user"),
            models.Index(fields=["id"], name="bulk_not_ended", condition=Q(ended_at__isnull=True)),
        ]

    def __str__(self) -> str:
        return f"{self.verb} of {self.total}"


class BulkStep(models.Model):
    """One case of such a run, and what became of it."""

    run = models.ForeignKey(BulkRun, on_delete=models.CASCADE, related_name="steps", db_index=False)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="+", db_index=False)
    done_at = models.DateTimeField(null=True)
    #: Why it was not done; empty when it was.
    trouble = models.TextField(blank=True, default="")
    #: What it was before, for undoing, and the version that it has since.
    before = models.JSONField(default=dict, blank=True)
    version = models.PositiveIntegerField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "case"], name="bulk_case_once")]
        indexes = [
            models.Index(fields=["run", "id"], name="bulk_to_do", condition=Q(done_at__isnull=True))
        ]

    def __str__(self) -> str:
        return f"{self.case_id} in {self.run_id}"


class Draft(models.Model):
    """What an agent has written and not yet sent."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="drafts")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    mode = models.CharField(max_length=10, choices=[(w, w) for w in ("reply", "note", "forward")])
    text = models.TextField()
    #: Beside the text: recipients, the message to forward, macros used.
    rest = models.JSONField(default=dict, db_default={}, blank=True)
    #: ``[{"key", "name", "content_type", "size", "sha256", "inline", "content_id"}]``
    files = models.JSONField(default=list, db_default=[], blank=True)
    saved_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "user", "mode"], name="draft_once")]

    def __str__(self) -> str:
        return f"draft of {self.user_id} on {self.case_id}"


class WaitingLetter(models.Model):
    """What an agent has sent off and the desk has not yet: it can still be taken back."""

    case = models.ForeignKey(
        Case, on_delete=models.CASCADE, related_name="waiting_letters", db_index=False
    )
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)
    mode = models.CharField(max_length=10)
    text = models.TextField()
    rest = models.JSONField(default=dict, blank=True)
    files = models.JSONField(default=list, blank=True)
    #: Waits only as long as somebody may want it back; else until a time that was chosen.
    brief = models.BooleanField()
    made_at = models.DateTimeField()
    due_at = models.DateTimeField()
    #: What its writer had seen of the case.
    seen_message = models.BigIntegerField(default=0)
    seen_state = models.CharField(max_length=20)
    #: Why it was not sent when it was due; empty while it waits.
    held_for = models.TextField(blank=True, default="")

    class Meta:
        indexes = [
            models.Index(fields=["due_at"], name="letter_due", condition=Q(held_for="")),
            models.Index(fields=["case"], name="letter_of_case"),
        ]

    def __str__(self) -> str:
        return f"letter of {self.user_id} on {self.case_id}"


class ThirdParty(models.Model):
    """Somebody outside to whom a message was forwarded; their answers stay among colleagues."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="+", db_index=False)
    address = models.CharField(max_length=254)
    #: Who asked them first.
    user = models.ForeignKey(
        User, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    added_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "address"], name="third_party_once")]

    def __str__(self) -> str:
        return self.address


class Presence(models.Model):
    """Who looked at a case when, or writes on it; it keeps nobody from anything."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="+", db_index=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+", db_index=False)
    writes = models.BooleanField(default=False)
    seen_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "user"], name="presence_once")]
        indexes = [models.Index(fields=["user", "-seen_at"], name="presence_of_user")]

    def __str__(self) -> str:
        return f"{self.user_id} at {self.case_id}"


class CaseType(models.Model):
    """A kind of case that the desk adds to those of the policy."""

    #: What ``Case.kind`` holds; never changed, so that cases keep it.
    code = models.SlugField(max_length=30, unique=True)
    name = models.CharField(max_length=80)
    #: The kind of the policy by which such a case is entitled, timed and routed.
    treated_as = models.CharField(max_length=30, default="technical")
    place = models.PositiveSmallIntegerField(default=0)
    #: Customers may choose it on their forms.
    for_customers = models.BooleanField(default=False, db_default=False)
    #: A retired type is offered no more; cases of it stay.
    active = models.BooleanField(default=True)

    def __str__(self) -> str:
        return self.name


class CaseField(models.Model):
    """Something more to be known of cases of some types, as an administrator asks for it."""

    #: The name by which filters, sheets and forms know it; never changed.
    code = models.SlugField(max_length=40, unique=True)
    label = models.CharField(max_length=80)
    help = models.CharField(max_length=200, blank=True, default="")
    value = models.CharField(max_length=10)
    choices = ArrayField(models.CharField(max_length=120), default=list, blank=True)
    #: The kinds of case that have it; empty: every one.
    kinds = ArrayField(models.CharField(max_length=30), default=list, blank=True)
    #: A case is resolved only once this is known.
    required = models.BooleanField(default=False)
    #: Shown on the form by which customers raise a case.
    asked = models.BooleanField(default=False)
    place = models.PositiveSmallIntegerField(default=0)
    #: A retired field is offered no more; what cases hold of it stays.
    active = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(value__in=[w.value for w in Value]), name="field_value_known"
            ),
            models.CheckConstraint(
                condition=~Q(value="choice") | ~Q(choices=[]), name="field_choice_has_choices"
            ),
        ]

    def __str__(self) -> str:
        return self.label


class CaseValue(models.Model):
    """What a case holds of a field; numbers and days a second time, as what they are."""

    case = models.ForeignKey(
        Case, on_delete=models.CASCADE, related_name="field_values", db_index=False
    )
    field = models.ForeignKey(
        CaseField, on_delete=models.PROTECT, related_name="values", db_index=False
    )
    text = models.CharField(max_length=2000)
    number = models.DecimalField(max_digits=20, decimal_places=6, null=True)
    day = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "field"], name="value_once"),
            models.CheckConstraint(condition=Q(text__gt=""), name="value_says_something"),
        ]

    def __str__(self) -> str:
        return self.text


class Checklist(models.Model):
    """A list of steps that cases of some types and priorities are worked by."""

    name = models.CharField(max_length=120)
    #: For which kinds of case and priorities it is offered; empty: every one.
    kinds = ArrayField(models.CharField(max_length=30), default=list, blank=True)
    priorities = ArrayField(models.CharField(max_length=2), default=list, blank=True)
    #: Put on such a case by itself.
    automatic = models.BooleanField(default=False)
    #: A case is resolved only once its required steps are done.
    holds = models.BooleanField(default=False)
    place = models.PositiveSmallIntegerField(default=0)
    active = models.BooleanField(default=True)

    def __str__(self) -> str:
        return self.name


class ChecklistStep(models.Model):
    """One step of a checklist."""

    checklist = models.ForeignKey(Checklist, on_delete=models.CASCADE, related_name="steps")
    place = models.PositiveSmallIntegerField()
    text = models.CharField(max_length=300)
    required = models.BooleanField(default=False)

    class Meta:
        ordering = ["place", "id"]

    def __str__(self) -> str:
        return self.text


class CaseChecklist(models.Model):
    """A checklist on a case, as it was when it was put there."""

    case = models.ForeignKey(
        Case, on_delete=models.CASCADE, related_name="checklists", db_index=False
    )
    checklist = models.ForeignKey(
        Checklist, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    name = models.CharField(max_length=120)
    holds = models.BooleanField(default=False)
    put_at = models.DateTimeField()
    #: Nobody when its type or priority put it there.
    put_by = models.ForeignKey(
        User, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "checklist"], name="checklist_once_on_a_case")
        ]

    def __str__(self) -> str:
        return self.name


class CaseStep(models.Model):
    """A step to do on a case, and who did it when."""

    on = models.ForeignKey(CaseChecklist, on_delete=models.CASCADE, related_name="steps")
    place = models.PositiveSmallIntegerField()
    text = models.CharField(max_length=300)
    required = models.BooleanField(default=False)
    done_at = models.DateTimeField(null=True)
    done_by = models.ForeignKey(
        User, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )

    class Meta:
        ordering = ["place", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(done_at__isnull=True, done_by__isnull=True)
                | Q(done_at__isnull=False, done_by__isnull=False),
                name="step_done_by_somebody",
            )
        ]

    def __str__(self) -> str:
        return self.text


class CaseChild(models.Model):
    """A case that is part of another."""

    child = models.OneToOneField(Case, on_delete=models.CASCADE, related_name="under")
    parent = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="children")
    added_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(child=F("parent")), name="case_not_its_own_child")
        ]

    def __str__(self) -> str:
        return f"{self.child_id} under {self.parent_id}"


class CaseSplit(models.Model):
    """A case that began with messages of another."""

    case = models.OneToOneField(Case, on_delete=models.CASCADE, related_name="split_from")
    source = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="split_off")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(case=F("source")), name="case_not_split_from_itself"
            )
        ]

    def __str__(self) -> str:
        return f"{self.case_id} from {self.source_id}"


class TimeSpent(models.Model):
    """Minutes that somebody worked on a case, on the day they say."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="time_spent")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)
    minutes = models.PositiveIntegerField()
    note = models.CharField(max_length=500, blank=True, default="")
    on_day = models.DateField()
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(minutes__gte=1, minutes__lte=1440), name="time_within_a_day"
            )
        ]
        indexes = [models.Index(fields=["on_day"], name="time_by_day")]

    def __str__(self) -> str:
        return f"{self.minutes} min on {self.case_id}"
