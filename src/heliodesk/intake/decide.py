"""Decide what becomes of each draft of a batch: pure, no I/O, in the order they came.

Doubt is never resolved by guessing: it holds the message for a person, with the reason.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from heliodesk.cases.rules import State
from heliodesk.entitlements.decision import Decision, Verdict
from heliodesk.entitlements.request import (
    AccountId,
    Channel,
    ContactRole,
    ExistingCase,
    Lifecycle,
    Request,
    Service,
)
from heliodesk.entitlements.rules import decide as entitle
from heliodesk.intake.company import company_flag
from heliodesk.intake.draft import Draft, Sameness
from heliodesk.intake.facts import CaseFacts, Facts
from heliodesk.intake.identify import Identity, identify, role_at
from heliodesk.intake.kinds import kind_of
from heliodesk.intake.outcome import Fate, Outcome
from heliodesk.intake.thread import Proof, Target, find

#: Automatic answers to one sender in an hour; past them the desk falls silent (loops).
ANSWERS_PER_HOUR = 6
#: Mail of the past is filed and never answered.
_SILENT = frozenset({"import"})
#: The decision's flag for a P1 that is claimed in writing (C5).
_IN_WRITING = "p1_requested_not_by_phone"
_ACTIVE = frozenset({ContactRole.DESIGNATED, ContactRole.AUTHORISED, ContactRole.PARTNER})
#: What names a case beyond doubt.
_SURE = frozenset({Proof.ASIDE, Proof.TOKEN, Proof.THREAD})
_SETTLED = frozenset({State.RESOLVED, State.CLOSED, State.CANCELLED})


def decide_all(
    drafts: Sequence[Draft], facts: Facts, *, at: datetime, failed_auth: str
) -> list[Outcome]:
    """The outcome of every draft.

    Args:
        failed_auth: ``hold`` or ``flag``: what a failed sender check does to a known contact.
    """
    outcomes: list[Outcome] = []
    earlier: dict[str, int] = {}
    seen: dict[Sameness, int] = {}
    answered = dict(facts.answered)
    for index, draft in enumerate(drafts):
        outcome = _decide(draft, facts, earlier, seen, outcomes, at=at, failed_auth=failed_auth)
        outcome = _may_answer(outcome, draft, facts, answered)
        outcomes.append(outcome)
        _remember(index, draft, outcome, earlier, seen)
    return outcomes


def _remember(
    index: int,
    draft: Draft,
    outcome: Outcome,
    earlier: dict[str, int],
    seen: dict[Sameness, int],
) -> None:
    """Let later drafts of the batch find this one."""
    if outcome.fate in {Fate.OPEN, Fate.HOLD}:
        for key in (draft.message_id, *draft.ancestors):
            if key:
                earlier.setdefault(key, index)
    if draft.message_id and outcome.fate not in {Fate.DUPLICATE, Fate.DROP}:
        seen.setdefault(draft.sameness, index)


def _may_answer(outcome: Outcome, draft: Draft, facts: Facts, answered: dict[str, int]) -> Outcome:
    """Keep the caps on automatic answers: per sender and hour, one how-to a day (C8, C20)."""
    if not outcome.answer or draft.proven:
        return outcome
    count = answered.get(draft.sender, 0)
    silent = draft.unanswerable or not draft.sender or count >= ANSWERS_PER_HOUR
    if outcome.fate is Fate.HOLD and draft.sender in facts.taught:
        silent = True
    if draft.verdict.dmarc == "fail" or draft.channel in _SILENT:
        silent = True
    if silent:
        return replace(outcome, answer=False)
    answered[draft.sender] = count + 1
    return outcome


def _decide(
    draft: Draft,
    facts: Facts,
    earlier: dict[str, int],
    seen: dict[Sameness, int],
    outcomes: list[Outcome],
    *,
    at: datetime,
    failed_auth: str,
) -> Outcome:
    early = _unwanted(draft, facts, seen)
    if early:
        return early
    target = find(draft, facts, earlier)
    if draft.bounce:
        return _bounced(draft, facts)
    if draft.replied_by_machine and target is None:
        known = facts.customers.contact(draft.sender) is not None
        if not known or not draft.ids.values:
            return Outcome(Fate.DROP, reason="automatic_reply")
    if target and target.earlier is not None:
        return _after_earlier(draft, target.earlier, outcomes, facts, at)
    if target and target.held:
        return _join_held(draft, target)
    if target and target.case:
        joined = _on_case(draft, facts, target, target.case, at, failed_auth)
        if joined:
            return joined
    return _new(draft, facts, at, failed_auth)


def _unwanted(draft: Draft, facts: Facts, seen: dict[Sameness, int]) -> Outcome | None:
    """Copies of what is already here, and our own mail coming back."""
    if draft.ours:
        return Outcome(Fate.DROP, reason="own_mail")
    key = draft.sameness
    if draft.message_id and key in seen:
        return Outcome(Fate.DUPLICATE, reason="duplicate", earlier=seen[key])
    first = facts.taken.get(key)
    if draft.message_id and first:
        kind, id = first
        return Outcome(
            Fate.DUPLICATE,
            reason="duplicate",
            case_id=id if kind == "case" else None,
            held_id=id if kind == "held" else None,
        )
    return None


def _bounced(draft: Draft, facts: Facts) -> Outcome:
    """A returned mail goes to the case whose mail it was; the address is flagged if it failed."""
    bounce = draft.bounce
    assert bounce is not None  # noqa: S101 - asked by the caller
    mail = facts.sent.get(bounce.message_id)
    case = None
    if mail and mail.subject_kind == "case":
        case = facts.cases.get(mail.subject_id)
    else:
        target = find(draft, facts, {})
        case = target.case if target and target.proof in _SURE else None
    if case is None:
        return Outcome(Fate.DROP, reason="bounce")
    outside = bool(mail and mail.kind == "forward")
    failed = bounce.kind == "failed"
    return Outcome(
        Fate.APPEND,
        reason="bounce" if failed else "delayed",
        case_id=case.id,
        automatic=True,
        bounced_outbound=mail.id if mail and failed else None,
        bounced_address=(bounce.recipient or (mail.to if mail else "")).lower() if failed else "",
        flags=("mail_bounced",) if failed and not outside else (),
        aside=outside,
    )


def _after_earlier(
    draft: Draft, index: int, outcomes: list[Outcome], facts: Facts, at: datetime
) -> Outcome:
    """A message that belongs to one of the same batch goes where that one went, if it may."""
    first = outcomes[index]
    if first.fate is Fate.HOLD:
        return Outcome(Fate.JOIN_HELD, earlier=index)
    account = first.account
    contact = facts.customers.contact(draft.sender)
    if account is None:
        return _new(draft, facts, at, "flag")
    role = role_at(contact, account, draft.sender, facts.customers)
    if role in _ACTIVE or role is ContactRole.UNKNOWN_DOMAIN_OK:
        return Outcome(
            Fate.APPEND,
            earlier=index,
            account=account,
            contact=contact,
            automatic=draft.replied_by_machine,
        )
    outcome = _new(draft, facts, at, "flag")
    return outcome


def _join_held(draft: Draft, target: Target) -> Outcome:
    """A reply to a held item joins it; only its own sender, or whoever has our answer."""
    held = target.held
    assert held is not None  # noqa: S101 - asked by the caller
    return Outcome(Fate.JOIN_HELD, held_id=held.id, automatic=draft.replied_by_machine)


def _on_case(
    draft: Draft,
    facts: Facts,
    target: Target,
    case: CaseFacts,
    at: datetime,
    failed_auth: str,
) -> Outcome | None:
    """A message that names a case: added, reopening it, held, or none of its business."""
    account = facts.customers.accounts.get(case.account_id)
    if account is None:
        return None
    contact = facts.customers.contact(draft.sender)
    role = role_at(contact, account, draft.sender, facts.customers)
    party = draft.sender in case.parties or role in _ACTIVE
    asked = draft.sender in case.outside and not party and not _spoofed(draft)
    if target.proof is Proof.ASIDE or asked:
        return _aside(draft, case)
    if not party and role is ContactRole.UNKNOWN_DOMAIN_OK:
        party = True
    if not party and target.proof is Proof.NUMBER:
        return None
    identity = Identity(_as_party(role, party=party), AccountId.VALID, account, contact)
    request = request_of(draft, facts, identity, case=case, at=at)
    decision = entitle(request, facts.pack.policy, at)
    common = Outcome(
        Fate.APPEND,
        account=account,
        contact=contact,
        case_id=case.id,
        request=request,
        decision=decision,
        package=request.package or "",
        automatic=draft.replied_by_machine,
    )
    if draft.replied_by_machine:
        return common if party else Outcome(Fate.DROP, reason="automatic_reply")
    if not party and target.proof is Proof.TOKEN and role is ContactRole.UNKNOWN:
        return replace(common, pending=True, flags=("sender_to_confirm",))
    if not party or decision.decision in {Verdict.HOLD, Verdict.REJECT}:
        reason = next(iter(decision.flags), "thread_sender_mismatch")
        return replace(
            common,
            fate=Fate.HOLD,
            case_id=None,
            case_hint=case.id,
            reason=reason if decision.decision is not Verdict.ACCEPT else "thread_sender_mismatch",
            answer=True,
        )
    if _spoofed(draft) and failed_auth == "hold" and target.proof is not Proof.TOKEN:
        return replace(
            common, fate=Fate.HOLD, case_id=None, case_hint=case.id, reason="auth_failed"
        )
    if decision.decision is Verdict.NEW_LINKED or case.state is State.CANCELLED:
        return replace(
            common,
            fate=Fate.OPEN,
            case_id=None,
            continues_id=case.id,
            answer=True,
            flags=decision.flags,
        )
    flags = ("auth_failed",) if _spoofed(draft) else ()
    urgent = _claims_p1_anew(draft, case, decision)
    return replace(
        common,
        reopen=case.state in {State.RESOLVED, State.CLOSED},
        flags=(*flags, _IN_WRITING) if urgent else flags,
        answer=decision.decision is Verdict.REOPEN or urgent,
    )


def _aside(draft: Draft, case: CaseFacts) -> Outcome:
    """Somebody outside answers what we asked them: among us, whatever the case's state is."""
    return Outcome(
        Fate.APPEND, case_id=case.id, automatic=draft.replied_by_machine, aside=True, answer=False
    )


