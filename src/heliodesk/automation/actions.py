"""The only writer of rules, and what carries them out."""

from collections.abc import Sequence
from datetime import datetime

from django.db import connection, transaction
from django.db.models import Max

from heliodesk.automation.models import AutomationRule
from heliodesk.automation.rules import Plan, faults
from heliodesk.cases.rules import Refused
from heliodesk.journal.record import By, Happening, record
from heliodesk.kernel.text import one_line, storable

#: Rules that a desk may have.
MOST_RULES = 200


@transaction.atomic
def write(
    rule: AutomationRule | None, *, name: str, plan: Plan, by: By, at: datetime
) -> AutomationRule:
    """A new rule after all others, switched off; or other words for one.

    Raises:
        Refused: it has no name, or cannot be used; the text says why.
    """
    name = one_line(storable(name), 120)
    wrong = faults(plan)
    if not name:
        wrong.insert(0, "Give the rule a name; it is told wherever the rule did something.")
    if wrong:
        raise Refused(" ".join(wrong))
    if rule is None:
        rules = AutomationRule.objects.select_for_update()
        if len(rules) >= MOST_RULES:
            raise Refused(f"{MOST_RULES} rules are as many as a desk may have. Delete one first.")
        last = AutomationRule.objects.aggregate(last=Max("position"))["last"] or 0
        rule = AutomationRule(position=last + 1)
    rule.name, rule.changed_at, rule.changed_by = name, at, by.name
    rule.say(plan)
    new = rule.pk is None
    rule.save()
    _tell("automation_added" if new else "automation_changed", rule, by=by, at=at)
    return rule


@transaction.atomic
def switch(rule: AutomationRule, *, on: bool, by: By, at: datetime) -> None:
    """Let a rule work, or rest."""
    AutomationRule.objects.filter(pk=rule.pk).update(active=on)
    _tell("automation_started" if on else "automation_stopped", rule, by=by, at=at)


@transaction.atomic
def raise_up(rule: AutomationRule, *, by: By, at: datetime) -> None:
    """Ask a rule before the one that is asked before it now."""
    before = (
        AutomationRule.objects.select_for_update()
        .filter(position__lt=rule.position)
        .order_by("-position")
        .first()
    )
    if before is None:
        return
    places = {before.pk: rule.position, rule.pk: before.position}
    for pk, place in places.items():
        AutomationRule.objects.filter(pk=pk).update(position=place)
    _tell("automation_moved", rule, by=by, at=at)


@transaction.atomic
def drop(rule: AutomationRule, *, by: By, at: datetime) -> None:
    """A rule less, with the log of what it did; what it did stays in the journal."""
    _tell("automation_dropped", rule, by=by, at=at)
    rule.delete()


def forget_asked(ids: Sequence[int]) -> None:
    """What was asked about is asked about no more."""
    with connection.cursor() as cursor:
        cursor.execute("delete from automation_asked where id = any(%s)", [list(ids)])


def _tell(verb: str, rule: AutomationRule, *, by: By, at: datetime) -> None:
    record([Happening(verb, "automation", rule.pk, {"name": rule.name})], by=by, at=at)
