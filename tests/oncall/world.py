"""A desk on call round the sun: three regions, two engineers each, a lead, a duty manager."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from heliodesk.cases import actions as cases
from heliodesk.cases.models import Case
from heliodesk.entitlements.actions import activate_shipped
from heliodesk.identity.models import User
from heliodesk.journal.record import SYSTEM, By
from heliodesk.oncall.actions import setting_up
from heliodesk.oncall.models import P1, ContactMethod
from heliodesk.oncall.rules.coverage import Waking
from heliodesk.oncall.rules.words import Channel, Duty
from tests import make
from tests.make import NOW

#: Waking hours of every day, 08:00 to 20:00.
DAILY = (Waking(127, 8 * 60, 20 * 60),)
REGIONS = (
    ("emea", "UK & Europe", "Europe/London", "London", ["UK", "ZA", "OFFSHORE"]),
    ("amer", "North America", "America/New_York", "New York", ["NA"]),
    ("apac", "Asia-Pacific", "Australia/Melbourne", "Melbourne", ["AU", "NZ", "SG"]),
)


@dataclass
class Desk:
    """The people, by what they are."""

    engineers: dict[str, list[User]] = field(default_factory=dict)
    second: User = field(default_factory=User)
    leads: dict[str, User] = field(default_factory=dict)
    manager: User = field(default_factory=User)

    @property
    def primary(self) -> User:
        """Who is primary at ``NOW``: the first engineer in London."""
        return self.engineers["emea"][0]


def by(user: User) -> By:
    """A person as the doer of something."""
    return By("user", user.pk, user.name, user.role)


def way(user: User, kind: Channel = Channel.EMAIL, address: str = "") -> ContactMethod:
    """A proven way to reach somebody."""
    return ContactMethod.objects.create(
        person=user,
        kind=kind,
        address=address or (user.email if kind == Channel.EMAIL else f"+4420794601{user.pk:02d}"),
        added_at=NOW,
        verified_at=NOW,
    )


def engineer(name: str, **fields: Any) -> User:
    """An engineer with a telephone and a mailbox."""
    user = make.user(name=name, **fields)
    way(user, Channel.VOICE)
    way(user, Channel.EMAIL)
    return user


def desk(at: datetime = NOW, *, regions: tuple[Any, ...] = REGIONS) -> Desk:
    """The desk with its rotas, planned from ``at``."""
    activate_shipped(at=at)
    made, starts = Desk(), (at - timedelta(days=14)).date()
    starts = starts - timedelta(days=starts.weekday())
    for place, (code, name, zone, city, serves) in enumerate(regions):
        setting_up.save_region(
            code, name=name, zone=zone, waking=DAILY, city=city, serves=serves, place=place,
            by=SYSTEM, at=at, allow_gap=True,
        )  # fmt: skip
        people = [engineer(f"{city} {n}", zone=zone) for n in ("One", "Two")]
        lead = engineer(f"{city} Lead", role="lead", zone=zone)
        made.engineers[code], made.leads[code] = people, lead
        rota(Duty.PRIMARY, code, people, zone, starts, at)
        rota(Duty.LEAD, code, [lead], zone, starts, at)
    made.second, made.manager = engineer("Second"), engineer("Manager", role="admin")
    rota(Duty.SECONDARY, "", [made.second], "UTC", starts, at)
    rota(Duty.MANAGER, "", [made.manager], "UTC", starts, at)
    return made


def rota(
    duty: Duty, region: str, people: list[User], zone: str, starts: date, at: datetime
) -> None:
    """One rota, turns of a week."""
    setting_up.save_rota(
        duty=duty, region=region, people=[p.pk for p in people], turn_days=7, starts_on=starts,
        zone=zone, by=SYSTEM, at=at, allow_gap=True,
    )  # fmt: skip


def p1(at: datetime = NOW, *, flags: tuple[str, ...] = (), **fields: Any) -> P1:
    """A P1 declared by a call."""
    from heliodesk.oncall.actions import declare

    fields.setdefault("title", "No mail goes out")
    case = make.case(
        fields.pop("account", None) or make.account(package="gold", region="UK"),
        channel="phone", priority="P1", severity="P1", urgency=16, queue="p1-hotline",
        flags=list(flags), opened_at=at, **fields,
    )  # fmt: skip
    return declare([case.pk], by=SYSTEM, at=at)[0]


def resolve(case: Case, user: User, at: datetime) -> Case:
    """End a case."""
    if case.owner_id is None:
        case = cases.take(case, by=by(user), at=at)
    return cases.resolve(case, text="The relays run again.", by=by(user), at=at)
