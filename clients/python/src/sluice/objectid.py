"""ObjectIds: the kind, and the source of new record ids."""

import itertools
import os
import threading
import time
from typing import Iterator, Union


class ObjectId:
    """Twelve bytes, written as 24 lowercase hexadecimal digits. Hashable, ordered by its bytes.

    Args:
        value: 12 bytes, or 24 hexadecimal digits.

    Raises:
        ValueError: for anything else.
    """

    __slots__ = ("binary",)

    def __init__(self, value: Union[bytes, str]) -> None:
        binary = bytes.fromhex(value) if isinstance(value, str) else bytes(value)
        if len(binary) != 12:
            raise ValueError("an ObjectId has 12 bytes, or 24 hexadecimal digits")
        self.binary = binary

    def __str__(self) -> str:
        return self.binary.hex()

    def __repr__(self) -> str:
        return f"ObjectId('{self}')"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ObjectId) and self.binary == other.binary

    def __lt__(self, other: "ObjectId") -> bool:
        return self.binary < other.binary

    def __hash__(self) -> int:
        return hash(self.binary)


class IdSource:
    """Makes the ids of new records: seconds, five random bytes of this process, a counter (PROTOCOL.md section 8). Threads may share it."""

    def __init__(self) -> None:
        self.reseed()

    def reseed(self) -> None:
        """Chooses the random part anew, as a forked process must: it would make its parent's ids again."""
        self._lock = threading.Lock()
        self._process = os.urandom(5).hex()
        self._counter: Iterator[int] = itertools.count(int.from_bytes(os.urandom(3), "big"))

    def next(self) -> str:
        """A new id."""
        with self._lock:
            number = next(self._counter)
        return f"{int(time.time()) & 0xFFFFFFFF:08x}{self._process}{number & 0xFFFFFF:06x}"


ids = IdSource()
"""The process's own."""

os.register_at_fork(after_in_child=ids.reseed)
