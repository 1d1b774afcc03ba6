"""Mail: an outbound row, which the desk sends like any other mail."""

from django.db import InterfaceError, OperationalError, connection, transaction

from heliodesk.channels import outgoing, threading_ids
from heliodesk.channels.mailboxes import active_mailboxes
from heliodesk.channels.outgoing import BadDraft, OutboundDraft
from heliodesk.oncall.queries import database_time
from heliodesk.oncall.senders.letter import Gone, Letter, TryAgain, Unset

KIND = "page"


def mail(letter: Letter) -> str:
    """Write the mail; twice under one key is once."""
    try:
        return _written(letter)
    except (OperationalError, InterfaceError) as error:
        connection.close()
        raise TryAgain("The database went away.") from error


def _written(letter: Letter) -> str:
    boxes = active_mailboxes()
    if not boxes:
        raise Unset("The desk has no mailbox to send from.")
    box = boxes[0]
    draft = OutboundDraft(
        key=f"page:{letter.key}",
        mailbox_id=box.id,
        kind=KIND,
        subject_kind="page",
        subject_id=letter.page_id,
        automatic=True,
        to=[letter.address],
        from_address=box.address,
        from_name=box.name,
        subject=letter.subject,
        text=letter.text + "\n",
        message_id=threading_ids.message_id(
            KIND, f"page{letter.page_id}", box.address.rpartition("@")[2]
        ),
    )
    try:
        with transaction.atomic():
            ids = outgoing.write([draft], at=database_time())
    except BadDraft as error:
        raise Gone(str(error)) from error
    return f"outbound:{ids[0]}" if ids else ""
