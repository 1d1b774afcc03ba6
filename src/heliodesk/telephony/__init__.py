"""Calls: the engine that leads a caller to the right engineer, and what the phone desk keeps."""
