"""Cases, their messages and attachments, and every verb on them."""
