"""Rules that administrators write: when something happens to a case, or time passes, do this."""
