"""The client for threads against a daemon that does what the test says."""

import os
import stat
import threading
import time
from pathlib import Path
from typing import List

import pytest

import sluice
from sluice import places
from fake_daemon import HANG_UP, FakeDaemon, frame

ID = "0123456789abcdef01234567"
DEFINE, GET_ONE, GET_ALL, SAVE, DELETE_ONE, COUNT, SAVE_MANY = 5, 16, 17, 18, 19, 21, 22


def stored(exchange):  # type: ignore[no-untyped-def]
    return exchange.reply(exchange.arguments[2])


def test_creates_carry_an_id_and_say_so() -> None:
    with FakeDaemon(stored) as daemon, sluice.connect(daemon.path, name="worker 7") as client:
        given = {"email": "ann@example.org"}
        ann = client.repository("users").save(given)
        assert len(ann["id"]) == 24 and given == {"email": "ann@example.org"}
        assert daemon.of(SAVE)[0].arguments[9] is True and 1 not in daemon.of(SAVE)[0].arguments
        client.repository("users").save({"id": ID})
        assert 9 not in daemon.of(SAVE)[1].arguments
        assert daemon.hellos[0][2] == "worker 7"
        assert client.limits["maxInFlight"] == 128


def test_a_create_survives_a_lost_connection_with_the_same_id() -> None:
    with FakeDaemon(lambda e: HANG_UP if e.attempt == 1 else stored(e)) as daemon, sluice.connect(daemon.path) as client:
        ann = client.repository("users").save({"n": 1})
        saves = daemon.of(SAVE)
        assert [(save.connection, save.attempt) for save in saves] == [(1, 1), (2, 2)]
        assert saves[0].arguments == saves[1].arguments and saves[0].arguments[2]["id"] == ann["id"]


def test_a_write_that_may_have_been_done_is_not_sent_again() -> None:
    with FakeDaemon(lambda e: HANG_UP) as daemon, sluice.connect(daemon.path) as client:
        users = client.repository("users")
        for write in (lambda: users.save({"n": 2}, {"id": ID}), lambda: users.delete_one({"id": ID}), lambda: users.save({"id": ID}),
                      lambda: users.upsert({"n": 1}), lambda: users.delete_all({"n": 1})):
            count = len(daemon.exchanges)
            with pytest.raises(sluice.Unavailable) as caught:
                write()
            assert caught.value.outcome_known is False and "users" in str(caught.value)
            client.ping()
            assert len([e for e in daemon.exchanges[count:] if e.operation != 1]) == 1


def test_reads_are_sent_again_until_their_time_is_over() -> None:
    with FakeDaemon(lambda e: HANG_UP) as daemon, sluice.connect(daemon.path) as client:
        with pytest.raises(sluice.Error) as caught:
            client.repository("users").count({}, timeout=3)
        assert caught.value.code in ("unavailable", "deadlineExceeded") and caught.value.outcome_known is True
        assert 1 < len(daemon.of(COUNT)) < 40


def test_what_did_not_happen_is_tried_again() -> None:
    def handler(e):  # type: ignore[no-untyped-def]
        return e.error("overloaded", retryable=True) if e.attempt < 3 else e.reply(None)

    with FakeDaemon(handler) as daemon, sluice.connect(daemon.path) as client:
        client.repository("users").delete_one({"id": ID})
        assert [e.attempt for e in daemon.of(DELETE_ONE)] == [1, 2, 3]


@pytest.mark.parametrize(
    "code, known, details", [("overloaded", False, {}), ("backendError", True, {}), ("unavailable", True, {"deleted": 3})])
def test_what_may_have_happened_or_cannot_be_mended_is_told(code: str, known: bool, details: "dict[str, int]") -> None:
    with FakeDaemon(lambda e: e.error(code, retryable=True, known=known, details=details)) as daemon:
        with sluice.connect(daemon.path) as client, pytest.raises(sluice.Error) as caught:
            client.repository("users").delete_all({"n": 1})
        assert (caught.value.code, caught.value.outcome_known, len(daemon.of(20))) == (code, known, 1)


def test_definitions_are_sent_again_before_anything_else() -> None:
    definition = {"name": "users", "indexes": ["email"], "unknown": {"kept": [1, None]}}

    def handler(e):  # type: ignore[no-untyped-def]
        return e.reply({"repository": e.repository} if e.operation == DEFINE else 7)

    with FakeDaemon(handler) as daemon, sluice.connect(daemon.path) as client:
        users = client.define_repository("users", definition)
        client.define_repository("users", definition)
        assert users.description == {"repository": "users"}
        daemon.hang_up()
        assert users.count() == 7
        again = [e for e in daemon.exchanges if e.connection == 2]
        assert [e.operation for e in again] == [DEFINE, COUNT]
        assert again[0].arguments[11] == definition


