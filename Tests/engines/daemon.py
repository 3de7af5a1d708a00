"""A real `sluiced` on a server."""

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

from servers import ROOT

START_SECONDS, STOP_SECONDS = 60, 60


def program() -> str:
    """The daemon's program: SLUICED, or what the last build made."""
    given = os.environ.get("SLUICED")
    if given:
        return given
    built = [path for path in (ROOT / ".build" / kind / "sluiced" for kind in ("debug", "release")) if path.exists()]
    if not built:
        raise RuntimeError("there is no sluiced to test with: run 'swift build' first, or set SLUICED")
    return str(max(built, key=lambda path: path.stat().st_mtime))


class Daemon:
    """The process, its folder and its socket. Used in a `with`, which starts it and ends it in order."""

    def __init__(self, database: Dict[str, object]) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="sluice-engines-"))
        self.socket = str(self.folder / "s")
        configuration = {"database": database, "sluice": {"socket": self.socket, "data": str(self.folder / "data")}}
        (self.folder / "sluice.json").write_text(json.dumps(configuration), encoding="utf-8")
        self.process: Optional["subprocess.Popen[bytes]"] = None

    def __enter__(self) -> "Daemon":
        try:
            self.start()
        except BaseException:
            self._remove()
            raise
        return self

    def __exit__(self, kind: Optional[Type[BaseException]], error: Optional[BaseException], trace: Optional[TracebackType]) -> None:
        try:
            code = self.stop()
            assert code == 0, f"sluiced ended with {code}: {self.log}"
        finally:
            self._remove()

    @property
    def log(self) -> str:
        """What it has said so far."""
        return (self.folder / "log").read_text(encoding="utf-8", errors="replace")

    def start(self) -> None:
        """Starts it and waits until it listens."""
        # What SLUICE_* variables of the caller say is about another daemon.
        environment = {name: value for name, value in os.environ.items() if not name.startswith("SLUICE_")}
        with open(self.folder / "log", "ab") as log:
            self.process = subprocess.Popen(
                [program(), "--config", str(self.folder / "sluice.json")], env=environment, stdin=subprocess.DEVNULL, stdout=log,
                stderr=log)
        end = time.monotonic() + START_SECONDS
        while not self._listens():
            if self.process.poll() is not None or time.monotonic() > end:
                raise RuntimeError(f"sluiced does not listen: {self.log}")
            time.sleep(0.01)

    def stop(self, number: int = signal.SIGTERM) -> int:
        """Sends a signal and waits for the end. Answers the exit code."""
        assert self.process is not None
        self.process.send_signal(number)
        return self.process.wait(STOP_SECONDS)

    def _listens(self) -> bool:
        with socket.socket(socket.AF_UNIX) as probe:
            return probe.connect_ex(self.socket) == 0

    def _remove(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)
