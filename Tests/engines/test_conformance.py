"""Every case of protocol/conformance on every server, through a daemon and the client."""

from typing import Dict

import pytest

from casefile import Case, KnownException, cases, exceptions
from scene import Scene
from servers import PRODUCTS, TABLE
from step import Failure, run

CASES = cases()
KNOWN: Dict[object, KnownException] = {(one.server, one.case): one for one in exceptions()}


@pytest.mark.parametrize("case", CASES, ids=str)
def test_case(scene: Scene, case: Case) -> None:
    if not case.concerns(scene.capabilities):
        return
    known = KNOWN.get((scene.server.name, case.name))
    if known is None:
        return run(case, scene)
    with pytest.raises(Failure) as caught:
        run(case, scene)
        pytest.fail(f"the exception for {known.server} is not needed any more: the case passes")
    assert known.failure in str(caught.value)


def test_the_data_says_what_it_should() -> None:
    names = [case.name for case in CASES]
    assert len(names) >= 120 and len(set(names)) == len(names)
    servers = {server.name for server in TABLE} | set(PRODUCTS)
    for exception in exceptions():
        # Its case may also be one that stands in the Swift suite alone.
        assert exception.server in servers and exception.failure and "(https://" in exception.reason, exception
