"""How often a call is tried, and what its caller hears in the end: the rules of PROTOCOL.md section 8. No I/O, no clock."""

import random
from typing import Optional

from .calls import Call
from .errors import DeadlineExceeded, Error, Unavailable, located
from .link import Answer, Lost, Outcome, Pending

_FIRST_PAUSE, _LONGEST_PAUSE = 0.02, 2.0
_AGAIN = ("unavailable", "overloaded", "shuttingDown")
_SAY_NOTHING = (*_AGAIN, "deadlineExceeded", "backendError")
"""Codes that say nothing about an earlier attempt."""


def pause(failures: int) -> float:
    """Seconds to wait after so many failures in a row: doubling, with jitter, so that many workers do not come back at once."""
    return float(min(_LONGEST_PAUSE, _FIRST_PAUSE * 2 ** min(failures, 10)) * random.uniform(0.5, 1.0))


class Attempts:
    """A call from its caller's wish to its answer.

    Args:
        call: what to do.
        deadline: when the caller's time is over, on the same clock as every `now`.
    """

    def __init__(self, call: Call, deadline: float) -> None:
        self.call = call
        self.deadline = deadline
        self._number = 0
        self._failures = 0
        self._may_have_happened = False
        self._last_error: Optional[Error] = None

    def next(self, now: float) -> Pending:
        """The next attempt.

        Raises:
            Error: when the time is over.
        """
        if now >= self.deadline:
            raise self._final(self._last_error or DeadlineExceeded("the deadline passed"))
        self._number += 1
        return Pending(self.call, self.deadline, self._number)

    def unreachable(self, error: Error, now: float) -> float:
        """There is no connection to be had. Gives the seconds to wait.

        Raises:
            Error: when it is of no use to wait.
        """
        self._last_error = error
        return self._pause(error, now)

    def ended(self, pending: Pending, outcome: Outcome, now: float) -> Optional[float]:
        """An attempt has an outcome. Gives None when it is the answer, else the seconds to wait before the next attempt.

        Raises:
            Error: when it failed for good.
        """
        if isinstance(outcome, Answer):
            return None
        if isinstance(outcome, Lost):
            return self._lost(outcome)
        if not self._may_repeat(outcome):
            raise self._final(outcome)
        self._last_error = outcome
        self._may_have_happened |= self.call.is_write and not outcome.outcome_known
        return self._pause(outcome, now)

    def expired(self, sent: bool) -> Error:
        """The caller's time is over while an attempt has no outcome."""
        self._may_have_happened |= sent and self.call.is_write
        if not sent and self._last_error is not None:
            return self._final(self._last_error)
        return self._final(DeadlineExceeded("the deadline passed without an answer"))

    def _lost(self, lost: Lost) -> float:
        if not lost.sent:
            # As if it had never been tried.
            self._number -= 1
            self._last_error = lost.error
            return 0.0
        self._may_have_happened |= self.call.is_write
        error = Unavailable(f"the connection ended before the answer: {lost.error.message}")
        if not self.call.repeatable:
            raise self._final(error)
        self._last_error = error
        return 0.0

    def _may_repeat(self, error: Error) -> bool:
        if not error.retryable or error.code not in _AGAIN:
            return False
        # A deleteAll that got some way must tell how far; repeated, it would forget.
        return self.call.repeatable or (error.outcome_known and not self._may_have_happened and "deleted" not in error.details)

    def _pause(self, error: Error, now: float) -> float:
        seconds = pause(self._failures)
        self._failures += 1
        if not error.retryable or now + seconds >= self.deadline:
            raise self._final(error)
        return seconds

    def _final(self, error: Error) -> Error:
        error = located(error, self.call.name, self.call.repository)
        if self._may_have_happened and error.code in _SAY_NOTHING:
            error.outcome_known = False
        return error
