"""The worker processes, each an operating-system process of its own with a connection of its own."""

import json
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import List, NamedTuple, Optional, Type

from engine import DemoFailure

HERE = Path(__file__).resolve().parent
PHASES = ("connect", "load", "query", "update", "delete")
PHASE_SECONDS = 900
"""A phase that takes longer hangs: the workers are ended. Each request has a deadline of its own long before."""


class PhaseResult(NamedTuple):
    """What one worker said at the end of a phase."""

    microseconds: List[float]
    """How long each of its requests took."""
    failures: List[str]
    """What was not as the source files say."""


class Worker:
    """One process: told a phase by a line on its standard input, it answers by a line of JSON."""

    def __init__(self, command: List[str], name: str) -> None:
        self.name = name
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8")

    def tell(self, phase: str) -> None:
        assert self.process.stdin is not None
        try:
            self.process.stdin.write(phase + "\n")
            self.process.stdin.flush()
        except BrokenPipeError:
            pass  # Its answer, which will not come, says more.

    def answer(self) -> PhaseResult:
        """Raises DemoFailure when the process has ended instead."""
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line.endswith("\n"):
            raise DemoFailure(f"{self.name} ended with exit code {self.process.wait()}")
        said = json.loads(line)
        return PhaseResult(said["microseconds"], [f"{self.name}: {failure}" for failure in said["failures"]])


class Fleet:
    """All workers, half of them Python and half Swift. Used in a `with`, which ends them."""

    def __init__(self, processes: int, socket: Path, swift_worker: Path, source: Path, every: int) -> None:
        arguments = ["--socket", str(socket), "--processes", str(processes), "--source", str(source), "--every", str(every)]
        self.workers: List[Worker] = []
        try:
            for number in range(processes):
                is_python = number % 2 == 0
                program = [sys.executable, str(HERE / "worker.py")] if is_python else [str(swift_worker)]
                name = f"{'python' if is_python else 'swift'}-{number}"
                self.workers.append(Worker([*program, "--process", str(number), *arguments], name))
        except OSError as error:
            self._end()
            raise DemoFailure(f"a worker cannot be started: {error}") from error

    def __enter__(self) -> "Fleet":
        return self

    def __exit__(self, kind: Optional[Type[BaseException]], error: Optional[BaseException], trace: Optional[TracebackType]) -> None:
        self._end()

    def run(self, phase: str) -> List[PhaseResult]:
        """Every worker does the phase, all at once; answers when the last is done."""
        watchdog = threading.Timer(PHASE_SECONDS, self._end)
        watchdog.start()
        try:
            with ThreadPoolExecutor(len(self.workers)) as threads:
                try:
                    for worker in self.workers:
                        worker.tell(phase)
                    return list(threads.map(Worker.answer, self.workers))
                except BaseException:
                    # Or the threads, which the pool waits for, would wait for the others' answers.
                    self._end()
                    raise
        finally:
            watchdog.cancel()

    def _end(self) -> None:
        for worker in self.workers:
            worker.process.kill()
        for worker in self.workers:
            worker.process.wait()
