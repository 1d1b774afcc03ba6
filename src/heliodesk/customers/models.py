"""Tables of who the customers are and who may act for them."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower

from heliodesk.customers.rules import Lifecycle, RelationKind, RoleKind, SignInKind
from heliodesk.customers.spans import span
from heliodesk.identity.models import User


class Account(models.Model):
    """A customer, or a partner that acts for customers (E7)."""

    name = models.CharField(max_length=200)
    region = models.CharField(max_length=12)
    lifecycle = models.CharField(max_length=20, default=Lifecycle.LIVE.value)
    #: Data residency: seen by the offshore team only, answered from its address (C16).
    offshore = models.BooleanField(default=False)
    is_partner = models.BooleanField(default=False)
    note = models.TextField(blank=True, default="")
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(lifecycle__in=[w.value for w in Lifecycle]),
                name="account_lifecycle_known",
            ),
        ]
        indexes = [
            models.Index(Lower("name"), F("id"), name="account_name"),
            GinIndex(SearchVector("name", config="simple"), name="account_words"),
            GinIndex(fields=["name"], opclasses=["gin_trgm_ops"], name="account_like"),
        ]

    def __str__(self) -> str:
        return self.name


class AccountIdentifier(models.Model):
    """The ID a customer quotes; it identifies and does not authenticate (E8, C31)."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="identifiers")
    value = models.CharField(max_length=40, unique=True)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="identifier_ends_after_start",
            ),
        ]

    def __str__(self) -> str:
        return self.value


class VerifiedDomain(models.Model):
    """A mail domain proven to be the account's (E9, C10)."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="domains")
    domain = models.CharField(max_length=253)
    verified_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["domain", "account"], name="domain_of_account_once"),
            models.CheckConstraint(
                condition=Q(domain=Lower("domain")), name="domain_in_lower_case"
            ),
        ]
        indexes = [
            models.Index(fields=["domain"], name="domain_start", opclasses=["varchar_pattern_ops"])
        ]

    def __str__(self) -> str:
        return self.domain


class Contact(models.Model):
    """A person at a customer or partner; what they may do is in ContactRole (E10)."""

    name = models.CharField(max_length=200)
    active = models.BooleanField(default=True)
    phone = models.CharField(max_length=40, blank=True, default="")
    #: Where to reach them when their mail is down (C30).
    alternative = models.CharField(max_length=200, blank=True, default="")
    language = models.CharField(max_length=10, blank=True, default="")
    zone = models.CharField(max_length=64, blank=True, default="")
    #: The contact that this one turned out to be; then it is not active.
    merged_into = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    #: What they sign in to the portal with; none until they first do.
    user = models.OneToOneField(
        User, null=True, blank=True, on_delete=models.SET_NULL, related_name="contact"
    )
    #: When they were last invited to the portal.
    invited_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(merged_into__isnull=True) | Q(active=False),
                name="merged_contact_is_inactive",
            ),
            models.CheckConstraint(
                condition=~Q(merged_into=F("id")), name="contact_not_merged_into_itself"
            ),
        ]
        indexes = [
            models.Index(Lower("name"), F("id"), name="contact_name"),
            GinIndex(SearchVector("name", config="simple"), name="contact_words"),
            GinIndex(fields=["name"], opclasses=["gin_trgm_ops"], name="contact_like"),
        ]

    def __str__(self) -> str:
        return self.name


class ContactAddress(models.Model):
    """An e-mail address of a contact; one address is one person."""

    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="addresses")
    address = models.CharField(max_length=254, unique=True)
    preferred = models.BooleanField(default=False)
    #: When mail to it last bounced; cleared when mail from it arrives.
    bounced_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["contact"], condition=Q(preferred=True), name="one_preferred_address"
            ),
            models.CheckConstraint(
                condition=Q(address=Lower("address")), name="address_in_lower_case"
            ),
        ]

    def __str__(self) -> str:
        return self.address


class ContactRole(models.Model):
    """What a contact is at an account, from a day to a day (E11, R76)."""

    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="roles")
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="roles")
    kind = models.CharField(max_length=20)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=[w.value for w in RoleKind]), name="contact_role_known"
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="contact_role_ends_after_start",
            ),
            ExclusionConstraint(
                name="contact_role_once_at_a_time",
                expressions=[
                    ("contact", RangeOperators.EQUAL),
                    ("account", RangeOperators.EQUAL),
                    ("kind", RangeOperators.EQUAL),
                    (span("valid_from", "valid_to"), RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.contact_id} at {self.account_id}"


class Partnership(models.Model):
    """A partner's right to act for a customer, from a day to a day (E12, R55)."""

    partner = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="managed")
    customer = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="partners")
    kind = models.CharField(max_length=20, default=RelationKind.MSP.value)
    granted_by = models.CharField(max_length=200, blank=True, default="")
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=[w.value for w in RelationKind]), name="partnership_known"
            ),
            models.CheckConstraint(condition=~Q(partner=F("customer")), name="partner_of_another"),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="partnership_ends_after_start",
            ),
            ExclusionConstraint(
                name="partnership_once_at_a_time",
                expressions=[
                    ("partner", RangeOperators.EQUAL),
                    ("customer", RangeOperators.EQUAL),
                    (span("valid_from", "valid_to"), RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.partner_id} for {self.customer_id}"


class CompanySignIn(models.Model):
    """An account's own identity provider, which vouches for the contacts of that account only."""

    account = models.OneToOneField(
        Account, on_delete=models.CASCADE, related_name="company_sign_in"
    )
    kind = models.CharField(max_length=4)
    #: What addresses call it; it says nothing about the account.
    slug = models.CharField(max_length=24, unique=True)
    #: OpenID Connect: ``server_url``, ``client_id``. SAML: ``entity_id``, ``sso_url``,
    #: ``x509cert``.
    settings = models.JSONField(default=dict)
    #: The client's secret, sealed with the desk's key.
    secret = models.TextField(blank=True, default="")
    #: Contacts reach this account by their company's sign-in only.
    required = models.BooleanField(default=False)
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=[w.value for w in SignInKind]), name="company_sign_in_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.account_id}"