def _claims_p1_anew(draft: Draft, case: CaseFacts, decision: Decision) -> bool:
    """Whether a message claims a P1, which only a call makes, and nobody was asked to call yet."""
    asked = case.priority == "P1" or _IN_WRITING in case.flags
    return draft.severity == "P1" and not asked and _IN_WRITING in decision.flags


def _as_party(role: ContactRole, *, party: bool) -> ContactRole:
    """Somebody copied on the case may write to it, whoever they are otherwise."""
    return ContactRole.AUTHORISED if party and role not in _ACTIVE else role


def _new(draft: Draft, facts: Facts, at: datetime, failed_auth: str) -> Outcome:
    """A message that starts something: a case, or a held item for a person to look at."""
    identity = identify(draft, facts.customers)
    request = request_of(draft, facts, identity, case=None, at=at)
    decision = entitle(request, facts.pack.policy, at)
    common = Outcome(
        Fate.OPEN,
        account=identity.account,
        contact=identity.contact,
        request=request,
        decision=decision,
        package=request.package or "",
        flags=decision.flags,
        answer=True,
        account_hint=identity.account or identity.hint,
    )
    if decision.decision is Verdict.DROP:
        return Outcome(Fate.DROP, reason="automatic_reply")
    if identity.contradictory and not decision.makes_case:
        return replace(common, fate=Fate.HOLD, reason=_reason(decision))
    if not decision.makes_case or identity.account is None:
        return replace(common, fate=Fate.HOLD, reason=_reason(decision))
    if _spoofed(draft) and failed_auth == "hold":
        return replace(common, fate=Fate.HOLD, reason="auth_failed", answer=False)
    flags = set(decision.flags)
    if _spoofed(draft):
        flags.add("auth_failed")
    if draft.by_form and not draft.proven:
        flags.add("sender_unproven")
    if identity.contradictory:
        flags.add("several_ids")
    asked = facts.pack.policy.pack.settings["email.company_mismatch"].default == "flag"
    if asked and not draft.proven:
        company = company_flag(draft.text, identity.account.name)
        flags |= {company} if company else set()
    if not draft.text.strip() and not draft.parts:
        flags.add("empty_body")
    return replace(common, flags=tuple(sorted(flags)))


