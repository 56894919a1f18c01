"""Two printed circuit boards that follow from board.toml: the tile board and the HAT, as KiCad 9 projects."""
