"""Read-only questions over everything else: the lead's view, figures by period, reports by mail."""
