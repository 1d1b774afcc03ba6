"""Who runs a command, for the journal."""

import getpass

from heliodesk.journal.record import By


def operator() -> By:
    """The system account at the keyboard; the journal shows it by name."""
    try:
        name = getpass.getuser()
    except OSError:
        name = "somebody"
    return By("system", None, f"{name} (command line)")
