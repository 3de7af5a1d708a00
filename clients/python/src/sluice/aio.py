"""The client for asyncio: what `sluice.aio.connect()` gives. The methods are those of `sluice.Client` and `sluice.Repository`."""

import asyncio
import os
from typing import Any, AsyncIterator, Dict, Iterable, List, Mapping, Optional, Tuple, Union

from . import calls
from .attempts import Attempts, pause
from .channel import connected
from .client import Stored, program
from .connection import GRACE_SECONDS
from .errors import Error, Unavailable, from_wire
from .filters import FilterLike, Order
from .link import DEFINE_SECONDS, Answer, Link, Outcome, Pending

Record = Mapping[str, Any]


class _Channel(asyncio.Protocol):
    """A link with a transport."""

    def __init__(self, link: Link) -> None:
        self.link = link
        self.transport: Optional[asyncio.Transport] = None
        self._clock = asyncio.get_running_loop().time

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self.flush()

    def data_received(self, data: bytes) -> None:
        self.link.received(data, self._clock())
        self.flush()

    def connection_lost(self, exc: Optional[Exception]) -> None:
        self.link.lost(Unavailable(f"the daemon closed the connection{f': {exc}' if exc else ''}"))

    def flush(self) -> None:
        """Writes what the link has to say; ends the connection when that is all over."""
        if self.transport is None:
            return
        if self.link.out:
            self.transport.write(bytes(self.link.out))
            self.link.taken(len(self.link.out))
        if self.link.is_done or not self.link.open:
            self.transport.close()

    def close(self) -> None:
        self.link.lost(Unavailable("the client was closed", retryable=False))
        if self.transport is not None:
            self.transport.close()


class _Connection:
    """One connection at a time, shared by the tasks of one event loop."""

    def __init__(self, path: Optional[str], timeout: float, name: str) -> None:
        self.timeout = timeout
        self._path = path
        self._name = name
        self._definitions: List[Tuple[str, bytes]] = []
        self._channel: Optional[_Channel] = None
        self._opening: Optional["asyncio.Task[_Channel]"] = None
        self._failures = 0
        self._is_closed = False
        self._loop = asyncio.get_running_loop()
        self._pid = os.getpid()

    async def perform(self, call: calls.Call, timeout: Optional[float], first_failure_counts: bool = False) -> Answer:
        """Does a call; see `sluice.connection.Connection.perform`."""
        seconds = timeout if timeout is not None else DEFINE_SECONDS if call.operation == 5 else self.timeout
        self._check_owner()
        clock = self._loop.time
        attempts = Attempts(call, clock() + seconds)
        while True:
            pending = attempts.next(clock())
            try:
                channel = await self._open()
            except Error as error:
                if first_failure_counts:
                    raise
                await asyncio.sleep(attempts.unreachable(error, clock()))
                continue
            outcome = await self._exchange(channel, pending)
            if outcome is None:
                sent = channel.link.abandon(pending)
                channel.flush()
                raise attempts.expired(sent)
            delay = attempts.ended(pending, outcome, clock())
            if delay is None:
                assert isinstance(outcome, Answer)
                self._failures = 0
                definition = (call.repository or "", call.arguments or b"")
                if call.operation == 5 and definition not in self._definitions:
                    self._definitions.append(definition)
                return outcome
            await asyncio.sleep(delay or self._loss_pause(channel))

    def close(self) -> None:
        self._is_closed = True
        if self._channel is not None:
            self._channel.close()

    @property
    def limits(self) -> Dict[str, Any]:
        return dict(self._channel.link.limits) if self._channel is not None else {}

    def _check_owner(self) -> None:
        if os.getpid() != self._pid or asyncio.get_running_loop() is not self._loop:
            raise Unavailable("an asyncio client belongs to the loop and process that connected it: connect anew", retryable=False)

    async def _open(self) -> _Channel:
        if self._is_closed:
            raise Unavailable("the client was closed", retryable=False)
        channel = self._channel
        if channel is not None and channel.link.open and channel.link.leaving is None:
            return channel
        # Tasks that come at once share one attempt; a task that is cancelled does not end it for the others.
        if self._opening is None:
            self._opening = self._loop.create_task(self._connect())
            self._opening.add_done_callback(self._opened)
        return await asyncio.shield(self._opening)

    async def _connect(self) -> _Channel:
        descriptor = connected(self._path)
        link = Link(self._name, list(self._definitions))
        _, channel = await self._loop.create_unix_connection(lambda: _Channel(link), sock=descriptor)
        self._channel = channel
        if self._is_closed:
            channel.close()
        return channel

    def _opened(self, task: "asyncio.Task[_Channel]") -> None:
        self._opening = None
        if not task.cancelled():
            task.exception()

    async def _exchange(self, channel: _Channel, pending: Pending) -> Optional[Outcome]:
        done = self._loop.create_future()
        pending.notify = lambda: None if done.done() else done.set_result(None)
        channel.link.submit(pending, self._loop.time())
        channel.flush()
        timer = self._loop.call_at(pending.deadline + GRACE_SECONDS, pending.notify)
        try:
            await done
        except BaseException:
            channel.link.abandon(pending)
            channel.flush()
            raise
        finally:
            timer.cancel()
        return pending.outcome

    def _loss_pause(self, channel: _Channel) -> float:
        self._failures += 1
        return 0.0 if channel.link.leaving is not None and self._failures == 1 else pause(self._failures)


