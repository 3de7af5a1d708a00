"""docs/engines.md says what the daemon states of each engine, and what exceptions.json holds."""

import json
import re
from typing import Any, Dict, Iterator, List

import pytest

import sluice
from casefile import EXCEPTIONS
from scene import Scene
from servers import ROOT, TABLE

PAGE = (ROOT / "docs/engines.md").read_text(encoding="utf-8")
LIMITS = json.loads((ROOT / "etc/full.json").read_text(encoding="utf-8"))["sluice"]["limits"]


def rows(heading: str) -> Iterator[List[str]]:
    """The cells of the table under a heading, its head included."""
    _, _, text = PAGE.partition(f"{heading}\n")
    for line in text.partition("\n## ")[0].splitlines():
        if line.startswith("|") and not line.startswith("| ---"):
            yield [cell.strip() for cell in line.strip("|").split("|")]


HEAD, *ROWS = rows("# Engines")
CELLS = {row[0].strip("`"): dict(zip((name.strip("`") for name in HEAD[1:]), row[1:])) for row in ROWS}
"""By behaviour and engine."""


def variants(scene: Scene) -> Dict[str, Dict[str, bool]]:
    """The capabilities under definitions that may change some, by what the page calls them."""

    def stated(definition: Dict[str, Any]) -> Dict[str, bool]:
        capabilities: Dict[str, bool] = scene.repository(definition).description["capabilities"]
        return capabilities

    result = {"another key than `id`": stated({"hashKey": "code"}), "a GSI": stated({"GSI": {"team": {}}})}
    if scene.server.engine == "mongodb":
        name = scene.new_name()
        scene.running.mongodb()[name].create_index("code")
        result["a plain index of the origin on the key"] = stated({"name": name, "hashKey": "code"})
    return result


def test_the_capabilities_are_those_that_the_daemon_states(scene: Scene) -> None:
    found = variants(scene)
    for capability, plain in scene.capabilities.items():
        others = [name for name, capabilities in found.items() if capabilities[capability] != plain]
        yes, no = ("yes", "no") if plain else ("no", "yes")
        said = f"{yes}; {no} with {' and '.join(others)}" if others else yes
        assert CELLS[capability][scene.server.engine] == said, capability


def test_what_must_be_configured_is_what_the_daemon_requires(scene: Scene) -> None:
    required = {engine["engine"]: engine["requiredProperties"] for engine in scene.client.backends()["supported"]}
    # It keeps nothing, and is there to be measured.
    del required["null"]
    assert [name.strip("`") for name in HEAD[1:]] == list(required)
    for engine, properties in required.items():
        first = CELLS["must be configured"][engine].split(";")[0]
        assert first == (", ".join(f"`{name}`" for name in properties) or "nothing"), engine


def test_the_largest_record_is_that_of_the_page(scene: Scene) -> None:
    items = scene.repository()
    with pytest.raises(sluice.TooLarge) as caught:
        # An engine's own bound is below the daemon's, or there is none.
        for size in (400 << 10, scene.client.limits["maxRecordBytes"]):
            items.save({"v": bytes(size)})
    said = caught.value.details
    assert CELLS["largest record"][scene.server.engine].startswith(f"{said['value']:,} bytes (`{said['limit']}`)")


def test_the_bounds_are_those_of_the_configuration() -> None:
    text = " ".join(CELLS["what Sluice finishes"].values())
    found = {name: int(number.replace(",", "")) for name, number in re.findall(r"`(\w+)` \(([\d,]+)\)", text)}
    assert found == {name: LIMITS[name] for name in ("maxFinishedRecords", "maxFinishedBytes")}


def test_the_known_exceptions_are_those_of_the_data() -> None:
    entries = json.loads(EXCEPTIONS.read_text(encoding="utf-8"))["exceptions"]
    expected = [[", ".join(f"`{name}`" for name in entry["servers"]), entry["case"], entry["reason"]] for entry in entries]
    assert list(rows("## Known exceptions"))[1:] == expected
    excepted = {server for entry in entries for server in entry["servers"]}
    for engine, cell in CELLS["known exceptions"].items():
        servers = {server.name for server in TABLE if server.engine == engine} | {engine}
        assert cell == ("[below](#known-exceptions)" if servers & excepted else "none"), engine
