"""Settings of a pack: their types, and the ones that the decision itself reads."""

from collections.abc import Mapping
from dataclasses import dataclass, fields

from heliodesk.entitlements.pack.model import PRIORITIES, SettingSpec, Tag
from heliodesk.entitlements.pack.nodes import Node

TYPES = ("bool", "int", "choice", "text", "list", "region", "severity")
SCOPES = ("vendor", "region", "package", "account")
_WORDS = {"true": True, "yes": True, "false": False, "no": False}


class SettingError(ValueError):
    """A setting that is unknown or has a value it cannot take; the text says which."""


@dataclass(frozen=True, slots=True)
class DecisionSettings:
    """The settings the decision reads; each is the pack's key with points as underscores."""

    p1_designated_override: bool
    p1_base_designated: bool
    phone_outside: str
    phone_courtesy_per_year: int
    email_clock: str
    p1_nonphone: str
    p1_nonphone_alert_duty: bool
    p1_require_designated: str
    email_missing_id: str
    email_unknown_sender: str
    email_bad_id: str
    contact_unverified: str
    cross_account: str
    partner_notify_customer: bool
    phone_p1_without_id: str
    tracking_block: bool
    offshore_wrong_address: str
    case_reopen_days: int
    contract_grace_days: int
    web_issue_details_max: int
    mail_autoreply: str
    phone_route_by: str
    region_default: str
    hours_local_of: str
    p1_link_window_min: int
    severity_default: str
    targets_label: str


KEYS = {
    "p1.designated_override": ("bool", ()),
    "p1.base_designated": ("bool", ()),
    "phone.outside": ("choice", ("log_and_answer_in_writing", "refuse", "courtesy")),
    "phone.courtesy_per_year": ("int", ()),
    "email.clock": ("choice", ("by_package", "business_hours", "always", "24x7")),
    "p1.nonphone": ("choice", ("cap_P2_and_prompt", "cap_P2")),
    "p1.nonphone_alert_duty": ("bool", ()),
    "p1.require_designated": ("choice", ("outside_window", "always", "never")),
    "email.missing_id": ("choice", ("infer_if_unique", "hold")),
    "email.unknown_sender": ("choice", ("hold", "reject")),
    "email.bad_id": ("choice", ("infer_and_flag", "hold")),
    "contact.unverified": ("choice", ("restrict_or_hold", "hold")),
    "cross_account": ("choice", ("hold", "reject")),
    "partner.notify_customer": ("bool", ()),
    "phone.p1_without_id": ("choice", ("callback", "hold")),
    "tracking.block": ("bool", ()),
    "offshore.wrong_address": ("choice", ("reroute", "reply_only")),
    "case.reopen_days": ("int", ()),
    "contract.grace_days": ("int", ()),
    "web.issue_details_max": ("int", ()),
    "mail.autoreply": ("choice", ("drop", "hold")),
    "phone.route_by": ("choice", ("account", "number")),
    "region.default": ("region", ()),
    "hours.local_of": ("choice", ("account", "contact", "centre")),
    "p1.link_window_min": ("int", ()),
    "severity.default": ("severity", ()),
    "targets.label": ("text", ()),
}


def field_of(key: str) -> str:
    """The field of DecisionSettings that a key fills."""
    return key.replace(".", "_")


def read_setting(node: Node, regions: list[str]) -> SettingSpec:
    """One setting with its default, which must fit its own type."""
    given = node.fields("key type default meaning", "options scope tag refs")
    key, kind = given["key"].code(), given["type"].one_of(TYPES)
    options = given["options"].texts() if "options" in given else ()
    if kind == "choice" and not options:
        raise node.wrong(f"{key}: a choice needs its options")
    if kind == "region":
        options = tuple(regions)
    spec = SettingSpec(
        key=key,
        type=kind,
        default=given["default"].plain(),
        options=options,
        scope=given["scope"].one_of(SCOPES) if "scope" in given else "vendor",
        tag=Tag(given["tag"].one_of(Tag)) if "tag" in given else Tag.UNKNOWN,
        refs=given["refs"].texts() if "refs" in given else (),
        meaning=given["meaning"].text(),
    )
    try:
        coerce(spec, spec.default)
    except SettingError as error:
        rests_on = ("regions",) if kind == "region" else ()
        raise given["default"].wrong(str(error), *rests_on) from error
    return spec


def check_needed(node: Node, specs: Mapping[str, SettingSpec]) -> None:
    """Refuse a pack that lacks a setting the decision reads, or offers a value it cannot follow."""
    missing = [key for key in KEYS if key not in specs]
    if missing:
        raise node.wrong(f"settings are missing: {', '.join(missing)}", "settings")
    for key, (kind, options) in KEYS.items():
        spec = specs[key]
        if spec.type != kind:
            raise node.wrong(f"{key} must be of type {kind}")
        strange = [option for option in spec.options if options and option not in options]
        if strange:
            raise node.wrong(f"{key}: no rule follows the option {', '.join(strange)}")


def coerce(spec: SettingSpec, value: object) -> object:
    """A value in the type of its setting; numbers and truth may come as words.

    Raises SettingError naming the setting when the value does not fit.
    """
    if spec.type == "bool":
        found = _WORDS.get(value.lower()) if isinstance(value, str) else value
        if not isinstance(found, bool):
            raise SettingError(f"setting {spec.key} is true or false, not {value!r}")
        return found
    if spec.type == "int":
        return _whole(spec.key, value)
    if spec.type == "list":
        if not isinstance(value, list) or not all(isinstance(part, str) for part in value):
            raise SettingError(f"setting {spec.key} is a list of words")
        return tuple(value)
    text = value if isinstance(value, str) else str(value)
    options = PRIORITIES if spec.type == "severity" else spec.options
    if options and text not in options:
        raise SettingError(f"setting {spec.key} is one of {', '.join(options)}, not {text!r}")
    return text


def _whole(key: str, value: object) -> int:
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 10:
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise SettingError(f"setting {key} is a whole number of at least 0, not {value!r}")
    return value


def decision_settings(
    specs: Mapping[str, SettingSpec], overrides: Mapping[str, object]
) -> DecisionSettings:
    """The settings in force: the pack's defaults under the overrides given.

    Raises SettingError for an unknown key or a value that does not fit.
    """
    for key in overrides:
        if key not in specs:
            raise SettingError(f"setting {key!r} is not known")
        coerce(specs[key], overrides[key])
    values = {
        field_of(key): coerce(specs[key], overrides.get(key, specs[key].default)) for key in KEYS
    }
    return DecisionSettings(**{name.name: values[name.name] for name in fields(DecisionSettings)})  # type: ignore[arg-type] # coerced by their specs
