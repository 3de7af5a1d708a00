"""The demo itself, small, on the programs of a debug build: it passes, and it can fail."""

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
SMALL = ["--programs", str(ROOT / ".build/debug"), "--processes", "4", "--every", "40"]


def demo(*arguments, **environment):
    return subprocess.run(
        [sys.executable, str(ROOT / "demo/demo.py"), *arguments], env={**os.environ, **environment}, stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8", timeout=600,
    )


def test_every_record_is_right():
    done = demo(*SMALL, "--json")
    assert done.returncode == 0, done.stdout + done.stderr
    said = json.loads(done.stdout)
    assert said["off"] == [] and said["processes"] == 4 and said["clientConnections"] >= 4
    assert 200 < said["recordsVerified"] < 400
    assert 1 <= said["engineConnectionsMostBusy"] <= said["engineConnections"]
    assert [phase["phase"] for phase in said["phases"]] == ["connect", "load", "query", "update", "delete", "all"]
    assert all(phase["requests"] > 0 for phase in said["phases"])


def test_one_spoiled_record_is_found():
    done = demo(*SMALL, "--spoil")
    assert done.returncode == 1, done.stdout + done.stderr
    assert "name is 'spoiled' instead of" in done.stdout and "1 off" in done.stdout
    assert "\x1b" not in done.stdout, "no colour where there is no terminal"


def test_what_cannot_run_says_why():
    assert "postgresql" in demo(*SMALL, BACKEND="postgresql").stderr
    assert demo(*SMALL, "--backend", "postgresql").returncode == 2
    nowhere = demo(*SMALL, "--source", str(ROOT / "nowhere"))
    assert nowhere.returncode == 2 and "nowhere" in nowhere.stderr
    assert demo("--processes", "0").returncode == 2
    assert "pattern" in demo("--help").stdout
