"""What telephone systems call: webhooks of providers, steps of Asterisk, events of any other."""
