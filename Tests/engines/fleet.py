"""Processes that do the same at the same moment, each with a connection of its own."""

import multiprocessing
from typing import Any, Callable, List, Tuple

import sluice

PROCESSES = 16
SECONDS = 300
"""Far longer than a loaded machine takes."""

Work = Callable[[sluice.Repository, int], Any]
"""What one of them does, by its number. A function of a module, since a process must find it by its name."""


def run(work: Work, socket: str, repository: str) -> List[Any]:
    """What each of the processes answers, in the order of their numbers.

    Raises:
        AssertionError: when one has ended without an answer.
    """
    # Not forked from here: these tests have threads of drivers, which no fork takes along.
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["work"])
    gate = context.Barrier(PROCESSES)
    answers: "multiprocessing.Queue[Tuple[int, Any]]" = context.Queue()
    processes = [
        context.Process(target=_member, args=(work, socket, repository, number, gate, answers), daemon=True) for number in range(PROCESSES)
    ]
    try:
        for process in processes:
            process.start()
        found = dict(answers.get(timeout=SECONDS) for _ in processes)
        for process in processes:
            process.join(SECONDS)
            assert process.exitcode == 0, f"a process ended with {process.exitcode}"
    finally:
        for process in processes:
            if process.is_alive():
                process.kill()
    for answer in found.values():
        assert not isinstance(answer, Exception), repr(answer)
    return [found[number] for number in range(PROCESSES)]


def _member(work: Work, socket: str, repository: str, number: int, gate: Any, answers: Any) -> None:
    try:
        with sluice.connect(socket, timeout=SECONDS / 2) as client:
            handle = client.repository(repository)
            gate.wait(SECONDS)
            answers.put((number, work(handle, number)))
    except Exception as error:  # The test that started this process reports it.
        answers.put((number, error))
