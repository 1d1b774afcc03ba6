"""Pages of the rules that administrators write."""
