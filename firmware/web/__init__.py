"""The page that the mat serves, and the JSON API that the page itself uses."""
