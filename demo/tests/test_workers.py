"""A worker of either language sees when an answer is not what its source files say."""

import json
import sys
from pathlib import Path

import pytest

from daemon import Daemon
from fleet import HERE, Worker
from source import COLLECTIONS, LANGUAGES, SUBDIVISIONS

PROGRAMS = HERE.parent / ".build/debug"
SOURCE = {
    LANGUAGES: [
        {"alpha_3": "aaa", "name": "Ghotuo", "scope": "I", "type": "L"},
        {"alpha_3": "abc", "name": "Ambala 100%", "scope": "I", "type": "E"},
        {"alpha_3": "bbb", "name": "Barai", "scope": "I", "type": "L"},
    ],
    SUBDIVISIONS: [
        {"code": "AD-02", "name": "Canillo", "type": "Parish"},
        {"code": "AD-03", "name": "Encamp", "type": "Parish"},
        {"code": "AZ-CUL", "name": "Na\u00e7a", "parent": "NX", "type": "Rayon"},
    ],
}
SPOILED = {
    "a name": (LANGUAGES, 0, {"alpha_3": "aaa", "name": "Ghotua", "scope": "I", "type": "L"}, "query", "aaa"),
    # Swift's own == would call them the same.
    "a name by its bytes": (SUBDIVISIONS, 2, {"code": "AZ-CUL", "name": "Nac\u0327a", "parent": "NX", "type": "Rayon"}, "query", "AZ-CUL"),
    "a field more": (SUBDIVISIONS, 2, {"code": "AZ-CUL", "name": "Na\u00e7a", "type": "Rayon"}, "query", "parent"),
    "a record less": (SUBDIVISIONS, 1, None, "query", "subdivisions"),
    "a record less to delete": (SUBDIVISIONS, 1, None, "delete", "deleted of AD"),
    "another type": (LANGUAGES, 0, {"alpha_3": "aaa", "name": "Ghotuo", "scope": "I", "type": "H"}, "update", "type is"),
}


def worker(language, socket, source):
    program = [sys.executable, str(HERE / "worker.py")] if language == "python" else [str(PROGRAMS / "sluice-demo-worker")]
    options = {"--socket": socket, "--source": source, "--process": 0, "--processes": 1, "--every": 1}
    return Worker([*program, *(str(word) for pair in options.items() for word in pair)], language)


def perform(worker, *phases):
    """What failed in each phase; the worker is ended after the last."""
    failures = {}
    try:
        for phase in phases:
            worker.tell(phase)
            failures[phase] = worker.answer().failures
    finally:
        worker.process.kill()
        worker.process.communicate()
    return failures


def write(folder: Path, source):
    folder.mkdir()
    for collection in COLLECTIONS:
        (folder / collection.file).write_text(json.dumps({collection.list_key: source[collection]}), encoding="utf-8")
    return folder


@pytest.mark.parametrize("language", ["python", "swift"])
def test_a_worker_finds_nothing_wrong_where_nothing_is(language, tmp_path):
    with Daemon(PROGRAMS / "sluiced", "sqlite") as daemon:
        done = perform(worker(language, daemon.socket, write(tmp_path / "source", SOURCE)), "connect", "load", "query", "update", "delete")
        assert done == {"connect": [], "load": [], "query": [], "update": [], "delete": []}


@pytest.mark.parametrize("spoil", SPOILED.values(), ids=SPOILED.keys())
@pytest.mark.parametrize("language", ["python", "swift"])
def test_a_worker_finds_what_is_wrong(language, spoil, tmp_path):
    collection, index, record, phase, what = spoil
    records = SOURCE[collection]
    spoiled = {**SOURCE, collection: records[:index] + ([record] if record else []) + records[index + 1 :]}
    with Daemon(PROGRAMS / "sluiced", "sqlite") as daemon:
        perform(worker(language, daemon.socket, write(tmp_path / "source", SOURCE)), "connect", "load")
        done = perform(worker(language, daemon.socket, write(tmp_path / "spoiled", spoiled)), "connect", phase)
    assert done["connect"] == [] and any(what in failure for failure in done[phase]), done
