"""Pages for administrators: words, mailboxes, people and teams."""
