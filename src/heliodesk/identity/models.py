"""Tables of who acts on the desk."""

from typing import ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.db.models.expressions import RawSQL
from django.db.models.functions import Lower

from heliodesk.identity.rules import STAFF, Role

#: What is mailed until somebody chooses: being called to a case.
_AT_FIRST = RawSQL("'{escalate}'::varchar(20)[]", [])


def mailed_at_first() -> list[str]:
    """The kinds of notices that come by mail until somebody chooses."""
    return ["escalate"]


class Users(BaseUserManager["User"]):
    """Finds users by address, whatever its case."""

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email__iexact=username)


class Staff(models.Manager["User"]):
    """Users who work at the desk."""

    def get_queryset(self) -> models.QuerySet["User"]:
        return super().get_queryset().filter(role__in=STAFF)


class StaffRole(models.Model):
    """A role of the desk: one that ships, known by its code, or one made here of permissions."""

    #: ``agent``, ``lead`` or ``admin``; none for a role made here.
    code = models.CharField(max_length=20, null=True, unique=True)
    name = models.CharField(max_length=60)
    about = models.CharField(max_length=200, blank=True, default="")
    #: The shipped role that it counts as where leads are told something.
    base = models.CharField(max_length=20, default=Role.AGENT.value)
    #: What it holds; a shipped role holds what ``identity.rules`` says.
    permissions = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    #: Whoever has it must prove by an app or a passkey, too, that it is them.
    second_factor = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(Lower("name"), name="staff_role_name_once"),
            models.CheckConstraint(
                condition=models.Q(base__in=["agent", "lead"]) | models.Q(code__isnull=False),
                name="staff_role_stands_on_no_admin",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class User(AbstractBaseUser):
    """Somebody who signs in by their e-mail address: a person of the desk or a contact."""

    email = models.EmailField()
    name = models.CharField(max_length=120)
    role = models.CharField(max_length=20, choices=[(role.value, role.value) for role in Role])
    #: A role made at this desk, which then decides what they may; ``role`` is what it counts as.
    own_role = models.ForeignKey(
        StaffRole, null=True, on_delete=models.PROTECT, related_name="users", db_index=False
    )
    zone = models.CharField(max_length=64, default="Europe/London")
    signature = models.TextField(blank=True, default="")
    #: The kinds of notices that come by mail, too.
    mailed = ArrayField(
        models.CharField(max_length=20), default=mailed_at_first, db_default=_AT_FIRST, blank=True
    )
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    objects: ClassVar[Users] = Users()
    #: Those who work at the desk, without contacts.
    staff: ClassVar[Staff] = Staff()

    class Meta:
        constraints = [
            models.UniqueConstraint(Lower("email"), name="user_email_once"),
            models.CheckConstraint(
                condition=models.Q(role__in=[role.value for role in Role]), name="user_role_known"
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.email


class Team(models.Model):
    """People who share queues; ``offshore`` teams alone see offshore cases (C16)."""

    code = models.SlugField(unique=True)
    name = models.CharField(max_length=120)
    queues = ArrayField(models.CharField(max_length=60), default=list)
    regions = ArrayField(models.CharField(max_length=12), default=list, blank=True)
    skills = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    offshore = models.BooleanField(default=False)
    members: "models.ManyToManyField[User, TeamMember]" = models.ManyToManyField(
        User, through="TeamMember", related_name="teams"
    )

    def __str__(self) -> str:
        return self.name


class TeamMember(models.Model):
    """A user's place in a team."""

    team = models.ForeignKey(Team, on_delete=models.CASCADE)
    user = models.ForeignKey(User, on_delete=models.CASCADE)
    skills = ArrayField(models.CharField(max_length=60), default=list, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["team", "user"], name="team_member_once")]

    def __str__(self) -> str:
        return f"{self.user_id} in {self.team_id}"


class Session(AbstractBaseSession):
    """A signed-in browser; knows its user so that one query answers who is asking."""

    user = models.ForeignKey(User, null=True, on_delete=models.CASCADE, related_name="+")

    class Meta(AbstractBaseSession.Meta):
        abstract = False
        db_table = "identity_session"


class MailedCode(models.Model):
    """A code and a link, mailed to somebody who wants to sign in.

    There is a row for every request, whoever the address belongs to, so that the answer to an
    address that nobody here has is the same work. Only hashes of the secrets are kept.
    """

    #: What the browser that asked, and the link, know the row by; no secret.
    token = models.CharField(max_length=43, unique=True)
    address = models.CharField(max_length=254)
    #: Whom it lets in: a contact's id; none when nobody here has the address.
    contact_id = models.BigIntegerField(null=True)
    code_hash = models.CharField(max_length=64)
    link_hash = models.CharField(max_length=64)
    tries_left = models.PositiveSmallIntegerField()
    #: Where to go once signed in.
    leads_to = models.TextField(blank=True, default="")
    ip = models.CharField(max_length=45)
    asked_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["address", "asked_at"], name="mailed_code_address"),
            models.Index(fields=["ip", "asked_at"], name="mailed_code_ip"),
            models.Index(fields=["expires_at"], name="mailed_code_expiry"),
        ]

    def __str__(self) -> str:
        return f"code for {self.address}"


class ApiToken(models.Model):
    """Lets a program act for its owner, as far as its scopes go; only a hash of it is kept."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="tokens")
    name = models.CharField(max_length=80)
    #: Its first characters, by which its owner knows it again.
    start = models.CharField(max_length=12)
    digest = models.CharField(max_length=64, unique=True)
    scopes = ArrayField(models.CharField(max_length=10))
    created_at = models.DateTimeField()
    #: None holds until it is revoked.
    expires_at = models.DateTimeField(null=True)
    #: To the minute.
    last_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.name} of {self.user_id}"


class TokenUse(models.Model):
    """How often a token was shown in a minute; forgotten when the server crashes."""

    token = models.OneToOneField(ApiToken, primary_key=True, on_delete=models.CASCADE)
    #: Minutes since 1970.
    minute = models.BigIntegerField()
    used = models.PositiveIntegerField()

    def __str__(self) -> str:
        return f"{self.token_id} {self.used} times"
