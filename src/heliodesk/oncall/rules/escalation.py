"""Whom a step pages and when: the policy of a P1, as it was when it was declared."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from heliodesk.oncall.rules.words import Channel, Refused


class Target(StrEnum):
    """Whom a step pages, by what they are at that moment."""

    PRIMARY = "primary"
    SECONDARY = "secondary"
    LEAD = "lead"
    NEXT_PRIMARY = "next_primary"
    MANAGER = "duty_manager"
    NAMED = "named_manager"
    OWNER = "owner"


#: Words of a policy pack for whom an enhanced P1 pages besides (C26).
ENHANCED_BY = {"named_manager": Target.NAMED, "second_engineer": Target.SECONDARY}
LATE = timedelta(seconds=5)
LONGEST_WAIT = 24 * 3600


@dataclass(frozen=True)
class Step:
    """So many seconds after the declaration, page these by these channels."""

    after: int
    targets: tuple[Target, ...]
    channels: tuple[Channel, ...]


@dataclass(frozen=True)
class Escalation:
    """Steps in order; after the last everybody is paged again and again, for ever."""

    steps: tuple[Step, ...]
    repeat_seconds: int = 300
    contact_seconds: int = 600

    @property
    def everybody(self) -> tuple[Target, ...]:
        """Everybody that any step names."""
        return tuple(dict.fromkeys(t for step in self.steps for t in step.targets))

    def at(self, number: int) -> Step:
        """The step of this number, counted from 0; past the last it is everybody."""
        if number < len(self.steps):
            return self.steps[number]
        channels = dict.fromkeys(c for step in self.steps for c in step.channels)
        return Step(self.offset(number), self.everybody, tuple(channels))

    def offset(self, number: int) -> int:
        """Seconds from the declaration to the step of this number."""
        if number < len(self.steps):
            return self.steps[number].after
        return self.steps[-1].after + (number - len(self.steps) + 1) * self.repeat_seconds

    def next_due(self, number: int, *, due: datetime, at: datetime) -> datetime:
        """When the step after this one fires: never early, and no later than the wait between.

        Args:
            due: when this step should have fired; ``at``: when it did.
        """
        wait = timedelta(seconds=self.offset(number + 1) - self.offset(number))
        return (due if at - due <= LATE else at) + wait

    def stored(self) -> dict[str, Any]:
        """As a P1 keeps it."""
        return asdict(self)


_ALL = (Channel.PUSH, Channel.VOICE, Channel.SMS, Channel.EMAIL, Channel.CHAT)
DEFAULT = Escalation(
    (
        Step(0, (Target.PRIMARY,), _ALL),
        Step(180, (Target.PRIMARY, Target.SECONDARY), _ALL),
        Step(360, (Target.LEAD,), _ALL),
        Step(540, (Target.NEXT_PRIMARY,), _ALL),
        Step(720, (Target.MANAGER,), _ALL),
    )
)


def read(stored: Mapping[str, Any]) -> Escalation:
    """A policy as it was stored.

    Raises:
        Refused: it is not one; the text says what to change.
    """
    try:
        steps = tuple(
            Step(
                int(step["after"]),
                tuple(Target(word) for word in step["targets"]),
                tuple(Channel(word) for word in step["channels"]),
            )
            for step in stored["steps"]
        )
        found = Escalation(
            steps,
            int(stored.get("repeat_seconds", 300)),
            int(stored.get("contact_seconds", 600)),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise Refused(f"This escalation cannot be read: {error}.") from error
    return checked(found)


def checked(policy: Escalation) -> Escalation:
    """The policy, if a P1 can be paged by it.

    Raises:
        Refused: no step at once, steps out of order, or nobody to page.
    """
    if not policy.steps or policy.steps[0].after != 0:
        raise Refused("The first step pages at once: give it 0 seconds.")
    afters = [step.after for step in policy.steps]
    if afters != sorted(set(afters)) or afters[-1] > LONGEST_WAIT:
        raise Refused("Each step comes later than the one before, within a day.")
    if not all(step.targets and step.channels for step in policy.steps):
        raise Refused("Each step needs somebody to page and a channel.")
    if policy.repeat_seconds < 30 or policy.contact_seconds < 30:
        raise Refused("Repeat and contact times are 30 seconds at least.")
    return policy


def with_enhancement(policy: Escalation, pages: Sequence[str]) -> Escalation:
    """The policy with a first step that also pages whom the pack names for an enhanced P1."""
    more = tuple(ENHANCED_BY[word] for word in pages if word in ENHANCED_BY)
    first = policy.steps[0]
    targets = tuple(dict.fromkeys((*first.targets, *more)))
    return Escalation(
        (Step(0, targets, first.channels), *policy.steps[1:]),
        policy.repeat_seconds,
        policy.contact_seconds,
    )
