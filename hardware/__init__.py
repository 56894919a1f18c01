"""What is soldered: the board as data, and the type that describes it."""