def test_requests_wait_for_their_repository_only() -> None:
    ready = threading.Event()

    def handler(e):  # type: ignore[no-untyped-def]
        if e.operation == DEFINE and e.connection == 2:
            return None
        return e.reply(7)

    with FakeDaemon(handler) as daemon, sluice.connect(daemon.path) as client:
        users = client.define_repository("users", {"name": "users"})
        daemon.hang_up()
        waiting = threading.Thread(target=lambda: (users.count(), ready.set()))
        waiting.start()
        assert client.repository("others").count() == 7
        assert not ready.is_set() and not [e for e in daemon.of(COUNT) if e.repository == "users"]
        redefinition = [e for e in daemon.of(DEFINE) if e.connection == 2][0]
        daemon.send(frame({0: 4, 1: redefinition.id, 2: {}}))
        waiting.join(30)
        assert ready.is_set()


def test_parts_are_put_together_and_pages_walked() -> None:
    def handler(e):  # type: ignore[no-untyped-def]
        if 10 in e.arguments:
            number = int(e.arguments.get(7, "0"))
            return e.reply([{"n": number}, {"n": number + 1}], **({"token": str(number + 2)} if number < 6 else {}))
        return [{0: 4, 1: e.id, 2: [{"n": 1}], 5: True}, {0: 4, 1: e.id, 2: [], 5: True}, {0: 4, 1: e.id, 2: [{"n": 2}]}]

    with FakeDaemon(handler) as daemon, sluice.connect(daemon.path) as client:
        users = client.repository("users")
        assert users.get_all() == [{"n": 1}, {"n": 2}]
        assert [user["n"] for user in users.scan({"role": "user"}, order="n", page_size=2)] == list(range(8))
        pages = [e.arguments for e in daemon.of(GET_ALL)[1:]]
        assert all(page[10] == 2 and page[1] == [["role", "eq", "user"]] and page[4] == [["n", "asc"]] for page in pages)


def test_outcomes_of_many() -> None:
    def handler(e):  # type: ignore[no-untyped-def]
        return e.reply([{1: e.arguments[3][0]}, {2: {1: "alreadyExists", 2: "m", 3: False, 4: True}}])

    with FakeDaemon(handler) as daemon, sluice.connect(daemon.path) as client:
        first, second = client.repository("users").save_many([{"n": 1}, {"id": ID}])
        assert isinstance(first, dict) and first["n"] == 1 and isinstance(second, sluice.AlreadyExists)
        assert daemon.of(SAVE_MANY)[0].arguments[9] == [True, False]


