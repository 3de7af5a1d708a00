"""Both clients against a real daemon."""

import datetime
import decimal
import multiprocessing
import os
import signal
import threading
import time
from typing import Any, Dict, Iterator, List

import pytest

import sluice
from live_daemon import LiveDaemon

USERS = {"name": "users", "indexes": ["email", {"fields": ["login"], "unique": True}], "GSI": {"email": {}}}


@pytest.fixture
def daemon() -> Iterator[LiveDaemon]:
    with LiveDaemon() as one:
        yield one


def test_the_operations(daemon: LiveDaemon) -> None:
    with sluice.connect(daemon.path, timeout=20) as client:
        users = client.define_repository("users", USERS)
        assert users.description["capabilities"]["uniqueKey"] is True
        ann = users.save({"email": "ann@example.org", "name": "Ann", "age": 41, "role": "user", "login": "ann"})
        assert users.save({"name": "Anna"}, {"id": ann["id"]})["name"] == "Anna"
        assert client.repository("users").get_one({"email": "ann@example.org"}) == {**ann, "name": "Anna"}
        with pytest.raises(sluice.AlreadyExists):
            users.save({"login": "ann"})
        outcomes = users.save_many([{"name": f"An{n}", "role": "user", "age": n} for n in range(100)] + [{"login": "ann"}])
        assert isinstance(outcomes[100], sluice.AlreadyExists) and all(isinstance(one, dict) for one in outcomes[:100])
        found = users.get_all(sluice.Filter().match("role", "user").match_pattern("name", "An%").gt("age", 30), order="age",
                              sorting="desc", limit=10, offset=60)
        assert [user["age"] for user in found] == list(range(40, 30, -1))
        assert len({user["id"] for user in users.scan({"role": "user"}, page_size=7)}) == 101
        how = users.explain({"role": "user"}, order="name", sorting="desc", limit=10)
        assert how["records"] == 10 and how["plan"] and how["finished"] == []
        assert users.upsert({"id": ann["id"], "age": 42})["name"] == "Anna"
        assert users.replace({"id": ann["id"], "name": "Anna"}) == {"id": ann["id"], "name": "Anna"}
        users.delete_one({"id": ann["id"]})
        with pytest.raises(sluice.NotFound):
            users.delete_one({"id": ann["id"]})
        with pytest.raises(sluice.InvalidInput):
            users.delete_all({})
        assert users.delete_all({"role": "guest"}) == 0 and users.count({}) == 100
        assert users.delete_all(all=True) == 100
        with pytest.raises(sluice.InvalidInput) as caught:
            client.repository("nowhere").count()
        assert caught.value.reason == "undefinedRepository"
        assert [one["repository"] for one in client.repositories()] == ["users"]
        assert client.stats()["requests"]["deleteAll"] >= 2 and "sqlite" in str(client.backends())


def test_every_kind_comes_back(daemon: LiveDaemon) -> None:
    record = {
        "null": None, "true": True, "int": -(2**63), "float": 6.0, "text": "ü\U0001f600%_", "bytes": bytes(range(256)), "list": [1, [2.5]],
        "map": {"$gt": 1, "a.b": {"": None}}, "time": datetime.datetime(2026, 5, 4, 3, 2, 1, 987000, tzinfo=datetime.timezone.utc),
        "decimal": decimal.Decimal("12345678901234567890.1200"), "oid": sluice.ObjectId(os.urandom(12)),
    }
    with sluice.connect(daemon.path) as client:
        things = client.define_repository("things", {"name": "things"})
        back = things.get_one({"id": things.save(record)["id"]})
        back.pop("id")
        assert back == record
        assert {key: type(value) for key, value in back.items()} == {key: type(value) for key, value in record.items()}
        assert str(back["decimal"]) == "12345678901234567890.1200"
        for wrong in ({"a": float("nan")}, {"a": 2**63}, {"_id": 1}, {"$a": 1}, {1: 2}, {"a": "\0"}):
            with pytest.raises(sluice.InvalidInput):
                things.save(wrong)  # type: ignore[arg-type]


