"""Data in the origin's layout in DynamoDB, written and read by AWS's own driver beside the daemon (boto3)."""

import datetime
import time
import uuid
from typing import Any, Dict, List, Optional, Tuple

import pytest

import sluice
from extended import same
from scene import Scene
from servers import servers

pytestmark = pytest.mark.parametrize("scene", servers("dynamodb"), indirect=True, ids=str)

DOCUMENT: Dict[str, Any] = {
    "name": {"S": "Ann"}, "age": {"N": "41"}, "big": {"N": "9007199254740993"}, "ratio": {"N": "1.5"}, "is": {"BOOL": True},
    "none": {"NULL": True}, "blob": {"B": b"\x00\xff"}, "empty": {"S": ""}, "tags": {"L": [{"S": "a"}, {"N": "1"}, {"M": {}}]},
    "address": {"M": {"city": {"S": "Ohrid"}}},
}
"""What the origin may have stored."""

RECORD: Dict[str, Any] = {
    "name": "Ann", "age": 41, "big": 9007199254740993, "ratio": 1.5, "is": True, "none": None, "blob": b"\x00\xff", "empty": "",
    "tags": ["a", 1, {}], "address": {"city": "Ohrid"},
}
"""The same as callers see it."""

Key = List[Tuple[str, str]]
"""Attributes with their types, hash first."""

ID: Key = [("id", "S")]


class Table:
    """A table as the origin makes it, by AWS's driver."""

    def __init__(self, scene: Scene, key: Key = ID, indexes: Optional[Dict[str, Key]] = None) -> None:
        self.client: Any = scene.running.dynamodb("client")
        self.name = scene.new_name()
        capacity = {"ReadCapacityUnits": 5, "WriteCapacityUnits": 5}
        more: Dict[str, Any] = {}
        if indexes:
            more["GlobalSecondaryIndexes"] = [
                {
                    "IndexName": name, "KeySchema": _schema(fields), "Projection": {"ProjectionType": "ALL"},
                    "ProvisionedThroughput": capacity,
                }
                for name, fields in indexes.items()
            ]
        types = dict(key + [field for fields in (indexes or {}).values() for field in fields])
        self.client.create_table(
            TableName=self.name, KeySchema=_schema(key), ProvisionedThroughput=capacity,
            AttributeDefinitions=[{"AttributeName": name, "AttributeType": kind} for name, kind in types.items()], **more)
        self.client.get_waiter("table_exists").wait(TableName=self.name)

    def put(self, **attributes: Dict[str, Any]) -> None:
        self.client.put_item(TableName=self.name, Item=attributes)

    def items(self) -> List[Dict[str, Any]]:
        found: List[Dict[str, Any]] = self.client.scan(TableName=self.name, ConsistentRead=True)["Items"]
        return found


def _schema(key: Key) -> List[Dict[str, str]]:
    return [{"AttributeName": name, "KeyType": kind} for (name, _), kind in zip(key, ["HASH", "RANGE"])]


def _description(scene: Scene, items: sluice.Repository) -> Dict[str, Any]:
    client: Any = scene.running.dynamodb("client")
    found: Dict[str, Any] = client.describe_table(TableName=items.description["definition"]["name"])["Table"]
    return found


def _eventually(holds: Any) -> None:
    """Reads through a GSI, and what a service makes beside its answers, come a moment later."""
    end = time.monotonic() + 60
    while not holds() and time.monotonic() < end:
        time.sleep(0.1)
    assert holds()


def test_uuids_of_the_origin_are_read_changed_and_deleted(scene: Scene) -> None:
    table = Table(scene)
    ids = [str(uuid.uuid4()), f"{7:024x}"]
    for one in ids:
        table.put(id={"S": one}, **DOCUMENT)
    items = scene.repository({"name": table.name, "readCapacity": 5, "writeCapacity": 5})
    for one in ids:
        expected = {**RECORD, "id": one}
        for found in [items.get_one({"id": one}), *items.get_all({"id": one}), *items.get_all(sluice.Filter().in_("id", [one]))]:
            assert same(found, expected), found
        assert items.count({"id": one, "address.city": "Ohrid"}) == 1
        assert same(items.save({"age": 42}, {"id": one}), {**expected, "age": 42})
    assert {item["id"]["S"]: item["age"] for item in table.items()} == {one: {"N": "42"} for one in ids}
    assert {record["id"] for record in items.scan(order="id", page_size=1)} == set(ids)
    items.delete_one({"id": ids[0]})
    assert [item["id"]["S"] for item in table.items()] == ids[1:]
    with pytest.raises(sluice.InvalidInput):
        items.save({"id": ids[0]})


