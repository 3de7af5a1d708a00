"""One connection as a state machine: bytes and requests in, bytes and outcomes out. It has no socket, no lock and no clock."""

from collections import deque
from typing import Any, Callable, Deque, Dict, List, Optional, Tuple, Union

from . import calls, wire
from .calls import Call
from .errors import BackendError, DeadlineExceeded, Error, ShuttingDown, TooLarge, Unavailable, from_wire, located

DEFINE_SECONDS = 120.0
"""What a definition gets when its caller does not say (PROTOCOL.md section 5)."""

_ENVELOPE_BYTES = 64


class Answer:
    """A request's result, and its page token."""

    __slots__ = ("token", "value")

    def __init__(self, value: Any, token: Optional[str]) -> None:
        self.value = value
        self.token = token


class Lost:
    """The connection ended before the answer."""

    __slots__ = ("error", "sent")

    def __init__(self, error: Error, sent: bool) -> None:
        self.error = error
        self.sent = sent


Outcome = Union[Answer, Error, Lost]


class Pending:
    """One attempt at a call, from its submission to its outcome. Owned by its link."""

    __slots__ = ("attempt", "call", "deadline", "end", "id", "notify", "outcome", "parts")

    def __init__(self, call: Call, deadline: float, attempt: int) -> None:
        self.call = call
        self.deadline = deadline
        self.attempt = attempt
        self.id = -1
        self.end = -1
        self.parts: List[Any] = []
        self.outcome: Optional[Outcome] = None
        self.notify: Optional[Callable[[], None]] = None

    def settle(self, outcome: Outcome) -> None:
        """Tells who waits."""
        self.outcome = outcome
        if self.notify is not None:
            self.notify()