def test_fifty_threads_share_one_connection(daemon: LiveDaemon) -> None:
    with sluice.connect(daemon.path) as client:
        numbers = client.define_repository("numbers", {"name": "numbers"})
        faults: List[object] = []

        def work(worker: int) -> None:
            for n in range(20):
                saved = numbers.save({"worker": worker, "n": n})
                if (saved["worker"], saved["n"]) != (worker, n) or numbers.get_one({"id": saved["id"]}) != saved:
                    faults.append(saved)

        threads = [threading.Thread(target=work, args=(worker,)) for worker in range(50)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(120)
        assert not faults and numbers.count() == 1000
        assert client.stats()["connectionsAccepted"] <= 2


def _forked(repository: Any, worker: int, results: Any) -> None:
    try:
        results.put(sorted(repository.save({"worker": worker, "n": n})["id"] for n in range(50)))
    except BaseException as error:
        results.put(repr(error))


def test_forked_workers_open_their_own(daemon: LiveDaemon) -> None:
    context = multiprocessing.get_context("fork")
    with sluice.connect(daemon.path) as client:
        numbers = client.define_repository("numbers", {"name": "numbers"})
        stop = threading.Event()
        # The parent is in the middle of its own requests while it forks.
        busy = [threading.Thread(target=lambda: [numbers.count() for _ in iter(stop.is_set, True)]) for _ in range(4)]
        for thread in busy:
            thread.start()
        results = context.Queue()
        workers = [context.Process(target=_forked, args=(numbers, worker, results)) for worker in range(8)]
        for worker in workers:
            worker.start()
        made = [results.get(timeout=120) for _ in workers]
        for worker in workers:
            worker.join(60)
        stop.set()
        for thread in busy:
            thread.join(60)
        assert all(isinstance(one, list) for one in made), made
        ids = [id for one in made for id in one]
        assert len(set(ids)) == 400 == numbers.count()
        assert client.stats()["connectionsAccepted"] >= 9


def test_a_restart_is_not_noticed(daemon: LiveDaemon) -> None:
    _creates_survive(daemon, lambda: (daemon.stop(signal.SIGTERM), daemon.start()))


def test_creates_survive_kills_without_a_duplicate(daemon: LiveDaemon) -> None:
    _creates_survive(daemon, lambda: (daemon.stop(signal.SIGKILL), daemon.start()))


def _creates_survive(daemon: LiveDaemon, disturb: Any) -> None:
    with sluice.connect(daemon.path, timeout=60) as client:
        numbers = client.define_repository("numbers", {"name": "numbers"})
        stop, acknowledged, failures = threading.Event(), [], []  # type: ignore[var-annotated]

        def create(worker: int) -> None:
            n = 0
            try:
                while not stop.is_set():
                    acknowledged.append(numbers.save({"key": f"{worker}-{n}"})["key"])
                    n += 1
            except sluice.Error as error:
                failures.append(error)

        threads = [threading.Thread(target=create, args=(worker,)) for worker in range(6)]
        for thread in threads:
            thread.start()
        for _ in range(3):
            count = len(acknowledged)
            end = time.monotonic() + 60
            while len(acknowledged) < count + 50 and not failures and time.monotonic() < end:
                time.sleep(0.01)
            disturb()
        count = len(acknowledged)
        end = time.monotonic() + 60
        while len(acknowledged) < count + 50 and not failures and time.monotonic() < end:
            time.sleep(0.01)
        stop.set()
        for thread in threads:
            thread.join(120)
        assert not failures, failures
        stored = [record["key"] for record in numbers.scan()]
        assert len(stored) == len(set(stored)) and set(stored) == set(acknowledged)


def test_deadlines_reach_the_daemon(daemon: LiveDaemon) -> None:
    with sluice.connect(daemon.path) as client:
        numbers = client.define_repository("numbers", {"name": "numbers"})
        with pytest.raises(sluice.DeadlineExceeded):
            numbers.count(timeout=0.0)
        daemon.freeze()
        try:
            with pytest.raises(sluice.DeadlineExceeded) as caught:
                numbers.save({"n": 1}, {"n": 2}, timeout=3)
        finally:
            daemon.process.send_signal(signal.SIGCONT)
        assert caught.value.outcome_known is False
        client.ping()


def test_results_larger_than_a_frame(daemon: LiveDaemon) -> None:
    with sluice.connect(daemon.path) as client:
        blobs = client.define_repository("blobs", {"name": "blobs"})
        blob: Dict[str, Any] = {"blob": os.urandom(1 << 20)}
        for n in range(20):
            blobs.save({**blob, "n": n})
        assert [one["n"] for one in blobs.get_all(order="n")] == list(range(20))
        with pytest.raises(sluice.TooLarge):
            blobs.save({"blob": bytes(17 << 20)})
        assert blobs.count() == 20
