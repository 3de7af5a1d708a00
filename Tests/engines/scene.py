"""A daemon on a server, with a client: what most tests are about."""

import itertools
from types import TracebackType
from typing import Any, Dict, Mapping, Optional, Type

import sluice
from daemon import Daemon
from servers import RunningServer

TIMEOUT = 120.0
"""Seconds; far longer than a loaded machine takes, so that a test fails instead of hanging."""


class Scene:
    """Used in a `with`."""

    def __init__(self, running: RunningServer) -> None:
        self.running = running
        self.server = running.server
        self.daemon = Daemon(running.database)
        self._numbers = itertools.count()

    def __enter__(self) -> "Scene":
        self.daemon.__enter__()
        self.client = sluice.connect(self.daemon.socket, timeout=TIMEOUT)
        self.capabilities: Dict[str, bool] = self.repository().description["capabilities"]
        """What the engine can do where a definition asks for nothing."""
        return self

    def __exit__(self, kind: Optional[Type[BaseException]], error: Optional[BaseException], trace: Optional[TracebackType]) -> None:
        self.client.close()
        self.daemon.__exit__(kind, error, trace)

    def new_name(self) -> str:
        """A name for a collection or table that nobody else uses."""
        return f"{self.running.run}-{next(self._numbers)}"

    def repository(self, definition: Optional[Mapping[str, Any]] = None) -> sluice.Repository:
        """A new one; a `name` is added to its definition unless it is there."""
        name = self.new_name()
        return self.client.define_repository(name, {"name": name, **(definition or {})})
