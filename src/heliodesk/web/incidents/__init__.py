"""Pages of major incidents: the list, one page of the truth, and how cases come to it."""
