"""``heliodesk mail send-sample``: a first mail to a running desk, over real SMTP."""

import smtplib
import uuid
from email.message import EmailMessage
from email.utils import formatdate, make_msgid

import click

from heliodesk.config import environment
from heliodesk.config.cli.demo import REMEMBERED
from heliodesk.config.server.ports import reachable
from heliodesk.config.welcome import Welcome

_ANSWER_SECONDS = 30.0
_TEXT = """\
Hello,

since this morning, opening the message centre in the web console takes about
half a minute, in Firefox and in Edge alike. Yesterday it was instant. Mail
itself arrives on time.

Could you have a look? We have an audit on Thursday and need the reports.

Kind regards
"""


def demo_mail() -> Welcome:
    """The sender, recipient and subject that the demo of this data folder suggests.

    Raises:
        click.UsageError: no demo was loaded there.
    """
    kept = environment.data_folder() / REMEMBERED
    try:
        return Welcome.from_json(kept.read_text().split("\n", 1)[1])
    except (OSError, ValueError, IndexError, KeyError, TypeError) as error:
        raise click.UsageError(
            "There is no demo here to take a contact from; give --from, --to and --subject."
        ) from error


def send_samples(
    host: str, port: int, *, sender: str, recipient: str, subject: str, count: int
) -> None:
    """Send this many mails over one connection.

    Raises:
        click.ClickException: the listener cannot be reached, or refused a mail.
    """
    try:
        with smtplib.SMTP(reachable(host), port, timeout=_ANSWER_SECONDS) as session:
            for number in range(1, count + 1):
                titled = subject if count == 1 else f"{subject} [{number}]"
                session.send_message(_sample(sender, recipient, titled))
    except smtplib.SMTPException as error:
        raise click.ClickException(f"The desk at {host}:{port} said no: {error}") from error
    except OSError as error:
        raise click.ClickException(
            f"Nothing takes mail at {host}:{port} ({error.strerror or error}). Start the desk "
            "with 'heliodesk serve' or 'make demo', or give --host and --port."
        ) from error


def _sample(sender: str, recipient: str, subject: str) -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, recipient, subject
    message["Date"] = formatdate(localtime=True)
    message["Message-ID"] = make_msgid(uuid.uuid4().hex, sender.rpartition("@")[2])
    message.set_content(_TEXT)
    return message
