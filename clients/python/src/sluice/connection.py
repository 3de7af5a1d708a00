"""The threads' way to the daemon: finds it, comes back to it, sends again what may be sent again."""

import os
import threading
import time
import weakref
from typing import List, Optional, Tuple

from .attempts import Attempts, pause
from .calls import Call
from .channel import Channel
from .errors import Error, Unavailable
from .link import DEFINE_SECONDS, Answer, Outcome, Pending

GRACE_SECONDS = 0.5
"""How much longer than its deadline a request is waited for: the daemon answers each at its own deadline, and knows the outcome."""


class Connection:
    """One connection at a time, which any number of threads share. A forked process opens its own. Owned by a `Client`.

    Args:
        path: the socket; None: where PROTOCOL.md section 1 says.
        timeout: seconds that a call may take without a timeout of its own.
        name: what the daemon calls this client, for people.
    """

    def __init__(self, path: Optional[str], timeout: float, name: str) -> None:
        self.timeout = timeout
        self._path = path
        self._name = name
        self._definitions: List[Tuple[str, bytes]] = []
        self._is_closed = False
        self._renew()
        _connections.add(self)

    def _renew(self) -> None:
        self._lock = threading.Lock()
        self._channel: Optional[Channel] = None
        self._failures = 0
        self._pid = os.getpid()

    def after_fork(self) -> None:
        """The socket is the parent's, and a lock may be held by a thread that does not exist here."""
        channel = self._channel
        self._renew()
        if channel is not None:
            channel.forget()

    def perform(self, call: Call, timeout: Optional[float], first_failure_counts: bool = False) -> Answer:
        """Does a call.

        Args:
            timeout: seconds; None: the connection's own, or 120 for a definition.
            first_failure_counts: do not wait for a daemon that is not there.

        Raises:
            Error: when it failed.
        """
        seconds = timeout if timeout is not None else DEFINE_SECONDS if call.operation == 5 else self.timeout
        attempts = Attempts(call, time.monotonic() + seconds)
        while True:
            pending = attempts.next(time.monotonic())
            try:
                channel = self._open()
            except Error as error:
                if first_failure_counts:
                    raise
                time.sleep(attempts.unreachable(error, time.monotonic()))
                continue
            outcome = self._exchange(channel, pending)
            if outcome is None:
                raise attempts.expired(channel.abandon(pending))
            delay = attempts.ended(pending, outcome, time.monotonic())
            if delay is None:
                assert isinstance(outcome, Answer)
                self._failures = 0
                self._remember(call)
                return outcome
            # A daemon that closes each connection is not tried in a hurry either.
            time.sleep(delay or self._loss_pause(channel))

    def close(self) -> None:
        """Ends the connection; calls under way fail."""
        with self._lock:
            self._is_closed = True
            channel, self._channel = self._channel, None
        if channel is not None:
            channel.close()

    @property
    def limits(self) -> "dict[str, object]":
        """What the daemon announced."""
        channel = self._channel
        return channel.link.limits if channel is not None else {}

    def _open(self) -> Channel:
        with self._lock:
            if self._is_closed:
                raise Unavailable("the client was closed", retryable=False)
            channel = self._channel
            if channel is None or not channel.link.open or channel.link.leaving is not None:
                channel = self._channel = Channel(self._path, self._name, list(self._definitions))
            return channel

    def _exchange(self, channel: Channel, pending: Pending) -> Optional[Outcome]:
        try:
            channel.submit(pending)
            channel.wait(pending, pending.deadline + GRACE_SECONDS)
        except BaseException:
            channel.abandon(pending)
            raise
        return pending.outcome

    def _loss_pause(self, channel: Channel) -> float:
        if channel.link.leaving is not None and self._failures == 0:
            self._failures = 1
            return 0.0
        self._failures += 1
        return pause(self._failures)

    def _remember(self, call: Call) -> None:
        if call.operation != 5:
            return
        definition = (call.repository or "", call.arguments or b"")
        with self._lock:
            if definition not in self._definitions:
                self._definitions.append(definition)


_connections: "weakref.WeakSet[Connection]" = weakref.WeakSet()


def _after_fork() -> None:
    for connection in list(_connections):
        connection.after_fork()


os.register_at_fork(after_in_child=_after_fork)
