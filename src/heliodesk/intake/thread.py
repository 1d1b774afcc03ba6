"""Which case or held item a message belongs to: pure, from the facts of the batch.

The order of trust: a token of ours (only somebody with our mail has it), before all one that we
gave to somebody outside the case; then a Message-ID that is known or shared with a message of the
thread, then a reference in the subject.
"""

from dataclasses import dataclass
from enum import StrEnum

from heliodesk.intake.draft import Draft
from heliodesk.intake.facts import CaseFacts, Facts, HeldFacts


class Proof(StrEnum):
    """How a message was matched."""

    ASIDE = "aside"
    TOKEN = "token"  # noqa: S105 - a word, no secret
    THREAD = "thread"
    SUBJECT = "subject"
    NUMBER = "number"


@dataclass(frozen=True)
class Target:
    """Where a message belongs: a case, a held item, or an earlier draft of the same batch."""

    proof: Proof
    case: CaseFacts | None = None
    held: HeldFacts | None = None
    earlier: int | None = None


def find(draft: Draft, facts: Facts, earlier: dict[str, int]) -> Target | None:
    """The best match, or none.

    Args:
        earlier: Message-ID -> index of the draft in this batch that has or names it.
    """
    return (
        _by_aside(draft, facts)
        or _by_token(draft, facts)
        or _by_thread(draft, facts, earlier)
        or _by_subject(draft, facts)
    )


def _by_aside(draft: Draft, facts: Facts) -> Target | None:
    """Whoever has a mail that went outside answers it, even when they also have one that did not:
    what they say may repeat what the customer must not read."""
    for ref in draft.aside_refs:
        if ref in facts.case_by_ref:
            return Target(Proof.ASIDE, case=facts.cases[facts.case_by_ref[ref]])
    return None


def _by_token(draft: Draft, facts: Facts) -> Target | None:
    for ref in draft.token_refs:
        if ref in facts.case_by_ref:
            return Target(Proof.TOKEN, case=facts.cases[facts.case_by_ref[ref]])
    for ref in draft.held_refs:
        if ref in facts.held_by_ref:
            return _of_held(Proof.TOKEN, facts.held[facts.held_by_ref[ref]], facts)
    return None


def _by_thread(draft: Draft, facts: Facts, earlier: dict[str, int]) -> Target | None:
    for key in (*draft.ancestors, draft.message_id):
        if not key:
            continue
        if key in earlier:
            return Target(Proof.THREAD, earlier=earlier[key])
        for kind, id in facts.threads.get(key, ()):
            if kind == "case" and id in facts.cases:
                return Target(Proof.THREAD, case=facts.cases[id])
            if kind == "held" and id in facts.held:
                return _of_held(Proof.THREAD, facts.held[id], facts)
    return None


def _of_held(proof: Proof, held: HeldFacts, facts: Facts) -> Target | None:
    """A held item that still waits; one that became a case leads there; others lead nowhere."""
    if held.waiting:
        return Target(proof, held=held)
    if held.case_id and held.case_id in facts.cases:
        return Target(proof, case=facts.cases[held.case_id])
    return None


def _by_subject(draft: Draft, facts: Facts) -> Target | None:
    for proof, refs in ((Proof.SUBJECT, draft.tagged_refs), (Proof.NUMBER, draft.bare_refs)):
        for ref in refs:
            if ref in facts.case_by_ref:
                return Target(proof, case=facts.cases[facts.case_by_ref[ref]])
    return None