class Repository:
    """A repository by its name; see `sluice.Repository`. Cancelling a task ends its request."""

    def __init__(self, connection: _Connection, name: str, description: Optional[Stored] = None) -> None:
        self._connection = connection
        self.name = name
        self.description: Stored = description or {}

    def __repr__(self) -> str:
        return f"<sluice.aio.Repository {self.name!r}>"

    async def _do(self, call: calls.Call, timeout: Optional[float]) -> Any:
        return (await self._connection.perform(call, timeout)).value

    async def get_one(self, filter: FilterLike, *, timeout: Optional[float] = None) -> Stored:
        """A record that matches, or `NotFound`."""
        record: Stored = await self._do(calls.get_one(self.name, filter), timeout)
        return record

    async def get_all(
        self, filter: Optional[FilterLike] = None, order: Optional[Order] = None, sorting: Optional[str] = None, limit: int = 0,
        offset: int = 0, *, timeout: Optional[float] = None,
    ) -> List[Stored]:
        """Every record that matches, in memory at once."""
        records: List[Stored] = await self._do(calls.get_all(self.name, filter, order, sorting, limit, offset), timeout)
        return records

    async def scan(
        self, filter: Optional[FilterLike] = None, order: Optional[Order] = None, sorting: Optional[str] = None, *,
        page_size: int = 500, timeout: Optional[float] = None,
    ) -> AsyncIterator[Stored]:
        """Walks over every record that matches, a page at a time."""
        token: Optional[str] = None
        while True:
            call = calls.get_all(self.name, filter, order, sorting, page_size=page_size, token=token)
            answer = await self._connection.perform(call, timeout)
            for record in answer.value:
                yield record
            token = answer.token
            if token is None:
                return

    async def explain(
        self, filter: Optional[FilterLike] = None, order: Optional[Order] = None, sorting: Optional[str] = None, limit: int = 0,
        offset: int = 0, *, timeout: Optional[float] = None,
    ) -> Stored:
        """How the engine answers a `get_all` with these arguments: ``engine``, ``plan``, ``finished`` (what the daemon does itself),
        ``records`` and perhaps ``itemsRead``."""
        explanation: Stored = await self._do(calls.explain(self.name, filter, order, sorting, limit, offset), timeout)
        return explanation

    async def count(self, filter: Optional[FilterLike] = None, *, timeout: Optional[float] = None) -> int:
        """How many records match."""
        count: int = await self._do(calls.count(self.name, filter), timeout)
        return count

    async def save(self, object: Record, filter: Optional[FilterLike] = None, *, timeout: Optional[float] = None) -> Stored:
        """Without a filter creates a record, with one updates a record that matches."""
        record: Stored = await self._do(calls.save(self.name, object, filter), timeout)
        return record

    async def save_many(self, objects: Iterable[Record], *, timeout: Optional[float] = None) -> List[Union[Stored, Error]]:
        """Creates many records: for each the record as stored, or the error (not raised)."""
        outcomes = await self._do(calls.save_many(self.name, objects), timeout)
        return [outcome[1] if 1 in outcome else from_wire(outcome.get(2)) for outcome in outcomes]

    async def upsert(self, object: Record, *, timeout: Optional[float] = None) -> Stored:
        """Creates the record of the object's ``id`` or full key, or sets its fields."""
        record: Stored = await self._do(calls.upsert(self.name, object), timeout)
        return record

    async def replace(self, object: Record, *, timeout: Optional[float] = None) -> Stored:
        """The record of the object's ``id`` or full key becomes the object."""
        record: Stored = await self._do(calls.replace(self.name, object), timeout)
        return record

    async def delete_one(self, filter: FilterLike, *, timeout: Optional[float] = None) -> None:
        """Deletes a record that matches, or `NotFound`."""
        await self._do(calls.delete_one(self.name, filter), timeout)

    async def delete_all(self, filter: Optional[FilterLike] = None, *, all: bool = False, timeout: Optional[float] = None) -> int:
        """Deletes every record that matches, and answers how many. An empty filter needs ``all=True``."""
        count: int = await self._do(calls.delete_all(self.name, filter, all), timeout)
        return count


