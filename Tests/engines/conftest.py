"""The servers, each with a daemon and a client, started once and used by all tests that ask for them."""

from typing import Iterator

import pytest

from scene import Scene
from servers import RunningServer, Server, servers


@pytest.fixture(scope="session", params=servers(), ids=str)
def scene(request: pytest.FixtureRequest) -> Iterator[Scene]:
    """A daemon on each of the servers, one after the other."""
    server: Server = request.param
    with RunningServer(server) as running, Scene(running) as one:
        yield one
