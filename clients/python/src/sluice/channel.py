"""A link with a socket, for threads: whoever waits first reads for all. There is no thread of its own, so that a call costs no switch."""

import errno
import select
import socket
import threading
import time
from typing import Callable, List, Optional, Set, Tuple

from . import places
from .errors import Error, Unauthorized, Unavailable
from .link import Link, Pending

_RECEIVE_BYTES = 256 << 10
_GREETING_SECONDS = 10.0
_FLUSH_SECONDS = 0.02


def connected(path: Optional[str]) -> socket.socket:
    """A socket to the first daemon that is there.

    Raises:
        Unavailable: there is none (reason ``noDaemon``), or it is too busy to answer.
        Unauthorized: it may not be reached.
    """
    tried = places.places(path)
    for place in tried:
        descriptor = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM | socket.SOCK_CLOEXEC)
        try:
            places.check(place)
            descriptor.setblocking(False)
            descriptor.connect(place)
            return descriptor
        except BaseException as error:
            descriptor.close()
            if not isinstance(error, OSError):
                raise
            if error.errno in (errno.ENOENT, errno.ECONNREFUSED):
                continue
            raise _refusal(place, error) from None
    raise Unavailable(f"no daemon listens at {' or '.join(tried)}: start sluiced, or set SLUICE_SOCKET", details={"reason": "noDaemon"})


def _refusal(place: str, error: OSError) -> Error:
    if error.errno in (errno.EACCES, errno.EPERM):
        return Unauthorized(f"the socket {place} may not be opened: {error.strerror}")
    if error.errno == errno.EAGAIN:
        return Unavailable(f"the daemon at {place} is too busy to take a connection")
    return Unavailable(f"connecting to {place} failed: {error.strerror or error}")


class Channel:
    """One connection that threads share. Owned by a `Connection`; every thread that submitted a request must wait for it or abandon it."""

    def __init__(self, path: Optional[str], name: str, definitions: List[Tuple[str, bytes]]) -> None:
        self._socket = connected(path)
        self.link = Link(name, definitions)
        self._greet_by = time.monotonic() + _GREETING_SECONDS
        self._lock = threading.RLock()
        self._is_read = False
        self._waiting: Set["_Waiter"] = set()
        self._readable = self._poll(select.POLLIN)
        self._either = self._poll(select.POLLIN | select.POLLOUT)

    def submit(self, pending: Pending) -> None:
        """Sends a request as soon as the daemon takes it."""
        with self._lock:
            self._guarded(lambda: self.link.submit(pending, time.monotonic()))

    def wait(self, pending: Pending, until: float) -> None:
        """Returns when the request has its outcome, or at `until`."""
        while pending.outcome is None and time.monotonic() < until:
            leads = False
            waiter = None
            try:
                with self._lock:
                    if pending.outcome is None and not self._is_read:
                        leads = True
                        self._is_read = True
                    elif pending.outcome is None:
                        waiter = _Waiter()
                        pending.notify = waiter.event.set
                        self._waiting.add(waiter)
                if leads:
                    self._read(pending, until)
                elif waiter is not None:
                    self._stand_by(waiter, until)
            finally:
                with self._lock:
                    if leads:
                        self._is_read = False
                        if not self.link.open:
                            self._socket.close()
                    if waiter is not None:
                        self._waiting.discard(waiter)
                    # Somebody else must read now, if anybody waits.
                    if not self._is_read:
                        for other in self._waiting:
                            other.event.set()
                            break

    def abandon(self, pending: Pending) -> bool:
        """Nobody waits for it any more. Answers whether it may have been sent."""
        with self._lock:
            sent = self.link.abandon(pending)
            self._guarded(lambda: None)
            return sent

    def close(self, error: Optional[Error] = None) -> None:
        """Ends the connection; everybody who waits hears of it."""
        with self._lock:
            self.link.lost(error or Unavailable("the client was closed", retryable=False))
            if self._is_read:
                # Its number must not become another's while a thread waits on it: that one closes it, when this has woken it.
                _shut(self._socket)
            else:
                self._socket.close()
            for waiter in self._waiting:
                waiter.event.set()

    def forget(self) -> None:
        """Lets go of a socket that belongs to the process this one was forked from."""
        self._socket.close()

    def _poll(self, events: int) -> select.poll:
        poll = select.poll()
        poll.register(self._socket, events)
        return poll

    def _guarded(self, change: Callable[[], None]) -> None:
        """Changes the link and writes what it has to say. Anything that comes between, an interrupt above all, ends the connection, since
        nobody would know how much has been written."""
        try:
            change()
            self._flush()
        except OSError as error:
            self.close(Unavailable(f"the connection ended: {error.strerror or error}"))
        except BaseException:
            self.close(Unavailable("a thread was interrupted while it held the connection"))
            raise

    def _flush(self) -> None:
        while self.link.out and self.link.open:
            try:
                self.link.taken(self._socket.send(self.link.out))
            except BlockingIOError:
                return
            except (BrokenPipeError, ConnectionResetError):
                # What the daemon had to say before it closed is still to be read, and then the end.
                self.link.out.clear()
                return

    def _stand_by(self, waiter: "_Waiter", until: float) -> None:
        """Somebody else reads. What the kernel did not take at once is written here."""
        while self.link.out and not waiter.event.is_set() and time.monotonic() < until:
            waiter.event.wait(_FLUSH_SECONDS)
            with self._lock:
                self._guarded(lambda: None)
        waiter.event.wait(max(0.0, until - time.monotonic()))

    def _read(self, pending: Pending, until: float) -> None:
        """Reads for everybody until one request has its outcome."""
        while pending.outcome is None and self.link.open:
            now = time.monotonic()
            if not self.link.greeted and now >= self._greet_by:
                return self.close(Unavailable(f"the daemon sent no welcome within {_GREETING_SECONDS:.0f} s"))
            if now >= until:
                return
            end = until if self.link.greeted else min(until, self._greet_by)
            (self._either if self.link.out else self._readable).poll(max(1, int((end - now) * 1000)))
            with self._lock:
                self._guarded(self._receive)

    def _receive(self) -> None:
        if not self.link.open:
            return
        try:
            data = self._socket.recv(_RECEIVE_BYTES)
        except BlockingIOError:
            return
        if data:
            self.link.received(data, time.monotonic())
        else:
            self.link.lost(Unavailable("the daemon closed the connection"))
        if not self.link.open or self.link.is_done:
            self.close(Unavailable("the daemon closed the connection"))


def _shut(descriptor: socket.socket) -> None:
    try:
        descriptor.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass


class _Waiter:
    """A thread that waits while another reads."""

    __slots__ = ("event",)

    def __init__(self) -> None:
        self.event = threading.Event()