class Client:
    """The daemon, over one connection that the tasks of one event loop share; see `sluice.Client`."""

    def __init__(self, connection: _Connection) -> None:
        self._connection = connection

    async def __aenter__(self) -> "Client":
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Ends the connection; calls under way in other tasks fail."""
        self._connection.close()
        # The transport closes in the loop's next round.
        await asyncio.sleep(0)

    @property
    def limits(self) -> Dict[str, Any]:
        """What the daemon announced at the last connection."""
        return self._connection.limits

    def repository(self, name: str) -> Repository:
        """A handle, without defining anything."""
        return Repository(self._connection, name)

    async def define_repository(self, name: str, definition: Record, *, timeout: Optional[float] = None) -> Repository:
        """Defines a repository, or adds to its definition."""
        return Repository(self._connection, name, await self._do(calls.define(name, definition), timeout))

    async def ping(self, *, timeout: Optional[float] = None) -> None:
        """Returns when the daemon answers."""
        await self._do(calls.ping(), timeout)

    async def backends(self, *, timeout: Optional[float] = None) -> Stored:
        """``supported`` and ``configured`` engines."""
        answer: Stored = await self._do(calls.backends(), timeout)
        return answer

    async def stats(self, *, timeout: Optional[float] = None) -> Stored:
        """What the daemon counts about itself."""
        answer: Stored = await self._do(calls.stats(), timeout)
        return answer

    async def repositories(self, *, timeout: Optional[float] = None) -> List[Stored]:
        """Every repository, as its definition was answered."""
        answer: List[Stored] = await self._do(calls.repositories(), timeout)
        return answer

    async def _do(self, call: calls.Call, timeout: Optional[float]) -> Any:
        return (await self._connection.perform(call, timeout)).value


class _Connecting:
    """What `connect` gives: to be awaited, or entered with ``async with``."""

    def __init__(self, path: Optional[str], timeout: float, name: str) -> None:
        self._arguments = path, timeout, name
        self._client: Optional[Client] = None

    def __await__(self) -> Any:
        return self._connect().__await__()

    async def __aenter__(self) -> Client:
        self._client = await self._connect()
        return self._client

    async def __aexit__(self, *_: object) -> None:
        if self._client is not None:
            await self._client.close()

    async def _connect(self) -> Client:
        connection = _Connection(*self._arguments)
        try:
            await connection.perform(calls.ping(), None, first_failure_counts=True)
        except BaseException:
            connection.close()
            raise
        return Client(connection)


def connect(path: Optional[str] = None, timeout: float = 30.0, *, name: Optional[str] = None) -> _Connecting:
    """Connects to the daemon: ``client = await connect()`` or ``async with connect() as client``. Arguments as of `sluice.connect`."""
    return _Connecting(path, timeout, name or program())
