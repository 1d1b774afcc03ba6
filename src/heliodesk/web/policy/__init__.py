"""Pages of the policy: packages, what would happen, packs, calendars, contracts."""