def _reason(decision: Decision) -> str:
    return next(iter(decision.flags), decision.message.replace(".", "_"))


def _spoofed(draft: Draft) -> bool:
    """Whether our own mail server says that the sender is not who it claims to be."""
    return draft.verdict.dmarc == "fail"


def request_of(
    draft: Draft, facts: Facts, identity: Identity, *, case: CaseFacts | None, at: datetime
) -> Request:
    """The facts of a draft in the words of the entitlement decision."""
    account = identity.account
    held = facts.packages.get(account.id) if account else None
    existing, closed_days = None, 0
    if case:
        settled = case.state in _SETTLED
        existing = ExistingCase.CLOSED if settled else ExistingCase.OPEN
        closed_days = (at - case.closed_at).days if case.closed_at else 0
    lifecycle = account.lifecycle if account else Lifecycle.LIVE
    policy = facts.pack.policy.pack
    return Request(
        channel=_channel(draft),
        contact_role=identity.role,
        account_id=identity.id_state,
        package=_known_package(held.package if held else None, facts),
        region=account.region if account and account.region in policy.regions else None,
        contact_region=(
            facts.pack.policy.region_in(identity.contact.zone) if identity.contact else None
        ),
        endpoint=facts.endpoints.get(draft.mailbox_id or 0),
        severity=draft.severity or (case.priority if case else None),
        case_type=kind_of(draft, lifecycle, policy.case_words),
        lifecycle=Lifecycle.IMPLEMENTATION if lifecycle == "implementation" else Lifecycle.LIVE,
        service=Service.TERMINATED if lifecycle == "ended" else Service.ACTIVE,
        package_expired_days=held.expired_days if held else 0,
        grace_days=held.grace_days if held else None,
        accounts_known=identity.accounts_known,
        existing_case=existing,
        closed_days=closed_days,
        missing_fields=draft.missing_fields,
        issue_details_length=None if case else _details(draft),
    )


def _details(draft: Draft) -> int:
    """How much was said: the details of a form, or the text of a mail (R45)."""
    return len(draft.text.strip()) if draft.details_length is None else draft.details_length


def _channel(draft: Draft) -> Channel:
    """How it came in: a held call is a call still, and its P1 is one by telephone (R81)."""
    if draft.channel == Channel.PHONE:
        return Channel.PHONE
    return Channel.WEB if draft.by_form else Channel.EMAIL


def _known_package(code: str | None, facts: Facts) -> str | None:
    """A contract's package if the policy in force has it, else the base: rights are not guessed."""
    codes = {package.code for package in facts.pack.policy.pack.packages}
    return code if code in codes else None
