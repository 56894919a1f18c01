"""What happens when the reader of standard output goes away; apart from console.py, so that no verb imports rich."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def tolerate_closed_pipe() -> Iterator[None]:
    """End with exit code 0 when the reader of standard output goes away, as in `| head -1`."""
    try:
        yield
        sys.stdout.flush()
    except BrokenPipeError:
        # The rest of the buffer would be flushed at exit, and fail again.
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, sys.stdout.fileno())
        raise SystemExit(0) from None