def test_what_is_saved_stands_in_the_origins_layout(scene: Scene) -> None:
    items = scene.repository()
    saved = items.save(RECORD)
    description = _description(scene, items)
    assert description["KeySchema"] == _schema(ID)
    client: Any = scene.running.dynamodb("client")
    found = client.get_item(TableName=description["TableName"], Key={"id": {"S": saved["id"]}}, ConsistentRead=True)["Item"]
    assert found == {**DOCUMENT, "id": {"S": saved["id"]}}


@pytest.mark.parametrize("kinds", [("S", "N"), ("N", "S"), ("B", "B")], ids="".join)
def test_hash_and_range_keys_are_those_of_the_table(scene: Scene, kinds: Tuple[str, str]) -> None:
    values = {"S": ("x", "y", "z"), "N": (1, 2, 3), "B": (b"x", b"y", b"z")}
    hash_values, range_values = values[kinds[0]], values[kinds[1]]
    table = Table(scene, [("team", kinds[0]), ("at", kinds[1])])

    def attribute(kind: str, value: Any) -> Dict[str, Any]:
        return {kind: str(value) if kind == "N" else value}

    for value in range_values:
        table.put(team=attribute(kinds[0], hash_values[0]), at=attribute(kinds[1], value), id={"S": str(uuid.uuid4())})
    definition = {
        "name": table.name, "hashKey": "team", "hashKeyType": kinds[0], "rangeKey": "at", "rangeKeyType": kinds[1], "readCapacity": 5,
        "writeCapacity": 5,
    }
    items = scene.repository(definition)
    assert items.description["capabilities"]["uniqueKey"] and not items.description["capabilities"]["uniqueId"]
    found = items.get_all({"team": hash_values[0]}, order="at", sorting="desc")
    assert [item["at"] for item in found] == list(range_values[::-1])
    assert items.get_one({"team": hash_values[0], "at": range_values[1]})["at"] == range_values[1]
    with pytest.raises(sluice.AlreadyExists):
        items.save({"team": hash_values[0], "at": range_values[0]})
    saved = items.save({"team": hash_values[1], "at": range_values[0]})
    key = {"team": attribute(kinds[0], hash_values[1]), "at": attribute(kinds[1], range_values[0])}
    assert table.client.get_item(TableName=table.name, Key=key, ConsistentRead=True)["Item"] == {**key, "id": {"S": saved["id"]}}
    with pytest.raises(sluice.InvalidInput) as caught:
        scene.repository({**definition, "rangeKey": "other"})
    assert caught.value.reason == "definitionConflict"


def test_a_table_with_another_key_is_a_conflict(scene: Scene) -> None:
    table = Table(scene, [("code", "S")])
    for definition in [{}, {"hashKey": "other"}, {"hashKey": "code", "hashKeyType": "N"}, {"hashKey": "code", "rangeKey": "at"}]:
        with pytest.raises(sluice.InvalidInput) as caught:
            scene.repository({"name": table.name, **definition})
        assert caught.value.reason == "definitionConflict", definition
    scene.repository({"name": table.name, "hashKey": "code"})


