"""What the next session should be: levels, people, offers. Pure."""
