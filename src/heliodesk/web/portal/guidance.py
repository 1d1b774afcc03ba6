"""The steps of raising a case by e-mail, from the policy: one source for every page (R39..R49)."""

from django.utils.translation import gettext_noop as _
from markupsafe import Markup

from heliodesk.web.portal.applies import Applies
from heliodesk.web.translation import translated


def steps(applies: Applies, identifier: str = "", address: str = "") -> list[str]:
    """Six steps, with the vendor's address of the region and the own ID where it is known."""
    pack = applies.policy.pack
    label, example = pack.identifier.label, pack.identifier.example
    if identifier:
        example = f"({identifier}) …"
    first, _blank, rest = example.partition(" ")
    shown = Markup('<span class="nowrap">{}</span> {}').format(first, rest)
    return [
        translated(_("Write to %(address)s."), address=address or applies.address),
        translated(
            _("Put your %(label)s in parentheses into the subject, with a few words on your issue: "
              "%(example)s"), label=label, example=shown,
        ),
        translated(_("Name your company in the text.")),
        translated(_("Describe the issue, or the reason why you write.")),
        translated(_("Attach screenshots if they help.")),
        translated(_("To trace a message, give its From, To, Date, Time with time zone, and "
                     "Subject.")),
    ]  # fmt: skip
