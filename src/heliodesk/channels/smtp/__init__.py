"""Mail in by SMTP and LMTP: a message is acknowledged once it is durable, never before."""
