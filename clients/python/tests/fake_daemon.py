"""A daemon that does what a test says: a thread with a Unix socket."""

import os
import socket
import struct
import tempfile
import threading
from typing import Any, Callable, Dict, List, Optional

import msgpack

Handler = Callable[["Exchange"], Optional[List[Dict[int, Any]]]]
HANG_UP: List[Dict[int, Any]] = [{0: -1}]
"""What a handler answers for: close the connection without a reply."""


class Exchange:
    """A frame that came, and on which connection (from 1)."""

    def __init__(self, connection: int, frame: Dict[int, Any]) -> None:
        self.connection = connection
        self.kind = frame[0]
        self.id = frame.get(1)
        self.operation = frame.get(2)
        self.repository = frame.get(3)
        self.arguments = frame.get(4) or {}
        self.deadline = frame.get(5)
        self.attempt = frame.get(6, 1)

    def reply(self, result: Any, **more: Any) -> List[Dict[int, Any]]:
        """One final reply with a result."""
        frame = {0: 4, 1: self.id, 2: result}
        if "token" in more:
            frame[4] = more["token"]
        return [frame]

    def error(
        self, code: str, retryable: bool = False, known: bool = True, details: Optional[Dict[str, Any]] = None,
    ) -> List[Dict[int, Any]]:
        """One final reply with an error."""
        return [{0: 4, 1: self.id, 3: {1: code, 2: f"the fake says {code}", 3: retryable, 4: known, 5: details or {}}}]


def frame(value: Any) -> bytes:
    data = msgpack.packb(value)
    return struct.pack(">I", len(data)) + data


class FakeDaemon:
    """Answers requests by `handler`: frames to send; None: nothing; `HANG_UP`. Pings are answered unless `handle_pings`."""

    def __init__(self, handler: Handler, limits: Optional[Dict[str, int]] = None, handle_pings: bool = False, greet: bool = True) -> None:
        self.exchanges: List[Exchange] = []
        self.hellos: List[Dict[int, Any]] = []
        self.connections: List[socket.socket] = []
        self._handler = handler
        self._limits = limits or {"maxInFlight": 128, "maxFrameBytes": 1 << 20}
        self._handle_pings = handle_pings
        self._greet = greet
        self._folder = tempfile.TemporaryDirectory(prefix="sluice-fake-")
        self.path = os.path.join(self._folder.name, "s")
        self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._listener.bind(self.path)
        self._listener.listen(64)
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self) -> "FakeDaemon":
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.close()
        self.hang_up()
        self._folder.cleanup()

    def hang_up(self) -> None:
        """Ends every connection."""
        for connection in self.connections:
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def send(self, data: bytes) -> None:
        """Sends bytes on the newest connection."""
        self.connections[-1].sendall(data)

    def of(self, operation: int) -> List[Exchange]:
        """The requests of an operation."""
        return [exchange for exchange in self.exchanges if exchange.kind == 3 and exchange.operation == operation]

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.connections.append(connection)
            threading.Thread(target=self._serve, args=(connection, len(self.connections)), daemon=True).start()

    def _serve(self, connection: socket.socket, number: int) -> None:
        unpacker = bytearray()
        try:
            while True:
                data = connection.recv(65536)
                if not data:
                    break
                unpacker += data
                while len(unpacker) >= 4 and len(unpacker) >= 4 + int.from_bytes(unpacker[:4], "big"):
                    end = 4 + int.from_bytes(unpacker[:4], "big")
                    value = msgpack.unpackb(bytes(unpacker[4:end]), strict_map_key=False, timestamp=0)
                    del unpacker[:end]
                    for answer in self._answers(value, number):
                        if answer == HANG_UP[0]:
                            connection.shutdown(socket.SHUT_RDWR)
                            return
                        connection.sendall(frame(answer))
        except OSError:
            pass
        finally:
            connection.close()

    def _answers(self, value: Dict[int, Any], number: int) -> List[Dict[int, Any]]:
        if value[0] == 1:
            self.hellos.append(value)
            return [{0: 2, 2: "fake", 3: ["parts"], 4: self._limits, 5: []}] if self._greet else []
        exchange = Exchange(number, value)
        self.exchanges.append(exchange)
        if exchange.kind == 3 and exchange.operation == 1 and not self._handle_pings:
            return exchange.reply(None)
        return (self._handler(exchange) if exchange.kind == 3 else None) or []
