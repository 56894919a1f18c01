"""Bodies, what they do, and the stories of both."""
