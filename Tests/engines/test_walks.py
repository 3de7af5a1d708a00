"""Walks by token over 1,025 records while others come and go, and over a restart of the daemon."""

import signal
import threading
import time
from typing import Any, Dict, List

import pytest

import sluice
from daemon import Daemon
from scene import TIMEOUT, Scene

ROWS, PAGE = 1_025, 100
ORDERS: List[Any] = [None, "n", [("n", "desc")], ["m", ("n", "desc")]]


class Churn(threading.Thread):
    """Creates and deletes records beside those that stay, over a connection of its own, until it is stopped."""

    def __init__(self, socket: str, repository: str) -> None:
        super().__init__()
        self.client = sluice.connect(socket, timeout=TIMEOUT)
        self.items = self.client.repository(repository)
        self.rounds = 0
        self.failure: Any = None
        self._stopped = threading.Event()

    def run(self) -> None:
        number = 0
        held: List[str] = []
        try:
            while not self._stopped.is_set():
                number += 7
                saved = self.items.save_many({"n": number % 50, "m": number % 13, "stays": False} for _ in range(5))
                held += [one["id"] for one in saved if isinstance(one, dict)]
                for gone in held[:5]:
                    self.items.delete_one({"id": gone})
                del held[:5]
                self.rounds += 1
        except Exception as error:
            self.failure = error

    def wait_for_more(self) -> None:
        """Returns when another round has passed."""
        before, end = self.rounds, time.monotonic() + TIMEOUT
        while self.rounds < before + 2 and self.failure is None and time.monotonic() < end:
            time.sleep(0.001)
        assert self.failure is None and self.rounds > before, self.failure

    def stop(self) -> None:
        self._stopped.set()
        self.join(TIMEOUT)
        self.client.close()
        assert not self.is_alive() and self.failure is None, self.failure


def filled(items: sluice.Repository, count: int) -> Dict[str, Dict[str, Any]]:
    """Records that stay, by id: ties, and fields that are missing here and there."""
    rows: List[Dict[str, Any]] = []
    for number in range(count):
        row: Dict[str, Any] = {"m": number % 13, "stays": True}
        if number % 10:
            row["n"] = number * 7 % 50
        rows.append(row)
    saved: Dict[str, Dict[str, Any]] = {}
    for outcome in items.save_many(rows):
        assert isinstance(outcome, dict), outcome
        saved[outcome["id"]] = outcome
    return saved


def test_a_walk_while_records_come_and_go_gives_each_that_stayed_once(scene: Scene) -> None:
    items = scene.repository({"indexes": ["n"]})
    stay = filled(items, ROWS)
    churn = Churn(scene.daemon.socket, items.name)
    churn.start()
    try:
        for order in ORDERS:
            found: List[Dict[str, Any]] = []
            for record in items.scan(order=order, page_size=PAGE):
                found.append(record)
                if len(found) % PAGE == 0:
                    churn.wait_for_more()
            kept = [record for record in found if record["stays"]]
            assert len(kept) == ROWS and {record["id"]: record for record in kept} == stay, order
            assert len({record["id"] for record in found}) == len(found), order
    finally:
        churn.stop()


def test_pages_by_offset_give_each_once(scene: Scene) -> None:
    items = scene.repository({"indexes": ["n"]})
    stay = filled(items, ROWS)
    for order in ["n", ["m", ("n", "desc")]]:
        found: List[Dict[str, Any]] = []
        for offset in range(0, ROWS, 200):
            found += items.get_all(order=order, limit=200, offset=offset)
        assert len(found) == ROWS and {record["id"]: record for record in found} == stay
        assert found == items.get_all(order=order)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL], ids=lambda number: number.name)
def test_a_walk_goes_on_after_a_restart_of_the_daemon(scene: Scene, number: signal.Signals) -> None:
    with Daemon(scene.running.database) as daemon, sluice.connect(daemon.socket, timeout=TIMEOUT) as client:
        name = scene.new_name()
        items = client.define_repository(name, {"name": name, "indexes": ["n"]})
        stay = filled(items, 3 * PAGE + 1)
        for order in ORDERS:
            found: List[Dict[str, Any]] = []
            for record in items.scan(order=order, page_size=PAGE):
                found.append(record)
                if len(found) == PAGE:
                    daemon.stop(number)
                    daemon.start()
            assert len(found) == len(stay) and {record["id"]: record for record in found} == stay, order
