"""Targets, settings, numbers and addresses of the pack in view."""

from django.http import HttpResponse

from heliodesk.entitlements.pack.model import PRIORITIES, Metric, Pack, SettingSpec
from heliodesk.entitlements.wording import shown_number
from heliodesk.identity.rules import May
from heliodesk.web import clocks
from heliodesk.web.access import PersonRequest, needs
from heliodesk.web.policy import words
from heliodesk.web.policy.frame import pack_in_view, policy_page, row_in_view
from heliodesk.web.policy.review import setting_options


@needs(May.WORK_CASES)
def targets(request: PersonRequest) -> HttpResponse:
    """Targets by metric, package and priority; and every setting with its meaning."""
    row = row_in_view(request)
    pack = pack_in_view(row)
    return policy_page(
        request,
        "policy/targets.html",
        "targets",
        row,
        pack=pack,
        priorities=[f"{s.code} {s.label}" for s in pack.severities],
        tables=_targets(pack),
        settings=[(spec, setting_options(spec), _value(spec)) for spec in pack.settings.values()],
        editing=request.GET.get("edit") == "1" and request.person.may(May.EDIT_POLICY),
    )


def _value(spec: SettingSpec) -> str:
    if isinstance(spec.default, bool):
        return "true" if spec.default else "false"
    if isinstance(spec.default, list | tuple):
        return ", ".join(map(str, spec.default))
    return str(spec.default)


def _targets(pack: Pack) -> list[tuple[str, list[tuple[str, list[str]]]]]:
    found = []
    for metric in Metric:
        given = pack.targets.get(metric, {})
        rows = [
            (package.label, [_cell(pack, metric, package.code, code) for code in PRIORITIES])
            for package in pack.packages
            if package.code in given
        ]
        if rows:
            found.append((clocks.metric(metric), rows))
    return found


def _cell(pack: Pack, metric: Metric, package: str, priority: str) -> str:
    target = pack.targets[metric][package].get(priority)
    return f"{words.minutes(target.minutes)}, {words.hours(target.clock)}" if target else "–"


@needs(May.WORK_CASES)
def numbers(request: PersonRequest) -> HttpResponse:
    """Regions with their zones, numbers and addresses."""
    row = row_in_view(request)
    pack = pack_in_view(row)
    regions = [
        (
            region,
            pack.mail_addresses[region.mail],
            [(shown_number(n), n.source, n.national_only) for n in region.numbers],
        )
        for region in pack.regions.values()
    ]
    return policy_page(request, "policy/numbers.html", "numbers", row, pack=pack, regions=regions)
