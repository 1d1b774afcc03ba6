"""Which team and queue gets a case, who works when, and what to take next."""
