"""Rules in words."""

from django.utils.translation import gettext_noop as _

from heliodesk.automation.rules import LEADS, LEAST_LOADED, OWNER, Do, Is, Moment

MOMENTS = {
    Moment.OPENED: _("A case is opened"),
    Moment.CUSTOMER_WROTE: _("The customer wrote"),
    Moment.ANSWERED: _("We answered"),
    Moment.ASSIGNED: _("A case is taken or assigned"),
    Moment.MOVED: _("A case is moved to another queue"),
    Moment.PRIORITISED: _("The priority changes"),
    Moment.RESOLVED: _("A case is resolved"),
    Moment.REOPENED: _("A case is reopened"),
    Moment.TAGGED: _("A tag is put on"),
    Moment.UNTAGGED: _("A tag is taken off"),
    Moment.TARGET_WARNED: _("A target is nearly missed"),
    Moment.TARGET_MISSED: _("A target is missed"),
    Moment.TIME: _("Time passes (every five minutes, open cases)"),
}
FACTS = {
    "priority": _("Priority"),
    "state": _("State"),
    "queue": _("Queue"),
    "package": _("Package"),
    "region": _("Region"),
    "kind": _("Kind of case"),
    "channel": _("Channel"),
    "owner": _("Owner's name (empty: nobody)"),
    "tags": _("Tag"),
    "touched": _("The tag that was put on or taken off"),
    "account": _("Account's name"),
    "title": _("Subject"),
    "message": _("Customer's last message"),
    "sender": _("Sender's address"),
    "hours_open": _("Hours since it was opened"),
    "hours_since_customer": _("Hours since the customer wrote"),
    "hours_since_activity": _("Hours since anything happened"),
    "hours_to_due": _("Hours until the next promise is due"),
}
COMPARISONS = {
    Is.IS: _("is"),
    Is.IS_NOT: _("is not"),
    Is.CONTAINS: _("contains"),
    Is.CONTAINS_NOT: _("does not contain"),
    Is.AT_LEAST: _("is at least"),
    Is.LESS_THAN: _("is less than"),
    Is.HAS: _("has"),
    Is.HAS_NOT: _("has not"),
}
DEEDS = {
    Do.MOVE: _("Move it to the queue"),
    Do.ASSIGN: _("Give it to"),
    Do.PRIORITISE: _("Set the priority"),
    Do.NOTE: _("Write a note"),
    Do.TAG: _("Tag it"),
    Do.UNTAG: _("Take the tag off"),
    Do.TELL: _("Tell"),
}
PEOPLE = {
    LEAST_LOADED: _("whoever is at work, able, and has the least to do"),
    OWNER: _("its owner"),
    LEADS: _("every lead"),
}
