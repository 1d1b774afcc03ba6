"""Pages of accounts and contacts."""