def test_no_more_in_flight_than_the_daemon_takes() -> None:
    lock, held, most = threading.Lock(), [], [0]

    def handler(e):  # type: ignore[no-untyped-def]
        with lock:
            held.append(e)
            most[0] = max(most[0], len(held))
            if len(held) < 4 and len(daemon.of(COUNT)) < 40:
                return None
            answers = [answer for one in held for answer in one.reply(1)]
            held.clear()
            return answers

    with FakeDaemon(handler, limits={"maxInFlight": 4}) as daemon, sluice.connect(daemon.path) as client:
        counts: List[int] = []
        threads = [threading.Thread(target=lambda: counts.append(client.repository("r").count())) for _ in range(40)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
        assert counts == [1] * 40 and most[0] == 4 and len(daemon.connections) == 1


def test_a_leaving_daemon_is_left_without_a_failure() -> None:
    gone: List[int] = []

    def handler(e):  # type: ignore[no-untyped-def]
        if e.connection == 1 and not gone:
            gone.append(e.id)
            return [{0: 6, 2: "restart"}, {0: 4, 1: e.id, 2: 1}]
        return e.reply(e.connection)

    with FakeDaemon(handler) as daemon, sluice.connect(daemon.path) as client:
        users = client.repository("users")
        assert [users.count(), users.count()] == [1, 2]


def test_the_deadline_is_on_the_wire_and_the_client_keeps_it_too() -> None:
    with FakeDaemon(lambda e: None) as daemon, sluice.connect(daemon.path, timeout=3.0) as client:
        users = client.repository("users")
        with pytest.raises(sluice.DeadlineExceeded) as read:
            users.count()
        with pytest.raises(sluice.DeadlineExceeded) as write:
            users.delete_one({"id": ID}, timeout=2.5)
        assert read.value.outcome_known is True and write.value.outcome_known is False
        assert 0 < daemon.of(COUNT)[0].deadline <= 3000 and 0 < daemon.of(DELETE_ONE)[0].deadline <= 2500
        # What nobody waits for any more is cancelled, and its late reply disturbs nobody.
        client.ping()
        cancelled = [e.id for e in daemon.exchanges if e.kind == 5]
        assert cancelled == [daemon.of(COUNT)[0].id, daemon.of(DELETE_ONE)[0].id]
        daemon.send(frame({0: 4, 1: cancelled[0], 2: 99}))
        client.ping()
        assert len(daemon.connections) == 1


@pytest.mark.parametrize("garbage", [
    b"\xff\xff\xff\xff", b"\x00\x00\x00\x00", b"\x00\x00\x00\x05\xdd\xff\xff\xff\xff", b"GET / HTTP/1.1\r\n\r\n", frame([1]), frame({1: 1}),
    frame({0: 4, 2: 1}),
])
def test_garbage_ends_the_connection_and_nothing_else(garbage: bytes) -> None:
    sent: List[int] = []

    def handler(e):  # type: ignore[no-untyped-def]
        if not sent:
            sent.append(1)
            daemon.send(garbage)
            return None
        return e.reply(5)

    with FakeDaemon(handler) as daemon, sluice.connect(daemon.path) as client:
        assert client.repository("r").count() == 5
        assert len(daemon.connections) == 2


def test_unknown_frames_and_keys_are_passed_over() -> None:
    with FakeDaemon(lambda e: [{0: 99, 7: "?"}, {0: 4, 1: e.id + 1000, 2: 0}, {0: 4, 1: e.id, 2: 5, 77: [1]}]) as daemon:
        with sluice.connect(daemon.path) as client:
            assert client.repository("r").count() == 5
            assert len(daemon.connections) == 1


def test_what_fits_in_no_frame_is_not_sent() -> None:
    with FakeDaemon(stored, limits={"maxInFlight": 2, "maxFrameBytes": 10_000}) as daemon, sluice.connect(daemon.path) as client:
        with pytest.raises(sluice.TooLarge) as caught:
            client.repository("r").save({"blob": b"x" * 10_000})
        assert caught.value.details == {"limit": "maxFrameBytes", "value": 10_000}
        assert client.repository("r").save({"blob": b"x" * 9_000})["blob"] == b"x" * 9_000


def test_large_frames_go_out_while_replies_come_in() -> None:
    with FakeDaemon(stored, limits={"maxInFlight": 8, "maxFrameBytes": 16 << 20}) as daemon, sluice.connect(daemon.path) as client:
        blob = b"7" * (5 << 20)
        found: List[bool] = []
        blobs = client.repository("r")
        threads = [threading.Thread(target=lambda: found.append(blobs.save({"blob": blob})["blob"] == blob)) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        assert found == [True] * 6


def test_a_thread_that_is_interrupted_leaves_the_connection_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    from sluice.channel import Channel

    with FakeDaemon(lambda e: e.reply(1)) as daemon, sluice.connect(daemon.path) as client:
        original = Channel.wait

        def interrupted(self: Channel, pending: object, until: float) -> None:
            raise KeyboardInterrupt

        monkeypatch.setattr(Channel, "wait", interrupted)
        with pytest.raises(KeyboardInterrupt):
            client.repository("r").count()
        monkeypatch.setattr(Channel, "wait", original)
        assert [client.repository("r").count() for _ in range(20)] == [1] * 20
        assert len(daemon.connections) == 1


def test_without_a_daemon_it_is_said_where_it_was_looked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(sluice.Unavailable) as caught:
        sluice.connect(str(tmp_path / "s"))
    assert str(tmp_path / "s") in str(caught.value) and caught.value.reason == "noDaemon"
    monkeypatch.setenv("SLUICE_SOCKET", str(tmp_path / "t"))
    with pytest.raises(sluice.Unavailable, match=str(tmp_path / "t")):
        sluice.connect()
    monkeypatch.delenv("SLUICE_SOCKET")
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    with FakeDaemon(lambda e: e.reply(1)) as daemon:
        os.makedirs(tmp_path / "sluice")
        os.symlink(daemon.path, tmp_path / "sluice" / "sluice.sock")
        with sluice.connect() as client:
            assert client.repository("r").count() == 1


def test_a_private_folder_that_others_could_have_made_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SLUICE_SOCKET", raising=False)
    monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    folder = tmp_path / f"sluice-{os.getuid()}"
    monkeypatch.setattr(places, "places", lambda path: [os.path.join(places.private_folder(), "sluice.sock")])
    folder.mkdir(mode=0o755)
    folder.chmod(0o755)
    with pytest.raises(sluice.Unauthorized, match="0755"):
        sluice.connect()
    folder.rmdir()
    other = tmp_path / "other"
    other.mkdir(mode=0o700)
    folder.symlink_to(other)
    with pytest.raises(sluice.Unauthorized, match="link"):
        sluice.connect()
    folder.unlink()
    folder.mkdir(mode=0o700)
    with FakeDaemon(lambda e: e.reply(1)) as daemon:
        (folder / "sluice.sock").symlink_to(daemon.path)
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        with sluice.connect() as client:
            assert client.repository("r").count() == 1


def test_a_closed_client_says_so() -> None:
    with FakeDaemon(lambda e: None) as daemon:
        client = sluice.connect(daemon.path)
        caught: List[sluice.Error] = []

        def wait() -> None:
            try:
                client.repository("r").count()
            except sluice.Error as error:
                caught.append(error)

        thread = threading.Thread(target=wait)
        thread.start()
        while not daemon.of(COUNT):
            time.sleep(0.005)
        client.close()
        thread.join(30)
        assert [error.code for error in caught] == ["unavailable"] and "closed" in str(caught[0])
        with pytest.raises(sluice.Unavailable, match="closed"):
            client.ping()


def test_a_daemon_that_does_not_greet_is_given_up() -> None:
    with FakeDaemon(lambda e: None, greet=False) as daemon, pytest.raises(sluice.DeadlineExceeded):
        sluice.connect(daemon.path, timeout=0.1)
