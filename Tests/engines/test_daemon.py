"""What a daemon on each engine says of it: which engines there are, what they can do, and how questions are answered."""

from scene import Scene
from servers import TABLE


def test_every_engine_of_the_daemon_is_tested(scene: Scene) -> None:
    answer = scene.client.backends()
    assert {engine["engine"] for engine in answer["supported"]} == {server.engine for server in TABLE}
    assert [backend["engine"] for backend in answer["configured"]] == [scene.server.engine]


def test_a_question_is_explained(scene: Scene) -> None:
    items = scene.repository({"indexes": ["n"]})
    for outcome in items.save_many({"n": number, "text": f"{number}x"} for number in range(30)):
        assert isinstance(outcome, dict), outcome
    how = items.explain({"n": 7})
    assert how["engine"] == scene.server.engine and how["records"] == 1 and how["plan"]
    sorted_how = items.explain(order="n", sorting="desc", limit=5, offset=3)
    assert sorted_how["records"] == 5
    # An engine that does everything itself leaves nothing to the daemon.
    assert bool(sorted_how["finished"]) != scene.capabilities["nativeOrder"]
