"""What protocol/conformance holds: cases, and those that servers are known to fail."""

import json
from typing import Any, Dict, List, NamedTuple, Optional

from extended import Json, replaced
from servers import ROOT

FOLDER = ROOT / "protocol/conformance"
EXCEPTIONS = FOLDER / "exceptions.json"


class Case(NamedTuple):
    """A case as README.md there describes it."""

    name: str
    define: Json
    records: List[Json]
    steps: List[Json]
    """Once for each thing that a placeholder stands for."""
    needs: Optional[str]
    lacks: Optional[str]

    def __str__(self) -> str:
        return self.name

    def concerns(self, capabilities: Dict[str, bool]) -> bool:
        """Whether it says anything about an engine that can do this."""
        return (self.needs is None or capabilities[self.needs]) and (self.lacks is None or not capabilities[self.lacks])


class KnownException(NamedTuple):
    """A case that a server is known to fail, and how."""

    server: str
    case: str
    failure: str
    reason: str


KEYS = {"case", "define", "records", "needs", "lacks", "each", "steps", "values"}


def cases() -> List[Case]:
    """All of them, in the order of their files' names."""
    result: List[Case] = []
    for path in sorted(FOLDER.glob("*.json")):
        if path != EXCEPTIONS:
            file = json.loads(path.read_text(encoding="utf-8"))
            result += [_case(entry, file.get("fixtures", {})) for entry in file["cases"]]
    return result


def _case(entry: Dict[str, Any], fixtures: Dict[str, List[Json]]) -> Case:
    assert entry.keys() <= KEYS, f"{entry['case']}: {entry.keys() - KEYS}"
    records = entry.get("records", [])
    steps = entry["steps"] if "steps" in entry else [{"roundTrip": value} for value in entry["values"]]
    for placeholder, texts in entry.get("each", {}).items():
        steps = [replaced(step, placeholder, text) for text in texts for step in steps]
    return Case(
        entry["case"], entry.get("define", {}), fixtures[records] if isinstance(records, str) else records, steps, entry.get("needs"),
        entry.get("lacks"))


def exceptions() -> List[KnownException]:
    """All of them, one for each server."""
    entries = json.loads(EXCEPTIONS.read_text(encoding="utf-8"))["exceptions"]
    return [
        KnownException(server, entry["case"], entry["failure"], entry["reason"]) for entry in entries for server in entry["servers"]
    ]
