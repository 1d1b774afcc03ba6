"""Everything periodic, on one page. Each entry takes due rows with SKIP LOCKED, so that two
workers running it at once do no harm.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from heliodesk.api import jobs as api
from heliodesk.automation import jobs as automation
from heliodesk.calendars import jobs as calendars
from heliodesk.cases import jobs as cases
from heliodesk.channels import jobs as channels
from heliodesk.entitlements import jobs as entitlements
from heliodesk.identity import jobs as identity
from heliodesk.incidents import jobs as incidents
from heliodesk.intake import jobs as intake
from heliodesk.oncall import jobs as oncall
from heliodesk.privacy import jobs as privacy
from heliodesk.reports import jobs as reports
from heliodesk.routing import jobs as routing
from heliodesk.sla import jobs as sla
from heliodesk.telephony import jobs as telephony


@dataclass(frozen=True)
class Periodic:
    """A job and how often it runs."""

    name: str
    #: Seconds between the end of one run and the next.
    every: float
    #: Takes the present instant, returns how many rows it settled.
    run: Callable[[datetime], int]


SCHEDULE = (
    Periodic("bring news of incidents to their cases", 1, incidents.deliver),
    Periodic("sweep clocks", 2, sla.sweep),
    Periodic("recount deadlines", 10, sla.recount),
    Periodic("remind, resolve and close", 60, sla.act_on_patience),
    Periodic("make shifts 90 days ahead, look for gaps", 300, oncall.plan_ahead),
    Periodic("remind of updates of incidents", 30, incidents.remind),
    Periodic("warn of ending contracts", 3600, entitlements.warn_of_ending_contracts),
    Periodic("import coming holidays", 24 * 3600, calendars.import_coming_years),
    Periodic("notice new data of zones", 3600, calendars.notice_changed_times),
    Periodic("work through many cases", 0.5, cases.work),
    Periodic("settle merged tags", 10, cases.settle),
    Periodic("name older files for the search", 5, cases.name_files),
    Periodic("sort new words into the search", 10, cases.sort_words),
    Periodic("send letters that waited", 0.5, automation.send_letters),
    Periodic("forget who looked", 24 * 3600, automation.forget_looks),
    Periodic("ask rules", 2, automation.answer),
    Periodic("ask rules of time", 300, automation.look_at_time),
    Periodic("absences", 60, routing.settle_absences),
    Periodic("count figures", 300, reports.count),
    Periodic("mail reports", 300, reports.mail),
    Periodic("purge held intake", 600, intake.purge),
    Periodic("forget files of unsent forms", 3600, channels.forget_old_uploads),
    Periodic("close calls that fell silent", 20, telephony.close_lost),
    Periodic("export, anonymise, erase, and carry retention out", 2, privacy.work),
    Periodic("begin retention", 3600, privacy.begin_retention),
    Periodic("forget unused files", 3600, privacy.drop_unused),
    Periodic("forget expired sessions", 3600, identity.forget_expired_sessions),
    Periodic("forget answers of the API", 3600, api.forget),
)
