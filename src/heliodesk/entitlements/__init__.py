"""Policy packs, contracts, and the decision what a request is entitled to."""