class Link:
    """A connection that was just opened.

    Args:
        name: what the daemon calls this client, for people.
        definitions: (repository, arguments) to send again before anything else to those repositories.
    """

    def __init__(self, name: str, definitions: List[Tuple[str, bytes]]) -> None:
        self.out = bytearray(wire.hello(name))
        """What must be written, in order."""
        self.open = True
        self.greeted = False
        self.leaving: Optional[Error] = None
        """Why this link takes no new requests, if it does not."""
        self.limits: Dict[str, Any] = {}
        self._fault: Optional[Error] = None
        self._definitions = definitions
        self._reader = wire.FrameReader()
        self._queued = len(self.out)
        self._taken = 0
        self._next_id = 1
        self._max_in_flight = 1
        self._in_flight: Dict[int, Pending] = {}
        self._line: Deque[Pending] = deque()
        self._defining: Dict[str, int] = {}
        self._held: Dict[str, List[Pending]] = {}

    def taken(self, count: int) -> None:
        """The kernel has taken the first `count` bytes of `out`."""
        del self.out[:count]
        self._taken += count

    def submit(self, pending: Pending, now: float) -> None:
        """Sends a request, or lines it up until the daemon takes it."""
        if not self.open or self.leaving is not None:
            return pending.settle(Lost(self.leaving or Unavailable("the connection is closed"), sent=False))
        self._line.append(pending)
        self._dispatch(now)

    def abandon(self, pending: Pending) -> bool:
        """Nobody waits for a request any more. Answers whether it may have been sent."""
        pending.notify = None
        pending.parts = []
        pending.outcome = Lost(DeadlineExceeded("nobody waits for it"), sent=pending.id >= 0)
        if pending.id < 0:
            return False
        if pending.id in self._in_flight and self.open and pending.end <= self._taken:
            self._write(wire.cancel(pending.id))
        return True

    def received(self, data: bytes, now: float) -> None:
        """Bytes have come. When they are no frames the link is lost."""
        if not self.open:
            return
        try:
            for frame in self._reader.frames(data):
                self._take(frame, now)
        except wire.BadFrame as error:
            self.lost(Unavailable(f"the daemon sent {error}"))

    def lost(self, error: Error) -> None:
        """The socket has ended, or is of no use: everything that waits hears of it."""
        if not self.open:
            return
        self.open = False
        error = self._fault or error
        sent, waiting = list(self._in_flight.values()), [*self._line, *(one for held in self._held.values() for one in held)]
        self._in_flight, self._held = {}, {}
        self._line.clear()
        self.out.clear()
        for pending in sent:
            pending.settle(Lost(error, sent=pending.end <= self._taken))
        for pending in waiting:
            pending.settle(Lost(error, sent=False))

    @property
    def is_done(self) -> bool:
        """It leaves, and owes nothing and is owed nothing: to be closed."""
        return self.leaving is not None and not self._in_flight

    def _write(self, data: bytes) -> None:
        self.out += data
        self._queued += len(data)

    def _take(self, frame: Dict[Any, Any], now: float) -> None:
        kind = frame[0]
        if kind == wire.REPLY:
            self._replied(wire.reply(frame), now)
        elif kind == wire.WELCOME:
            self._greet(frame, now)
        elif kind == wire.GOING_AWAY:
            self._leave(ShuttingDown(f"the daemon is going away: {wire.field(frame, 2, str, '')}"))
        elif kind == wire.FAULT:
            # It reads nothing more; what it still answers comes before it closes.
            self._fault = from_wire(wire.error(frame.get(3)))
            self._leave(self._fault)

    def _greet(self, frame: Dict[Any, Any], now: float) -> None:
        wire.field(frame, 3, list, [])
        self.limits = wire.field(frame, 4, dict, {})
        self.greeted = True
        self._max_in_flight = max(1, self._limit("maxInFlight", 1))
        self._reader.max_frame_bytes = self._limit("maxFrameBytes", wire.DEFAULT_MAX_FRAME_BYTES)
        redefinitions = []
        for repository, arguments in self._definitions:
            call = Call(5, "define", repository, arguments)
            redefinition = Pending(call, now + DEFINE_SECONDS, 1)
            redefinition.notify = lambda repository=repository: self._release(repository)
            self._defining[repository] = self._defining.get(repository, 0) + 1
            redefinitions.append(redefinition)
        self._line.extendleft(reversed(redefinitions))
        self._dispatch(now)

    def _limit(self, name: str, default: int) -> int:
        value = self.limits.get(name)
        return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else default

    def _release(self, repository: str) -> None:
        """A redefinition is answered, well or badly: those who waited for it hear from the daemon what there is to hear."""
        self._defining[repository] -= 1
        if self._defining[repository] == 0:
            del self._defining[repository]
            self._line.extendleft(reversed(self._held.pop(repository, [])))

    def _leave(self, reason: Error) -> None:
        """The daemon takes nothing new here: what has not been sent goes elsewhere."""
        if self.leaving is not None:
            return
        self.leaving = reason
        waiting = [*self._line, *(one for held in self._held.values() for one in held)]
        self._line.clear()
        self._held = {}
        for pending in waiting:
            pending.settle(Lost(reason, sent=False))

    def _dispatch(self, now: float) -> None:
        while self.greeted and self.open and self.leaving is None and self._line and len(self._in_flight) < self._max_in_flight:
            pending = self._line.popleft()
            if pending.outcome is not None:
                continue
            repository = pending.call.repository
            if repository is not None and pending.call.operation != 5 and repository in self._defining:
                self._held.setdefault(repository, []).append(pending)
            else:
                self._send(pending, now)

    def _send(self, pending: Pending, now: float) -> None:
        call = pending.call
        milliseconds = int((pending.deadline - now) * 1000)
        if milliseconds <= 0:
            return pending.settle(located(DeadlineExceeded("the deadline passed before it could be sent"), call.name, call.repository))
        longest = self._limit("maxFrameBytes", wire.DEFAULT_MAX_FRAME_BYTES)
        if len(call.arguments or b"") + len(call.repository or "") * 4 + _ENVELOPE_BYTES > longest:
            details = {"limit": "maxFrameBytes", "value": longest}
            error = TooLarge(f"it does not fit in a frame of {longest} bytes", details=details)
            return pending.settle(located(error, call.name, call.repository))
        pending.id, self._next_id = self._next_id, self._next_id + 1
        self._in_flight[pending.id] = pending
        self._write(wire.request(pending.id, call.operation, call.repository, call.arguments, milliseconds, pending.attempt))
        pending.end = self._queued

    def _replied(self, reply: wire.Reply, now: float) -> None:
        pending = self._in_flight.get(reply.id)
        if pending is None:
            return
        if reply.more and reply.error is None:
            if pending.outcome is None:
                pending.parts.append(reply.result)
            return
        del self._in_flight[reply.id]
        if reply.error is not None:
            error = from_wire(reply.error)
            if error.code == "shuttingDown":
                self._leave(error)
            pending.settle(error)
        elif pending.parts and not isinstance(reply.result, list):
            pending.settle(BackendError("the daemon sent parts that are no lists", outcome_known=False))
        else:
            pending.settle(Answer(calls.joined(pending.parts, reply.result), reply.token))
        self._dispatch(now)
