"""Where a case goes: the first rule that fits it, never over the data boundary. Pure."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Facts:
    """A case as routing sees it."""

    region: str
    kind: str
    priority: str
    package: str
    offshore: bool
    queue: str


@dataclass(frozen=True, slots=True)
class Rule:
    """Cases that fit go to a queue, need a skill, or both; empty fields fit every case."""

    name: str
    region: str = ""
    kind: str = ""
    priority: str = ""
    package: str = ""
    queue: str = ""
    skill: str = ""

    def fits(self, case: Facts) -> bool:
        """Whether the rule is about this case."""
        wanted = (self.region, self.kind, self.priority, self.package)
        given = (case.region, case.kind, case.priority, case.package)
        return all(not want or want == have for want, have in zip(wanted, given, strict=True))


@dataclass(frozen=True, slots=True)
class Route:
    """Where a case goes, which skill it needs, and by which rules."""

    queue: str
    skill: str
    by: tuple[str, ...]


def route(case: Facts, rules: Iterable[Rule], sides: Mapping[str, Collection[bool]]) -> Route:
    """The first rule with a queue decides the queue, the first with a skill decides the skill.

    Args:
        sides: queue -> on which sides of the data boundary teams work it (True: offshore). A
            queue that nobody works may be used by both; a case never crosses (C16).
    """
    queue, skill = "", ""
    by: list[str] = []
    for rule in rules:
        if not rule.fits(case):
            continue
        if rule.queue and not queue and may_wait_in(rule.queue, sides, offshore=case.offshore):
            queue = rule.queue
            by.append(rule.name)
        if rule.skill and not skill:
            skill = rule.skill
            if rule.name not in by:
                by.append(rule.name)
    return Route(queue or case.queue, skill, tuple(by))


def may_wait_in(queue: str, sides: Mapping[str, Collection[bool]], *, offshore: bool) -> bool:
    """Whether a case of one side of the boundary may wait in a queue."""
    worked = sides.get(queue, ())
    return not worked or offshore in worked
