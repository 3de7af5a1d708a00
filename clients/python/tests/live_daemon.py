"""A real `sluiced` of a test's own, on the embedded engine."""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[3]


def program() -> str:
    """The daemon's program: SLUICED, or what the last build made."""
    given = os.environ.get("SLUICED")
    if given:
        return given
    built = [path for path in (ROOT / ".build" / kind / "sluiced" for kind in ("debug", "release")) if path.exists()]
    if not built:
        raise RuntimeError("there is no sluiced to test with: run 'swift build' first, or set SLUICED")
    return str(max(built, key=lambda path: path.stat().st_mtime))


class LiveDaemon:
    """A process with a folder of its own; killed and removed at the end."""

    def __init__(self) -> None:
        self.folder = tempfile.mkdtemp(prefix="sluice-test-")
        self.path = os.path.join(self.folder, "s")
        self.start()

    def __enter__(self) -> "LiveDaemon":
        return self

    def __exit__(self, *_: object) -> None:
        self.stop(signal.SIGKILL)
        shutil.rmtree(self.folder, ignore_errors=True)

    def start(self) -> None:
        """Starts it and waits until it listens."""
        environment = {key: value for key, value in os.environ.items() if not key.startswith("SLUICE_")}
        with open(os.path.join(self.folder, "log"), "ab") as log:
            arguments = [program(), "--socket", self.path, "--data", os.path.join(self.folder, "data")]
            self.process = subprocess.Popen(arguments, stdout=log, stderr=log, env=environment)
        end = time.monotonic() + 30
        while not self._listens():
            if self.process.poll() is not None or time.monotonic() > end:
                raise RuntimeError(f"sluiced does not listen: {Path(self.folder, 'log').read_text()}")
            time.sleep(0.01)

    def stop(self, number: int = signal.SIGTERM) -> int:
        """Sends a signal and waits for the end. Answers the exit status."""
        self.process.send_signal(number)
        return self.process.wait(60)

    def freeze(self) -> None:
        """Stops it. What a thread does on its way there, after kill(2) has come back, may be an answer: so it waits for each of them."""
        self.process.send_signal(signal.SIGSTOP)
        end = time.monotonic() + 120
        while not self._stands_still():
            if time.monotonic() > end:
                raise RuntimeError("sluiced does not stop")
            time.sleep(0.001)

    def _stands_still(self) -> bool:
        # The state follows the name, which is in parentheses.
        stats = [path.read_text() for path in Path(f"/proc/{self.process.pid}/task").glob("*/stat")]
        return all(stat.rpartition(")")[2].split()[0] == "T" for stat in stats)

    def _listens(self) -> bool:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
            return probe.connect_ex(self.path) == 0
