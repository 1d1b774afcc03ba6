"""The desk for programs: JSON over HTTP, for whoever shows a token."""
