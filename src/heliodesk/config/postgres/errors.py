"""What can go wrong with the embedded database, in words for the person who starts the desk."""


class DatabaseTrouble(Exception):
    """The embedded database cannot do what was asked; the message says why and what to do."""
