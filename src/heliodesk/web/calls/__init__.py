"""The phone desk: the call at hand, the log, call-backs, lines and numbers."""
