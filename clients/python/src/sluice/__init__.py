"""Sluice: repositories over a Unix domain socket. `connect()` is for threads and forked workers, `sluice.aio.connect()` for asyncio."""

from .client import Client, Repository, connect
from .errors import (
    AlreadyExists, BackendError, DeadlineExceeded, Error, InvalidInput, NotFound, Overloaded, ShuttingDown, TooLarge, Unauthorized,
    Unavailable, Unsupported,
)
from .filters import Filter
from .objectid import ObjectId

__all__ = [
    "AlreadyExists", "BackendError", "Client", "DeadlineExceeded", "Error", "Filter", "InvalidInput", "NotFound", "ObjectId",
    "Overloaded", "Repository", "ShuttingDown", "TooLarge", "Unauthorized", "Unavailable", "Unsupported", "connect",
]
