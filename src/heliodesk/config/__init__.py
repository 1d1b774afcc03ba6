"""Settings, addresses, the schedule and the command: what joins the rooms into one desk."""
