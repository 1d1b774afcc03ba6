"""Rules listed, written, tried, switched, put in order."""

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as translated
from django.views.decorators.http import require_POST

from heliodesk.automation import actions, queries, trying
from heliodesk.automation.models import AutomationRule
from heliodesk.automation.rules import Condition, Deed, Plan, faults
from heliodesk.cases import tags
from heliodesk.cases.rules import Refused
from heliodesk.identity.rules import May
from heliodesk.kernel import clock
from heliodesk.web.access import PersonRequest, needs
from heliodesk.web.answer import page
from heliodesk.web.automation import form, words
from heliodesk.web.told import tell

#: Fitting cases that a dry run shows.
MOST_SHOWN = 50


@needs(May.EDIT_POLICY)
def everything(request: PersonRequest) -> HttpResponse:
    """The rules in the order in which they are asked."""
    return page(
        request,
        "automation/rules.html",
        area="settings",
        tab="rules",
        rules=queries.rules(),
        moments=words.MOMENTS,
    )


@needs(May.EDIT_POLICY)
def new(request: PersonRequest) -> HttpResponse:
    """A rule that does not exist yet."""
    return _form(request, None)


@needs(May.EDIT_POLICY)
def edit(request: PersonRequest, id: int) -> HttpResponse:
    """A rule, to be changed, tried and followed."""
    return _form(request, _rule(id))


def _form(request: PersonRequest, rule: AutomationRule | None) -> HttpResponse:
    """Show the form; save what was sent, or only try it out."""
    trouble, trial, given = "", None, request.POST
    plan = rule.plan if rule else Plan("opened", (), (), ())
    name = rule.name if rule else ""
    if request.method == "POST":
        plan, name = form.plan(given), given.get("name", "")
        try:
            if given.get("how") != "try":
                saved = actions.write(
                    rule, name=name, plan=plan, by=request.person.by, at=clock.now()
                )
                tell(request, translated("The rule is saved."))
                return redirect("automation_rule", saved.pk)
            if wrong := faults(plan):
                raise Refused(" ".join(wrong))
            trial = trying.run(plan, request.person, clock.now())
        except Refused as refusal:
            trouble = str(refusal)
    return page(
        request,
        "automation/rule.html",
        status=409 if trouble else 200,
        area="settings",
        tab="rules",
        rule=rule,
        name=name,
        plan=plan,
        all=form.lines(plan.all, Condition("", "is", "")),
        any=form.lines(plan.any, Condition("", "is", "")),
        deeds=form.lines(plan.deeds, Deed("", "")),
        trouble=trouble,
        trial=trial,
        most_tried=trying.MOST,
        most_shown=MOST_SHOWN,
        said=words,
        queues=queries.queues(),
        people=queries.people(),
        tags=tags.offered(),
        log=queries.log(request.person, rule=rule.pk)[:10] if rule else [],
    )


@needs(May.EDIT_POLICY)
@require_POST
def do(request: PersonRequest, id: int, verb: str) -> HttpResponse:
    """Switch a rule on or off, raise it, or delete it."""
    rule, by, at = _rule(id), request.person.by, clock.now()
    if verb in {"on", "off"}:
        actions.switch(rule, on=verb == "on", by=by, at=at)
        done = translated("The rule works now.") if verb == "on" else translated("The rule rests.")
    elif verb == "up":
        actions.raise_up(rule, by=by, at=at)
        done = translated("The rule is asked earlier.")
    elif verb == "delete":
        actions.drop(rule, by=by, at=at)
        done = translated("The rule is deleted.")
    else:
        raise Http404
    tell(request, done)
    return redirect("automation_rules")


@needs(May.EDIT_POLICY)
def log(request: PersonRequest) -> HttpResponse:
    """What rules did, and why anything was not done."""
    given = request.GET.get("after", "")
    if given and not (given.isascii() and given.isdigit() and len(given) < 18):
        raise Http404
    rows = queries.log(request.person, below=int(given or 0))
    shown = rows[: queries.PAGE]
    older = f"?after={shown[-1].id}" if len(rows) > queries.PAGE else ""
    return page(
        request,
        "automation/log.html",
        area="settings",
        tab="rules",
        rows=shown,
        older=older,
        first="/settings/rules/log/" if given else "",
    )


def _rule(id: int) -> AutomationRule:
    rule = queries.rule_of(id)
    if rule is None:
        raise Http404
    return rule
