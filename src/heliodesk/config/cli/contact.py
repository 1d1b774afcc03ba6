"""``heliodesk contact``: let customers into the portal, by hand."""

import click

from heliodesk.config.cli.open import open_desk


@click.group()
def command() -> None:
    """Let contacts of customers into the portal.

    Exit codes: 0 done, 1 refused (the reason is told), 2 wrong usage.
    """


@command.command("sign-in-link")
@click.argument("email")
def sign_in_link(email: str) -> None:
    """Print a link that signs a contact in once, within 15 minutes.

    For where the desk sends no mail yet: hand it to the contact yourself.
    """
    open_desk()
    from django.conf import settings

    from heliodesk.customers.signing_in import contact_at
    from heliodesk.identity import mailed_codes
    from heliodesk.kernel import clock

    at = clock.now()
    contact = contact_at(email, at.date())
    if contact is None:
        raise click.ClickException(f"No contact who may sign in has the address {email}.")
    try:
        made = mailed_codes.ask(
            address=email.strip().lower(), contact_id=contact.pk, ip="127.0.0.1", at=at
        )
    except mailed_codes.TooMany as error:
        raise click.ClickException(
            "Too many codes for this address; try again in 15 minutes."
        ) from error
    click.echo(f"{settings.BASE_URL}/support/sign-in/link/{made.token}/{made.secret}/")
