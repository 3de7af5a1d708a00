"""The engine that a demo's daemon works on: nothing for the embedded one, a real server of the demo's own for the others."""

import os
import shutil
import socket
import subprocess
import time
from pathlib import Path
from types import TracebackType
from typing import Dict, List, Optional, Type

from loopback import free_port

SERVERS = Path(__file__).resolve().parent.parent / ".build-servers/bin"
START_SECONDS, STOP_SECONDS = 60, 20


class DemoFailure(Exception):
    """The demo cannot go on, for a reason that a person can do something about."""


class Engine:
    """A server process that listens on loopback and keeps its data in a folder. Used in a `with`, which starts and ends it."""

    def __init__(self, name: str, folder: Path) -> None:
        """Raises DemoFailure for an engine that the demo does not know, and where its server finds no port."""
        self.folder = folder / "engine"
        try:
            self.port = free_port()
        except OSError as error:
            raise DemoFailure(str(error)) from error
        self.process: Optional["subprocess.Popen[bytes]"] = None
        if name == "sqlite":
            self.command: List[str] = []
            self.database: Dict[str, object] = {"dbName": "sqlite", "dbInfo": {}}
        elif name == "mongodb":
            self.command = ["secantusd-py", "--port", str(self.port), "--storage-path", str(self.folder)]
            self.database = {"dbName": "mongodb", "dbInfo": {"host": f"127.0.0.1:{self.port}", "database": "demo"}}
        elif name == "dynamodb":
            self.command = ["roto-server", "--port", str(self.port), "--data-dir", str(self.folder)]
            # A local server takes any credentials, but requests must be signed with some.
            keys = {"AWSSecretKeyID": "demo", "AWSSecretAccessKey": "demo"}
            self.database = {
                "dbName": "dynamodb", "dbInfo": {"endpoint": f"http://127.0.0.1:{self.port}", "awsRegion": "us-east-1", **keys},
            }
        elif name == "postgresql":
            raise DemoFailure("the engine postgresql is not there yet; this demo runs on sqlite, mongodb and dynamodb")
        else:
            raise DemoFailure(f"there is no engine {name!r}: sqlite, mongodb or dynamodb")

    def __enter__(self) -> "Engine":
        if not self.command:
            return self
        program = SERVERS / self.command[0]
        if not program.exists():
            raise DemoFailure(f"{program} is not there; scripts/test-servers installs it")
        self.folder.mkdir(parents=True)
        log = self.folder.parent / "engine.log"
        environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
        with open(log, "wb") as output:
            self.process = subprocess.Popen(
                [str(program), *self.command[1:]], stdin=subprocess.DEVNULL, stdout=output, stderr=output, env=environment,
                cwd=self.folder,
            )
        try:
            self._wait(log)
        except BaseException:
            self._end()
            raise
        return self

    def __exit__(self, kind: Optional[Type[BaseException]], error: Optional[BaseException], trace: Optional[TracebackType]) -> None:
        self._end()

    def _wait(self, log: Path) -> None:
        last = time.monotonic() + START_SECONDS
        while not self._listens():
            if self.process is None or self.process.poll() is not None or time.monotonic() > last:
                said = log.read_text(encoding="utf-8", errors="replace").strip()
                raise DemoFailure(f"{self.command[0]} does not listen: {said or 'it said nothing'}")
            time.sleep(0.05)

    def _listens(self) -> bool:
        with socket.socket(socket.AF_INET) as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def _end(self) -> None:
        if self.process is None:
            return
        self.process.terminate()
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process = None
        shutil.rmtree(self.folder, ignore_errors=True)
