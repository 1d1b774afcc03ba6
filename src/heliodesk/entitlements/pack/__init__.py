"""Policy packs: what a vendor offers, as data read from YAML and checked line by line."""
