"""What a pack that can be used should still be looked at for, before it is activated."""

from heliodesk.calendars.public_holidays import supports
from heliodesk.entitlements.pack.model import Pack, PhoneNumber


def doubts(pack: Pack) -> list[str]:
    """Sentences about numbers that cannot be dialled and holidays that nobody knows."""
    found = []
    for code, (country, subdivision) in pack.holiday_places.items():
        wrong = supports(country, subdivision)
        if wrong:
            found.append(f"calendar {code}: {wrong}")
    for region in pack.regions.values():
        for number in region.numbers:
            if not _can_be_dialled(number):
                found.append(f"region {region.code}: {number.e164} is not a number in use")
    if pack.sample:
        found.append("this is a sample: replace addresses and numbers before mail goes out")
    return found


def _can_be_dialled(number: PhoneNumber) -> bool:
    import phonenumbers  # large, and only needed here

    try:
        return phonenumbers.is_valid_number(phonenumbers.parse(number.e164))
    except phonenumbers.NumberParseException:
        return False
