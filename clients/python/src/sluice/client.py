"""The client for threads: what `sluice.connect()` gives."""

import sys
from typing import Any, Dict, Iterable, Iterator, List, Mapping, Optional, Union

from . import calls
from .connection import Connection
from .errors import Error, from_wire
from .filters import FilterLike, Order

Record = Mapping[str, Any]
Stored = Dict[str, Any]


class Repository:
    """A repository by its name. Made by a `Client`; cheap, and usable from any thread.

    Every method takes `timeout`, seconds for this call, and raises a subclass of `sluice.Error`.
    """

    def __init__(self, connection: Connection, name: str, description: Optional[Stored] = None) -> None:
        self._connection = connection
        self.name = name
        self.description: Stored = description or {}
        """What the definition answered: ``definition``, ``backend``, ``capabilities``, ``notices``. Empty for a mere handle."""

    def __repr__(self) -> str:
        return f"<sluice.Repository {self.name!r}>"

    def _do(self, call: calls.Call, timeout: Optional[float]) -> Any:
        return self._connection.perform(call, timeout).value

    def get_one(self, filter: FilterLike, *, timeout: Optional[float] = None) -> Stored:
        """A record that matches.

        Raises:
            NotFound: there is none.
        """
        record: Stored = self._do(calls.get_one(self.name, filter), timeout)
        return record

    def get_all(
        self, filter: Optional[FilterLike] = None, order: Optional[Order] = None, sorting: Optional[str] = None, limit: int = 0,
        offset: int = 0, *, timeout: Optional[float] = None,
    ) -> List[Stored]:
        """Every record that matches, in memory at once; `scan` is for many.

        Args:
            order: a field or several, each alone or with its direction; None leaves the order open.
            sorting: ``"asc"`` or ``"desc"``, for the fields of `order` that come without a direction.
            limit: at most so many; 0: all.
            offset: so many are passed over.
        """
        records: List[Stored] = self._do(calls.get_all(self.name, filter, order, sorting, limit, offset), timeout)
        return records

    def scan(
        self, filter: Optional[FilterLike] = None, order: Optional[Order] = None, sorting: Optional[str] = None, *,
        page_size: int = 500, timeout: Optional[float] = None,
    ) -> Iterator[Stored]:
        """Walks over every record that matches, a page at a time: those that are there throughout come exactly once, while others come
        and go. `timeout` is for each page."""
        token: Optional[str] = None
        while True:
            call = calls.get_all(self.name, filter, order, sorting, page_size=page_size, token=token)
            answer = self._connection.perform(call, timeout)
            yield from answer.value
            token = answer.token
            if token is None:
                return

    def explain(
        self, filter: Optional[FilterLike] = None, order: Optional[Order] = None, sorting: Optional[str] = None, limit: int = 0,
        offset: int = 0, *, timeout: Optional[float] = None,
    ) -> Stored:
        """How the engine answers a `get_all` with these arguments: ``engine``, ``plan``, ``finished`` (what the daemon does itself),
        ``records`` and perhaps ``itemsRead``."""
        explanation: Stored = self._do(calls.explain(self.name, filter, order, sorting, limit, offset), timeout)
        return explanation

    def count(self, filter: Optional[FilterLike] = None, *, timeout: Optional[float] = None) -> int:
        """How many records match."""
        count: int = self._do(calls.count(self.name, filter), timeout)
        return count

    def save(self, object: Record, filter: Optional[FilterLike] = None, *, timeout: Optional[float] = None) -> Stored:
        """Without a filter creates a record, with one updates a record that matches: the given fields are set, others kept.

        Returns:
            The record as stored, with its ``id``.

        Raises:
            AlreadyExists: the id, the key or a unique index collides.
            NotFound: no record matches.
        """
        record: Stored = self._do(calls.save(self.name, object, filter), timeout)
        return record

    def save_many(self, objects: Iterable[Record], *, timeout: Optional[float] = None) -> List[Union[Stored, Error]]:
        """Creates up to 10,000 records, in no order and not as one.

        Returns:
            For each object, in order, the record as stored or the error (not raised).
        """
        outcomes = self._do(calls.save_many(self.name, objects), timeout)
        return [outcome[1] if 1 in outcome else from_wire(outcome.get(2)) for outcome in outcomes]

    def upsert(self, object: Record, *, timeout: Optional[float] = None) -> Stored:
        """Creates the record of the object's ``id`` or full key, or sets the given fields of the one that is there."""
        record: Stored = self._do(calls.upsert(self.name, object), timeout)
        return record

    def replace(self, object: Record, *, timeout: Optional[float] = None) -> Stored:
        """The record of the object's ``id`` or full key becomes the object.

        Raises:
            NotFound: there is none.
        """
        record: Stored = self._do(calls.replace(self.name, object), timeout)
        return record

    def delete_one(self, filter: FilterLike, *, timeout: Optional[float] = None) -> None:
        """Deletes a record that matches.

        Raises:
            NotFound: there is none.
        """
        self._do(calls.delete_one(self.name, filter), timeout)

    def delete_all(self, filter: Optional[FilterLike] = None, *, all: bool = False, timeout: Optional[float] = None) -> int:
        """Deletes every record that matches, and answers how many. An empty filter needs ``all=True``. Not atomic: a failure says in
        ``details["deleted"]`` how many went."""
        count: int = self._do(calls.delete_all(self.name, filter, all), timeout)
        return count


