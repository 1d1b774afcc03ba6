"""What the pack in force says about customer records."""

from heliodesk.customers.imports import Rules
from heliodesk.customers.rules import DEFAULT_DESIGNATED_MAX
from heliodesk.entitlements.packs import NoActivePack, active
from heliodesk.entitlements.policy import Policy


def customer_rules() -> Rules:
    """ID pattern, regions and number of designated contacts; the defaults without a pack."""
    try:
        return rules_of(active().policy)
    except NoActivePack:
        return Rules()


def rules_of(policy: Policy) -> Rules:
    """The same of a given policy."""
    pack = policy.pack
    most = pack.settings.get("contacts.designated_max")
    return Rules(
        id_pattern=pack.identifier.pattern,
        designated_max=int(str(most.default)) if most else DEFAULT_DESIGNATED_MAX,
        regions=frozenset(pack.regions),
    )
