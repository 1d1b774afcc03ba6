"""The lead's pages: the desk now, figures by period, reports by mail."""