def test_the_origins_gsi_is_used_and_a_missing_one_added(scene: Scene) -> None:
    table = Table(scene, indexes={"email-index": [("email", "S")]})
    for number in range(3):
        table.put(id={"S": str(uuid.uuid4())}, email={"S": f"a{number}@x"}, team={"S": "x"})
    gsi = {"email": {"readCapacity": 5, "writeCapacity": 5}}
    items = scene.repository({"name": table.name, "GSI": gsi, "readCapacity": 5, "writeCapacity": 5})
    _eventually(lambda: [item["email"] for item in items.get_all({"email": "a1@x"})] == ["a1@x"])
    assert "email-index" in " ".join(items.explain({"email": "a1@x"})["plan"])
    names = {index["IndexName"] for index in _description(scene, items)["GlobalSecondaryIndexes"]}
    assert names == {"email-index"}
    more = scene.repository({"name": table.name, "GSI": {**gsi, "team": {}}, "readCapacity": 5, "writeCapacity": 5})
    names = {index["IndexName"] for index in _description(scene, more)["GlobalSecondaryIndexes"]}
    assert names == {"email-index", "team-index"}
    _eventually(lambda: more.count({"team": "x"}) == 3)


def test_a_gsi_has_the_origins_name_and_projection(scene: Scene) -> None:
    items = scene.repository({"GSI": {"team": {"rangeKey": "age", "rangeKeyType": "N"}}})
    saved = items.save({"team": "x", "age": 41, "more": "y"})
    description = _description(scene, items)
    (index,) = description["GlobalSecondaryIndexes"]
    assert index["IndexName"] == "team-index" and index["Projection"] == {"ProjectionType": "ALL"}
    assert index["KeySchema"] == _schema([("team", "S"), ("age", "N")])
    client: Any = scene.running.dynamodb("client")
    query = {
        "TableName": description["TableName"], "IndexName": "team-index", "KeyConditionExpression": "team = :team",
        "ExpressionAttributeValues": {":team": {"S": "x"}},
    }
    _eventually(lambda: client.query(**query)["Items"] == [
        {"id": {"S": saved["id"]}, "team": {"S": "x"}, "age": {"N": "41"}, "more": {"S": "y"}}])


def test_time_to_live_as_text_is_the_expiry_it_is(scene: Scene) -> None:
    table = Table(scene)
    now = int(time.time())
    for name, expiry in [("new", now + 1_000), ("later", now + 2_000), ("old", now - 10)]:
        table.put(id={"S": str(uuid.uuid4())}, name={"S": name}, created={"S": str(expiry)})
    table.put(id={"S": str(uuid.uuid4())}, name={"S": "forever"})
    items = scene.repository({
        "name": table.name, "enableTtl": True, "ttlAttribute": "created", "ttl": 3600, "readCapacity": 5, "writeCapacity": 5,
    })

    def created(expiry: int) -> datetime.datetime:
        return datetime.datetime.fromtimestamp(expiry - 3_600, datetime.timezone.utc)

    found = {item["name"]: item.get("created") for item in items.get_all()}
    assert found == {"new": created(now + 1_000), "later": created(now + 2_000), "forever": None}
    assert items.count({"name": "old"}) == 0
    assert [item["name"] for item in items.get_all(sluice.Filter().gt("created", created(now + 1_500)))] == ["later"]
    assert [item["name"] for item in items.get_all({"created": created(now + 1_000)})] == ["new"]
    assert [item["name"] for item in items.get_all(order="created")] == ["forever", "new", "later"]
    # An update of another field leaves it what it was, and one of the time writes the number that DynamoDB expires.
    items.save({"seen": True}, {"name": "new"})
    assert items.get_one({"name": "new"})["created"] == created(now + 1_000)
    items.save({"created": created(now + 500)}, {"name": "new"})
    assert [item["created"] for item in table.items() if item["name"]["S"] == "new"] == [{"N": str(now + 500)}]


def test_time_to_live_is_written_as_the_number_that_expires(scene: Scene) -> None:
    items = scene.repository({"enableTtl": True, "ttlAttribute": "created", "ttl": 3600})
    saved = items.save({"name": "x"})
    client: Any = scene.running.dynamodb("client")
    name = items.description["definition"]["name"]
    (item,) = client.scan(TableName=name, ConsistentRead=True)["Items"]
    assert item["created"] == {"N": str(int(saved["created"].timestamp()) + 3_600)}
    said = client.describe_time_to_live(TableName=name)["TimeToLiveDescription"]
    assert said["AttributeName"] == "created" and said["TimeToLiveStatus"] in ("ENABLED", "ENABLING")
