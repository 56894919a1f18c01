"""Words of the command line in, a call of the rest of this room, nothing else."""
