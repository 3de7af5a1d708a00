"""What the processes of a fleet do. Nothing else stands here, so that each of them starts fast."""

from typing import List

import sluice

KEYS = 10
ROUNDS = 10


def _create_each(items: sluice.Repository, number: int, field: str) -> List[str]:
    won = []
    for key in range(KEYS):
        try:
            items.save({field: f"c{key}", "by": number})
        except sluice.AlreadyExists:
            continue
        won.append(f"c{key}")
    return won


def create_each(items: sluice.Repository, number: int) -> List[str]:
    """Creates every key. Answers those that were won."""
    return _create_each(items, number, "code")


def create_each_id(items: sluice.Repository, number: int) -> List[str]:
    """The same with ids of the caller's own."""
    return _create_each(items, number, "id")


def set_own_field(items: sluice.Repository, number: int) -> bool:
    """Counts in a field of its own, and sees each update in what it answers."""
    for count in range(1, ROUNDS + 1):
        if items.save({f"f{number}": count}, {"code": "shared"})[f"f{number}"] != count:
            return False
    return True


def take(items: sluice.Repository, number: int) -> List[str]:
    """Claims free records until there are none: an update whose filter names what it changes."""
    taken = []
    while True:
        try:
            taken.append(items.save({"owner": number}, {"owner": None})["code"])
        except sluice.NotFound:
            return taken
