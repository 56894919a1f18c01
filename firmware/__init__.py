"""acumat: the firmware of an acupressure mat with load cells under it."""
