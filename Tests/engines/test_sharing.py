"""Sixteen processes on one daemon: of creates of one key exactly one wins, and no update is lost."""

import fleet
from scene import Scene
from work import KEYS, ROUNDS, create_each, create_each_id, set_own_field, take


def test_of_concurrent_creates_of_one_key_exactly_one_wins(scene: Scene) -> None:
    items = scene.repository({"hashKey": "code"})
    won = fleet.run(create_each, scene.daemon.socket, items.name)
    winners = {key: number for number, keys in enumerate(won) for key in keys}
    assert sum(map(len, won)) == KEYS and winners.keys() == {f"c{key}" for key in range(KEYS)}
    assert {item["code"]: item["by"] for item in items.get_all()} == winners
    assert items.count() == KEYS


def test_of_concurrent_creates_of_one_id_exactly_one_wins(scene: Scene) -> None:
    items = scene.repository({"customId": True})
    won = fleet.run(create_each_id, scene.daemon.socket, items.name)
    winners = {key: number for number, keys in enumerate(won) for key in keys}
    assert sum(map(len, won)) == KEYS and len(winners) == KEYS
    assert {item["id"]: item["by"] for item in items.get_all()} == winners


def test_concurrent_updates_of_different_fields_lose_nothing(scene: Scene) -> None:
    items = scene.repository({"hashKey": "code"})
    before = items.save({"code": "shared", "kept": True})
    assert all(fleet.run(set_own_field, scene.daemon.socket, items.name))
    assert items.get_all() == [{**before, **{f"f{number}": ROUNDS for number in range(fleet.PROCESSES)}}]


def test_what_one_has_claimed_no_other_gets(scene: Scene) -> None:
    items = scene.repository({"hashKey": "code", "indexes": ["owner"]})
    for outcome in items.save_many({"code": f"c{number}"} for number in range(40)):
        assert isinstance(outcome, dict), outcome
    taken = fleet.run(take, scene.daemon.socket, items.name)
    owners = {code: number for number, codes in enumerate(taken) for code in codes}
    assert sum(map(len, taken)) == 40 and {item["code"]: item["owner"] for item in items.get_all()} == owners
