"""Tables of what came in and what goes out, as the outside world sees it."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce, Lower


class Mailbox(models.Model):
    """An address of the desk, with the brand that answers from it (R39, R40)."""

    code = models.SlugField(unique=True)
    address = models.EmailField()
    #: Further addresses that deliver here.
    aliases = ArrayField(models.EmailField(), default=list, blank=True)
    name = models.CharField(max_length=120, help_text="The sender's name customers see.")
    region = models.CharField(max_length=12, blank=True, default="")
    offshore = models.BooleanField(default=False)
    active = models.BooleanField(default=True)
    brand = models.CharField(max_length=120, blank=True, default="")
    brand_color = models.CharField(max_length=7, blank=True, default="")
    footer = models.TextField(blank=True, default="")
    #: Where customers of this brand find the portal; empty is where the desk itself is.
    site = models.CharField(max_length=200, blank=True, default="", db_default="")
    imap_host = models.CharField(max_length=255, blank=True, default="")
    imap_port = models.PositiveIntegerField(default=993)
    imap_security = models.CharField(
        max_length=10, default="tls", choices=[(w, w) for w in ("tls", "starttls", "none")]
    )
    imap_user = models.CharField(max_length=255, blank=True, default="")
    #: Name of the environment variable or file that holds the password or token.
    imap_secret = models.CharField(max_length=255, blank=True, default="")
    imap_login = models.CharField(
        max_length=10, default="password", choices=[(w, w) for w in ("password", "xoauth2")]
    )
    imap_folder = models.CharField(max_length=255, default="INBOX")
    #: Folder that taken mail moves to; empty marks it seen instead.
    imap_done_folder = models.CharField(max_length=255, blank=True, default="")
    #: A password that was typed on the page, sealed with the desk's key.
    imap_sealed = models.TextField(blank=True, default="", db_default="")
    #: A way out of its own; empty sends as the settings say.
    smtp_host = models.CharField(max_length=255, blank=True, default="", db_default="")
    smtp_port = models.PositiveIntegerField(default=587, db_default=587)
    smtp_security = models.CharField(
        max_length=10,
        default="starttls",
        db_default="starttls",
        choices=[(w, w) for w in ("tls", "starttls", "none")],
    )
    smtp_user = models.CharField(max_length=255, blank=True, default="", db_default="")
    smtp_secret = models.CharField(max_length=255, blank=True, default="", db_default="")
    smtp_login = models.CharField(
        max_length=10,
        default="password",
        db_default="password",
        choices=[(w, w) for w in ("password", "xoauth2")],
    )
    smtp_sealed = models.TextField(blank=True, default="", db_default="")
    #: Where access tokens are fetched (OAuth 2), for both ways.
    oauth_token_url = models.CharField(max_length=500, blank=True, default="", db_default="")
    oauth_client = models.CharField(max_length=255, blank=True, default="", db_default="")
    oauth_scope = models.CharField(max_length=500, blank=True, default="", db_default="")
    #: The client's secret and the refresh token, sealed.
    oauth_sealed = models.TextField(blank=True, default="", db_default="")
    imap_error = models.TextField(blank=True, default="")
    imap_seen_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(Lower("address"), name="mailbox_address_once")]

    def __str__(self) -> str:
        return self.address


class InboundState(models.TextChoices):
    """Where an inbound message stands."""

    WAITING = "waiting"
    FILED = "filed"
    HELD = "held"
    DUPLICATE = "duplicate"
    DROPPED = "dropped"
    FAILED = "failed"


class Inbound(models.Model):
    """A message exactly as it arrived; kept for ever, acknowledged only once durable."""

    mailbox = models.ForeignKey(
        Mailbox, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    channel = models.CharField(max_length=10)
    envelope_from = models.TextField(default="", blank=True)
    recipients = ArrayField(models.TextField(), default=list)
    peer = models.CharField(max_length=100, default="", blank=True)
    #: What makes a fetch of the same message the same: mailbox, folder, UID validity and UID.
    source_key = models.TextField(null=True)
    received_at = models.DateTimeField()
    raw = models.BinaryField()
    size = models.PositiveIntegerField()
    state = models.CharField(max_length=10, default=InboundState.WAITING.value)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_attempt_at = models.DateTimeField(null=True)
    error = models.TextField(default="", blank=True)
    message_id = models.TextField(default="", blank=True)
    body_hash = models.BinaryField(null=True)
    #: What it became: ``case``, ``held`` or empty, and that row's id; for a duplicate, the first's.
    result_kind = models.CharField(max_length=10, default="", blank=True)
    result_id = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=InboundState.values), name="inbound_state_known"
            ),
            models.UniqueConstraint(fields=["source_key"], name="inbound_of_source_once"),
            models.UniqueConstraint(
                F("message_id"),
                F("body_hash"),
                Coalesce(F("mailbox"), 0),
                name="inbound_taken_once",
                condition=Q(state__in=["filed", "held"]),
            ),
        ]
        indexes = [
            models.Index(fields=["id"], name="inbound_waiting", condition=Q(state="waiting")),
            models.Index(fields=["-id"], name="inbound_failed", condition=Q(state="failed")),
            models.Index(
                fields=["received_at"], name="inbound_by_form", condition=Q(channel="web")
            ),
        ]

    def __str__(self) -> str:
        return f"inbound {self.pk}"


class Upload(models.Model):
    """A file that was put into a form which is not yet sent; forgotten if it never is."""

    #: What the page names it by.
    token = models.CharField(max_length=32, unique=True)
    #: The form it belongs to.
    form = models.CharField(max_length=64)
    peer = models.CharField(max_length=100, default="", blank=True)
    name = models.CharField(max_length=255)
    content_type = models.CharField(max_length=127)
    size = models.PositiveIntegerField()
    data = models.BinaryField()
    at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["form", "id"], name="upload_of_form"),
            models.Index(fields=["at"], name="upload_by_age"),
        ]

    def __str__(self) -> str:
        return self.name


class OutboundState(models.TextChoices):
    """Where an outbound message stands."""

    CAPTURED = "captured"
    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    BOUNCED = "bounced"


class Outbound(models.Model):
    """A message to the outside world; ``key`` makes it one, however often it is asked for."""

    key = models.TextField()
    mailbox = models.ForeignKey(
        Mailbox, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    kind = models.CharField(max_length=30)
    #: ``case`` or ``held`` and that row's id.
    subject_kind = models.CharField(max_length=10)
    subject_id = models.BigIntegerField()
    #: Sent by no person: null return path, Auto-Submitted, never answered by us (RFC 3834).
    automatic = models.BooleanField()
    to = ArrayField(models.TextField())
    cc = ArrayField(models.TextField(), default=list, blank=True)
    bcc = ArrayField(models.TextField(), default=list, blank=True)
    from_address = models.TextField()
    from_name = models.TextField(default="", blank=True)
    reply_to = models.TextField(default="", blank=True)
    subject = models.TextField()
    text = models.TextField()
    html = models.TextField(default="", blank=True)
    message_id = models.TextField()
    in_reply_to = models.TextField(default="", blank=True)
    references = ArrayField(models.TextField(), default=list, blank=True)
    #: ``[{"name": …, "content_type": …, "size": …, "sha256": …}]``
    attachments = models.JSONField(default=list, blank=True)
    #: Recipients whose server took it, and those refused for good: neither is asked again.
    delivered = ArrayField(models.TextField(), default=list, db_default=[], blank=True)
    refused = ArrayField(models.TextField(), default=list, db_default=[], blank=True)
    state = models.CharField(max_length=10)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_attempt_at = models.DateTimeField(null=True)
    error = models.TextField(default="", blank=True)
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=OutboundState.values), name="outbound_state_known"
            ),
            models.UniqueConstraint(fields=["key"], name="outbound_once"),
        ]
        indexes = [
            models.Index(
                fields=["next_attempt_at", "id"],
                name="outbound_due",
                condition=Q(state__in=["queued", "sending"]),
            ),
            models.Index(fields=["subject_kind", "subject_id", "id"], name="outbound_subject"),
            models.Index(fields=["message_id"], name="outbound_message_id"),
            models.Index(
                fields=["-id"],
                name="outbound_failed",
                condition=Q(state__in=["failed", "bounced"]),
            ),
            models.Index(
                F("to__0"), F("created_at"), name="outbound_automatic", condition=Q(automatic=True)
            ),
        ]

    def __str__(self) -> str:
        return self.key
