"""What can go wrong with kept bytes."""


class StoreTrouble(Exception):
    """The store cannot take or give bytes now: disk full, server away, access denied."""


class NoSuchBlob(LookupError):
    """No blob of this name is kept."""
