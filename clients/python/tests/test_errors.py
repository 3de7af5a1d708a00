"""The errors and the numbers of the protocol, held against its data files."""

import json
import pickle
from pathlib import Path

import pytest

import sluice
from sluice import errors

DATA = Path(__file__).parents[3] / "protocol"


def test_every_code_of_the_protocol_has_a_class() -> None:
    for entry in json.loads((DATA / "errors.json").read_text())["errors"]:
        error = errors.from_wire({1: entry["code"], 2: "m", 3: entry["retryable"], 4: True})
        assert error.code == entry["code"] == type(error).code
        assert type(error)("m").retryable == entry["retryable"]
        assert isinstance(error, sluice.Error)


def test_operations_and_argument_keys_are_those_of_the_protocol() -> None:
    from sluice import calls

    data = json.loads((DATA / "operations.json").read_text())
    keys = {"filter": calls._FILTER, "object": calls._OBJECT, "objects": calls._OBJECTS, "order": calls._ORDER, "limit": calls._LIMIT,
            "offset": calls._OFFSET, "token": calls._TOKEN, "all": calls._ALL, "generated": calls._GENERATED,
            "pageSize": calls._PAGE_SIZE, "definition": calls._DEFINITION}
    assert keys == data["argumentKeys"]
    made = [
        calls.ping(), calls.backends(), calls.stats(), calls.repositories(), calls.define("r", {}), calls.get_one("r", {}),
        calls.get_all("r", None, None, None), calls.save("r", {}, None), calls.delete_one("r", {}), calls.delete_all("r", {}, True),
        calls.count("r", {}), calls.save_many("r", [{}]), calls.upsert("r", {}), calls.replace("r", {}),
        calls.explain("r", None, None, None),
    ]
    assert {call.name: call.operation for call in made} == {entry["name"]: entry["code"] for entry in data["operations"]}


def test_an_unknown_code_is_kept() -> None:
    error = errors.from_wire({1: "teapot", 2: "short and stout", 3: True, 4: False, 5: {"reason": "r"}})
    assert type(error) is sluice.BackendError
    assert (error.code, error.retryable, error.outcome_known, error.reason) == ("teapot", True, False, "r")


@pytest.mark.parametrize("wrong", [None, [], {}, {1: 7}])
def test_what_is_no_error_is_one(wrong: object) -> None:
    assert isinstance(errors.from_wire(wrong), sluice.BackendError)


def test_errors_travel_between_processes() -> None:
    error = pickle.loads(pickle.dumps(errors.from_wire({1: "overloaded", 2: "m", 3: True, 4: False, 5: {"limit": "x"}})))
    assert type(error) is sluice.Overloaded
    assert (str(error), error.retryable, error.outcome_known, error.details) == ("m", True, False, {"limit": "x"})
