"""A daemon of the demo's own, on an empty store of the engine that is asked for."""

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

from engine import DemoFailure, Engine

START_SECONDS, STOP_SECONDS = 30, 60


def configuration(database: Dict[str, object], folder: Path) -> Dict[str, object]:
    """The daemon's configuration for an engine. This is all that the daemon learns of it."""
    return {"database": database, "sluice": {"socket": str(folder / "sluice.sock"), "data": str(folder / "data")}}


class Daemon:
    """The process, its temporary folder and its socket. Used in a `with`, which starts and ends it."""

    def __init__(self, program: Path, engine: str) -> None:
        self.program = program
        self.folder = Path(tempfile.mkdtemp(prefix="sluice-demo-"))
        self.engine = Engine(engine, self.folder)
        self.socket = self.folder / "sluice.sock"
        self.process: Optional["subprocess.Popen[bytes]"] = None

    def __enter__(self) -> "Daemon":
        try:
            self.engine.__enter__()
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
        file.write_text(json.dumps(configuration(self.engine.database, self.folder)), encoding="utf-8")
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
        self.engine.__exit__(None, None, None)
        shutil.rmtree(self.folder, ignore_errors=True)
        return code
