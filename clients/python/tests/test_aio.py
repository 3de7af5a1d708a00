"""The client for asyncio, against both daemons."""

import asyncio
import signal
from typing import List

import pytest

import sluice
import sluice.aio
from fake_daemon import HANG_UP, FakeDaemon, frame
from live_daemon import LiveDaemon

DELETE_ONE, COUNT, SAVE = 19, 21, 18


def test_the_operations() -> None:
    async def run(path: str) -> None:
        async with sluice.aio.connect(path) as client:
            users = await client.define_repository("users", {"name": "users", "indexes": ["email"]})
            ann = await users.save({"email": "ann@example.org", "name": "Ann"})
            assert (await users.save({"name": "Anna"}, {"id": ann["id"]}))["name"] == "Anna"
            assert (await client.repository("users").get_one({"email": "ann@example.org"}))["name"] == "Anna"
            await asyncio.gather(*(users.save({"n": n}) for n in range(500)))
            last = await users.get_all(sluice.Filter().gte("n", 490), order="n", sorting="desc", limit=2)
            assert [one["n"] for one in last] == [499, 498]
            assert len([one async for one in users.scan(sluice.Filter().exists("n"), page_size=64)]) == 500
            outcomes = await users.save_many([{"id": ann["id"]}, {"n": -1}])
            assert isinstance(outcomes[0], sluice.AlreadyExists) and isinstance(outcomes[1], dict)
            assert (await users.upsert({"id": ann["id"], "age": 7}))["age"] == 7
            assert await users.replace({"id": ann["id"]}) == {"id": ann["id"]}
            await users.delete_one({"id": ann["id"]})
            with pytest.raises(sluice.NotFound):
                await users.get_one({"id": ann["id"]})
            assert await users.delete_all(sluice.Filter().lt("n", 0)) == 1 and await users.count() == 500
            assert (await users.explain(limit=3))["records"] == 3
            await client.ping()
            assert (await client.stats())["connectionsAccepted"] <= 2 and len(await client.repositories()) == 1
            assert "configured" in await client.backends() and client.limits["maxInFlight"] == 128

    with LiveDaemon() as daemon:
        asyncio.run(run(daemon.path))


def test_a_killed_daemon_loses_no_create() -> None:
    async def run(daemon: LiveDaemon) -> None:
        async with sluice.aio.connect(daemon.path, timeout=60) as client:
            numbers = await client.define_repository("numbers", {"name": "numbers"})
            acknowledged: List[str] = []
            stop = asyncio.Event()

            async def create(worker: int) -> None:
                n = 0
                while not stop.is_set():
                    acknowledged.append((await numbers.save({"key": f"{worker}-{n}"}))["key"])
                    n += 1

            tasks = [asyncio.create_task(create(worker)) for worker in range(20)]
            loop = asyncio.get_running_loop()
            for _ in range(3):
                count = len(acknowledged)
                while len(acknowledged) < count + 100:
                    await asyncio.sleep(0.01)
                await loop.run_in_executor(None, lambda: (daemon.stop(signal.SIGKILL), daemon.start()))
            stop.set()
            await asyncio.gather(*tasks)
            stored = [record["key"] async for record in numbers.scan()]
            assert len(stored) == len(set(stored)) and set(stored) == set(acknowledged)

    with LiveDaemon() as daemon:
        asyncio.run(asyncio.wait_for(run(daemon), 120))


def test_a_cancelled_task_ends_its_request() -> None:
    async def run(daemon: FakeDaemon) -> None:
        async with sluice.aio.connect(daemon.path) as client:
            task = asyncio.create_task(client.repository("r").count())
            while not daemon.of(COUNT):
                await asyncio.sleep(0.005)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            await client.ping()
            assert [e.id for e in daemon.exchanges if e.kind == 5] == [daemon.of(COUNT)[0].id]
            daemon.send(frame({0: 4, 1: daemon.of(COUNT)[0].id, 2: 1}))
            await client.ping()

    with FakeDaemon(lambda e: None) as daemon:
        asyncio.run(run(daemon))


def test_deadlines_and_losses_are_those_of_the_other_client() -> None:
    async def run(daemon: FakeDaemon) -> None:
        async with sluice.aio.connect(daemon.path) as client:
            users = client.repository("users")
            with pytest.raises(sluice.DeadlineExceeded) as late:
                await users.count(timeout=0.1)
            assert late.value.outcome_known is True
            with pytest.raises(sluice.Unavailable) as lost:
                await users.delete_one({"n": 1})
            assert lost.value.outcome_known is False
            assert len((await users.save({"n": 1}))["id"]) == 24
            assert [e.attempt for e in daemon.of(SAVE)] == [1, 2] and len(daemon.of(DELETE_ONE)) == 1

    def handler(e):  # type: ignore[no-untyped-def]
        if e.operation == COUNT:
            return None
        return HANG_UP if e.operation == DELETE_ONE or e.attempt == 1 else e.reply(e.arguments[2])

    with FakeDaemon(handler) as daemon:
        asyncio.run(run(daemon))


def test_without_a_daemon() -> None:
    async def run() -> None:
        await sluice.aio.connect("/nowhere/s")

    with pytest.raises(sluice.Unavailable, match="/nowhere/s"):
        asyncio.run(run())


def test_another_loop_is_refused() -> None:
    with FakeDaemon(lambda e: e.reply(1)) as daemon:
        async def connect() -> sluice.aio.Client:
            return await sluice.aio.connect(daemon.path)

        client = asyncio.run(connect())
        with pytest.raises(sluice.Unavailable, match="loop"):
            asyncio.run(client.ping())
