"""Anything inbound becomes a case, a message on one, a held item, or is dropped."""
