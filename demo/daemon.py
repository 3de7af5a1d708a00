"""A daemon of the demo's own, on an empty store."""

import json
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import Dict, Optional, Type

START_SECONDS, STOP_SECONDS = 30, 60


class DemoFailure(Exception):
    """The demo cannot go on, for a reason that a person can do something about."""


def configuration(engine: str, folder: Path) -> Dict[str, object]:
    """The daemon's configuration for an engine on an empty store. This is all that the demo knows of engines.

    Raises DemoFailure, by name, for an engine that cannot be configured yet.
    """
    if engine == "sqlite":
        database: Dict[str, object] = {"dbName": "sqlite", "dbInfo": {}}
    elif engine in ("mongodb", "dynamodb", "postgresql"):
        raise DemoFailure(f"the engine {engine} is not there yet; this demo runs on sqlite")
    else:
        raise DemoFailure(f"there is no engine {engine!r}: sqlite, mongodb, dynamodb or postgresql")
    return {"database": database, "sluice": {"socket": str(folder / "sluice.sock"), "data": str(folder / "data")}}


class Daemon:
    """The process, its temporary folder and its socket. Used in a `with`, which starts and ends it."""

    def __init__(self, program: Path, engine: str) -> None:
        self.program = program
        self.engine = engine
        self.folder = Path(tempfile.mkdtemp(prefix="sluice-demo-"))
        self.socket = self.folder / "sluice.sock"
        self.process: Optional["subprocess.Popen[bytes]"] = None

    def __enter__(self) -> "Daemon":
        try:
            self._start()
        except BaseException:
            self._end()
            raise
        return self

    def __exit__(self, kind: Optional[Type[BaseException]], error: Optional[BaseException], trace: Optional[TracebackType]) -> None:
        code = self._end()
        if kind is None and code != 0:
            raise DemoFailure(f"sluiced ended with exit code {code}")

    def _start(self) -> None:
        file = self.folder / "sluice.json"
        file.write_text(json.dumps(configuration(self.engine, self.folder)), encoding="utf-8")
        # What SLUICE_* variables of the caller say is about another daemon.
        environment = {name: value for name, value in os.environ.items() if not name.startswith("SLUICE_")}
        with open(self.folder / "log", "wb") as log:
            self.process = subprocess.Popen(
                [str(self.program), "--config", str(file)], env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )
        last = time.monotonic() + START_SECONDS
        while not self._listens():
            if self.process.poll() is not None or time.monotonic() > last:
                said = (self.folder / "log").read_text(encoding="utf-8", errors="replace").strip()
                raise DemoFailure(f"sluiced does not listen: {said or 'it said nothing'}")
            time.sleep(0.01)

    def _listens(self) -> bool:
        with socket.socket(socket.AF_UNIX) as probe:
            try:
                probe.connect(str(self.socket))
            except (FileNotFoundError, ConnectionRefusedError):
                return False
            except OSError as error:
                raise DemoFailure(f"{self.socket}: {error}; a shorter TMPDIR may help") from error
            return True

    def _end(self) -> Optional[int]:
        """Ends the daemon in order and removes its folder; answers its exit code."""
        code = None
        if self.process is not None:
            self.process.send_signal(signal.SIGTERM)
            try:
                code = self.process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self.process.kill()
                code = self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)
        return code
