"""The time zones a form offers: those of the vendor's regions first, then one for every hour."""

from functools import lru_cache

from heliodesk.entitlements.policy import Policy
from heliodesk.web.portal import times

_WORLD = (
    "UTC", "Pacific/Honolulu", "America/Anchorage", "America/Los_Angeles", "America/Denver",
    "America/Chicago", "America/Mexico_City", "America/New_York", "America/Bogota",
    "America/Halifax", "America/Santiago", "America/Sao_Paulo", "Atlantic/Azores",
    "Europe/London", "Europe/Dublin", "Europe/Lisbon", "Europe/Paris", "Europe/Berlin",
    "Europe/Madrid", "Europe/Rome", "Europe/Amsterdam", "Europe/Zurich", "Europe/Vienna",
    "Europe/Stockholm", "Europe/Warsaw", "Europe/Athens", "Europe/Helsinki", "Europe/Istanbul",
    "Africa/Lagos", "Africa/Cairo", "Africa/Johannesburg", "Africa/Nairobi", "Asia/Dubai",
    "Asia/Karachi", "Asia/Kolkata", "Asia/Dhaka", "Asia/Bangkok", "Asia/Singapore",
    "Asia/Hong_Kong", "Asia/Shanghai", "Asia/Tokyo", "Asia/Seoul", "Australia/Perth",
    "Australia/Adelaide", "Australia/Brisbane", "Australia/Sydney", "Australia/Melbourne",
    "Pacific/Auckland",
)  # fmt: skip


@lru_cache(maxsize=16)
def offered(policy: Policy) -> tuple[tuple[str, str], ...]:
    """Each zone with the place people know it by."""
    own = [region.zone for region in policy.pack.regions.values()]
    return tuple((zone, times.place(zone)) for zone in dict.fromkeys((*own, *_WORLD)))
