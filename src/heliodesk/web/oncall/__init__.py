"""Pages of on-call: the board, P1s, how one is reached, and what a page's link opens."""