class Client:
    """The daemon, over one connection that threads share. A forked process opens its own by itself. `connect` makes it."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def __enter__(self) -> "Client":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Ends the connection; calls under way in other threads fail."""
        self._connection.close()

    @property
    def limits(self) -> Dict[str, Any]:
        """What the daemon announced at the last connection, such as ``maxFrameBytes``."""
        return dict(self._connection.limits)

    def repository(self, name: str) -> Repository:
        """A handle, without defining anything."""
        return Repository(self._connection, name)

    def define_repository(self, name: str, definition: Record, *, timeout: Optional[float] = None) -> Repository:
        """Defines a repository, or adds to its definition. The daemon gets the mapping untouched, and again after each reconnect.

        Raises:
            InvalidInput: it contradicts what is there (reason ``definitionConflict``), or breaks a rule.
            Unsupported: the engine cannot do it.
        """
        return Repository(self._connection, name, self._do(calls.define(name, definition), timeout))

    def ping(self, *, timeout: Optional[float] = None) -> None:
        """Returns when the daemon answers."""
        self._do(calls.ping(), timeout)

    def backends(self, *, timeout: Optional[float] = None) -> Stored:
        """``supported`` and ``configured`` engines."""
        answer: Stored = self._do(calls.backends(), timeout)
        return answer

    def stats(self, *, timeout: Optional[float] = None) -> Stored:
        """What the daemon counts about itself."""
        answer: Stored = self._do(calls.stats(), timeout)
        return answer

    def repositories(self, *, timeout: Optional[float] = None) -> List[Stored]:
        """Every repository, as its definition was answered."""
        answer: List[Stored] = self._do(calls.repositories(), timeout)
        return answer

    def _do(self, call: calls.Call, timeout: Optional[float]) -> Any:
        return self._connection.perform(call, timeout).value


def connect(path: Optional[str] = None, timeout: float = 30.0, *, name: Optional[str] = None) -> Client:
    """Connects to the daemon and sees that it answers.

    Args:
        path: the socket; None looks in SLUICE_SOCKET, ``$XDG_RUNTIME_DIR/sluice``, ``/run/sluice`` and the private folder.
        timeout: seconds that a call may take without a timeout of its own.
        name: what the daemon calls this client in logs and statistics; the program's name by default.

    Raises:
        Unavailable: no daemon is there; the message says where it was looked for.
    """
    connection = Connection(path, timeout, name or program())
    try:
        connection.perform(calls.ping(), None, first_failure_counts=True)
    except BaseException:
        connection.close()
        raise
    return Client(connection)


def program() -> str:
    """The running program's name."""
    return sys.argv[0].rpartition("/")[2] or "python" if sys.argv else "python"
