"""Ports of 127.0.0.1, for servers that are started beside each other."""

import random
import socket


def free_port() -> int:
    """A port that nobody has now, of those that the system does not give out by itself: between here and the server's start it could
    become anybody's. Raises OSError when there is none."""
    for _ in range(100):
        port = random.randrange(15_000, 32_000)
        with socket.socket(socket.AF_INET) as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise OSError("127.0.0.1 has no free port")
