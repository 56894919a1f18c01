"""How many commands are obeyed: a bucket of tokens that fills again with time."""


class TokenBucket:
    """burst tokens at most, per_s new ones a second."""

    def __init__(self, burst: float, per_s: float, now_s: float) -> None:
        self._burst, self._per_s = burst, per_s
        self._tokens, self._filled_s = burst, now_s

    def take(self, now_s: float) -> bool:
        """Take a token; False when there is none."""
        self._tokens = min(self._burst, self._tokens + self._per_s * (now_s - self._filled_s))
        self._filled_s = now_s
        if self._tokens < 1.0:
            return False
        self._tokens -= 1.0
        return True
