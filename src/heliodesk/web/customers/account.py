"""One account: who may write for it, what it holds, its cases, and the verbs that change it."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, NamedTuple, TypeVar

from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as translated
from django.utils.translation import gettext_noop as _

from heliodesk.cases import search
from heliodesk.customers import actions, portal, queries
from heliodesk.customers.access import Hidden, get_account, get_contact
from heliodesk.customers.actions import ContactDetails
from heliodesk.customers.imports import Rules
from heliodesk.customers.models import Account
from heliodesk.customers.queries import AccountCard
from heliodesk.customers.rules import Lifecycle, Refused, RelationKind, RoleKind
from heliodesk.entitlements import packs
from heliodesk.entitlements.customer_rules import customer_rules
from heliodesk.entitlements.facts import packages_of
from heliodesk.identity.person import Person
from heliodesk.identity.queries import everybody
from heliodesk.identity.rules import May
from heliodesk.journal.past import past
from heliodesk.kernel import clock
from heliodesk.oncall.actions.setting_up import name_manager
from heliodesk.oncall.queries import manager_of
from heliodesk.web import openness
from heliodesk.web.access import PersonRequest, needs
from heliodesk.web.answer import page
from heliodesk.web.customers import history
from heliodesk.web.portal.named import promised
from heliodesk.web.told import tell

_MOST_CASES = 12
Row = TypeVar("Row")


class Asked(NamedTuple):
    """A verb as it was asked for."""

    account: Account
    form: dict[str, str]
    kinds: list[str]
    person: Person
    rules: Rules
    at: datetime


@needs(May.SEE_CUSTOMERS)
def show(request: PersonRequest, id: int) -> HttpResponse:
    """An account."""
    return answer(request, id)


def answer(request: PersonRequest, id: int, *, trouble: str = "", failed: str = "") -> HttpResponse:
    """The page; with ``trouble`` it says why a verb was not possible, and keeps what was typed."""
    now = clock.now()
    card = queries.account_card(request.person, id, now.date())
    if card is None:
        raise Http404
    held = packages_of([id], now.date()).get(id)
    package = held.package if held and held.package else "base"
    return page(
        request,
        "customers/account.html",
        status=409 if trouble else 200,
        area="accounts",
        a=card,
        package=package,
        open_now=openness.of(package, card.region, now),
        contracts=get_account(request.person, id).contracts.order_by("-starts_on")[:5],
        cases=search.of_parties(request.person, [id], [], limit=_MOST_CASES),
        past=history.lines(past("account", id)),
        manager=manager_of(id),
        named=_promised(package),
        colleagues=[(one.pk, one.name) for one in everybody() if one.is_active],
        company_sign_in=portal.company_sign_in_at(id),
        may_edit=request.person.may(May.EDIT_CUSTOMERS),
        trouble=trouble,
        failed=failed,
        given=request.POST,
        **_choices(card),
    )


def _promised(package: str) -> str:
    """What the package calls the person it promises by name, if it promises one."""
    try:
        return promised(packs.active().policy.pack, package)
    except packs.NoActivePack:
        return ""


def _choices(card: AccountCard) -> dict[str, Any]:
    """What the selects of the forms offer."""
    regions = sorted(customer_rules().regions | {card.region})
    return {
        "regions": [(code, code) for code in regions],
        "lifecycles": [word.value for word in Lifecycle],
        "kinds": [word.value for word in RoleKind],
        "relations": [(word.value, word.value) for word in RelationKind],
    }


@needs(May.EDIT_CUSTOMERS)
def new(request: PersonRequest) -> HttpResponse:
    """A new account."""
    rules = customer_rules()
    trouble = ""
    if request.method == "POST":
        form = request.POST
        try:
            account = actions.open_account(
                name=form.get("name", ""),
                region=form.get("region", ""),
                identifier=form.get("identifier", ""),
                lifecycle=Lifecycle(form.get("lifecycle", Lifecycle.LIVE)),
                offshore=bool(form.get("offshore")) and request.person.offshore,
                is_partner=bool(form.get("is_partner")),
                pattern=rules.id_pattern,
                by=request.person.by,
                at=clock.now(),
            )
        except (Refused, ValueError) as refusal:
            trouble = str(refusal)
        else:
            tell(request, translated("%(name)s is an account now.") % {"name": account.name})
            return redirect(f"/accounts/{account.pk}/")
    return page(
        request,
        "customers/new_account.html",
        status=409 if trouble else 200,
        area="accounts",
        regions=[(code, code) for code in sorted(rules.regions)],
        lifecycles=[word.value for word in Lifecycle],
        trouble=trouble,
        given=request.POST,
    )


@needs(May.EDIT_CUSTOMERS)
def do(request: PersonRequest, id: int, verb: str) -> HttpResponse:
    """Do a verb on an account."""
    deed = DEEDS.get(verb)
    if deed is None or request.method != "POST":
        raise Http404
    try:
        account = get_account(request.person, id)
    except Hidden:
        raise Http404 from None
    asked = Asked(
        account,
        {name: str(value) for name, value in request.POST.items()},
        request.POST.getlist("kinds"),
        request.person,
        customer_rules(),
        clock.now(),
    )
    work, done = deed
    try:
        with transaction.atomic():
            work(asked)
    except Refused as refusal:
        return answer(request, id, trouble=str(refusal), failed=verb)
    tell(request, translated(done))
    return redirect(f"/accounts/{id}/")


def _describe(asked: Asked) -> None:
    """Everything of the form of details; what did not change is not told."""
    account, form = asked.account, asked.form
    by, at = asked.person.by, asked.at
    actions.rename_account(account, name=form.get("name", ""), by=by, at=at)
    actions.change_region(account, region=form.get("region", ""), by=by, at=at)
    life = form.get("lifecycle", account.lifecycle)
    if life not in {word.value for word in Lifecycle}:
        raise Refused(translated("Choose where the account stands."))
    actions.change_lifecycle(account, lifecycle=Lifecycle(life), by=by, at=at)
    actions.mark_partner(account, is_partner="is_partner" in form, by=by, at=at)
    actions.change_account_note(account, note=form.get("note", ""), by=by, at=at)
    offshore = "offshore" in form
    if offshore != account.offshore:
        if not asked.person.offshore:
            raise Refused(translated("Only the offshore team can move an account over."))
        actions.change_residency(account, offshore=offshore, by=by, at=at)


def _add_identifier(asked: Asked) -> None:
    actions.add_identifier(
        asked.account,
        value=asked.form.get("value", ""),
        pattern=asked.rules.id_pattern,
        by=asked.person.by,
        at=asked.at,
    )


def _end_identifier(asked: Asked) -> None:
    found = asked.account.identifiers.filter(pk=_number(asked, "id"))
    actions.end_identifier(_one(found.first()), by=asked.person.by, at=asked.at)


def _verify_domain(asked: Asked) -> None:
    domain = asked.form.get("domain", "")
    actions.verify_domain(asked.account, domain=domain, by=asked.person.by, at=asked.at)


def _drop_domain(asked: Asked) -> None:
    found = asked.account.domains.filter(pk=_number(asked, "id"))
    actions.drop_domain(_one(found.first()), by=asked.person.by, at=asked.at)


def _add_contact(asked: Asked) -> None:
    form = asked.form
    actions.add_contact(
        asked.account,
        details=ContactDetails(form.get("name", ""), phone=form.get("phone", "")),
        addresses=[form.get("address", "")],
        roles=_kinds(asked) or [RoleKind.AUTHORISED],
        designated_max=asked.rules.designated_max,
        by=asked.person.by,
        at=asked.at,
    )


def _grant(asked: Asked) -> None:
    """Make a contact exactly what the form says at this account."""
    try:
        contact = get_contact(asked.person, _number(asked, "contact"))
    except Hidden:
        raise Refused(translated("There is no such contact.")) from None
    held = {
        role.kind: role
        for role in contact.roles.filter(account=asked.account)
        if role.valid_to is None or role.valid_to > asked.at.date()
    }
    wanted = set(_kinds(asked))
    for kind, role in held.items():
        if kind not in wanted:
            actions.end_role(role, by=asked.person.by, at=asked.at)
    for new_kind in sorted(wanted - held.keys()):
        actions.grant_role(
            contact,
            asked.account,
            kind=RoleKind(new_kind),
            designated_max=asked.rules.designated_max,
            by=asked.person.by,
            at=asked.at,
        )


def _relate(asked: Asked) -> None:
    form = asked.form
    other = _account_named(asked, form.get("other", ""))
    customer, partner = asked.account, other
    if form.get("way") == "customer":
        customer, partner = other, asked.account
    kind = form.get("kind", RelationKind.MSP)
    if kind not in {word.value for word in RelationKind}:
        raise Refused(translated("Choose how they stand to each other."))
    actions.relate_partner(
        partner,
        customer,
        kind=RelationKind(kind),
        granted_by=form.get("granted_by", ""),
        by=asked.person.by,
        at=asked.at,
    )


def _end_partner(asked: Asked) -> None:
    number = _number(asked, "id")
    account = asked.account
    row = account.partners.filter(pk=number).first() or account.managed.filter(pk=number).first()
    if row is None:
        raise Refused(translated("There is no such relation."))
    actions.end_partner(row, by=asked.person.by, at=asked.at)


def _account_named(asked: Asked, text: str) -> Account:
    """The one account that a text names by ID, name or domain."""
    rows = queries.accounts(asked.person, asked.at.date(), text=text, size=2) if text else []
    exact = [row for row in rows if text.lower() in (row.name.lower(), row.identifier)]
    if len(exact or rows) != 1:
        raise Refused(
            translated("“%(text)s” names no single account; give its ID.") % {"text": text}
        )
    return get_account(asked.person, (exact or rows)[0].id)


def _kinds(asked: Asked) -> list[RoleKind]:
    known = {word.value for word in RoleKind}
    return [RoleKind(kind) for kind in asked.kinds if kind in known]


def _number(asked: Asked, name: str) -> int:
    given = asked.form.get(name, "")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 18 else 0


def _one(found: Row | None) -> Row:
    if found is None:
        raise Refused(translated("Somebody was faster; look at the page again."))
    return found


def _name_manager(asked: Asked) -> None:
    """Say who looks after the account; nobody when none is chosen."""
    chosen = asked.form.get("manager", "")
    known = {str(one.pk) for one in everybody() if one.is_active}
    if chosen and chosen not in known:
        raise Refused(translated("Choose a colleague who works here."))
    person_id = int(chosen) if chosen else None
    name_manager(asked.account.pk, person_id=person_id, by=asked.person.by, at=asked.at)


def _drop_sign_in(asked: Asked) -> None:
    """Let contacts in by themselves again, when their company's sign-in locks them out."""
    actions.drop_company_sign_in(asked.account, by=asked.person.by, at=asked.at)


Work = Callable[[Asked], None]
DEEDS: dict[str, tuple[Work, str]] = {
    "describe": (_describe, _("The details are saved.")),
    "add_identifier": (_add_identifier, _("The ID is given.")),
    "end_identifier": (_end_identifier, _("The ID is ended.")),
    "verify_domain": (_verify_domain, _("The domain stands for the account now.")),
    "drop_domain": (_drop_domain, _("The domain no longer stands for the account.")),
    "add_contact": (_add_contact, _("The contact may raise cases now.")),
    "grant": (_grant, _("The roles are saved.")),
    "relate": (_relate, _("The relation holds from today.")),
    "end_partner": (_end_partner, _("The relation is ended.")),
    "name_manager": (_name_manager, _("They look after this account now.")),
    "drop_sign_in": (_drop_sign_in, _("The company's sign-in is switched off.")),
}
