"""Who is told what: templates and the mail that follows from the journal."""
