"""Runs the suites one after the other, a line each, and adds up what passed and failed. scripts/test calls it from the root folder."""

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Callable, List, NamedTuple, Optional, Tuple

SUITE_SECONDS = 2400
"""A suite that takes longer hangs: it is ended and counts as one failure."""


class Count(NamedTuple):
    passed: int
    failed: int


Reading = Callable[[str], Optional[Count]]
"""Reads a suite's output; None when it holds no count."""


class Suite(NamedTuple):
    name: str
    commands: List[List[str]]
    read: Reading


def whole(output: str) -> Count:
    """For a command that is one check: its exit code says everything."""
    return Count(1, 0)


def swift_tests(output: str) -> Optional[Count]:
    """The closing lines of Swift Testing and of XCTest, which `swift test` runs one after the other."""
    runs = re.findall(r"^\S+ Test run with (\d+) tests?\b.* (passed|failed) after", output, re.M)
    # Every XCTest suite has such a line, the one around them all comes last.
    executed = re.findall(r"^\s*Executed (\d+) tests?, with (?:(\d+) tests? skipped and )?(\d+) failures?", output, re.M)
    if not runs and not executed:
        return None

    def ended(how: str) -> int:
        return len(re.findall(rf"^\S+ Test (?!run with |case passing ).*\b{how}", output, re.M))

    total = sum(int(number) for number, _ in runs)
    failed = ended("failed after")
    # A test that was skipped has not passed, whether or not the closing line counts it.
    skipped = ended("skipped") if ended("passed after") < total - failed else 0
    passed = max(0, total - failed - skipped)
    if any(how == "failed" for _, how in runs):
        failed = max(failed, 1)
    if executed:
        number, left_out, failures = (int(text or 0) for text in executed[-1])
        # "failures" counts assertions; a failed test may hold several.
        failed_cases = len(re.findall(r"^Test Case .* failed \(", output, re.M)) or min(failures, number)
        passed += max(0, number - left_out - failed_cases)
        failed += failed_cases
    return Count(passed, failed)


def pytest(output: str) -> Optional[Count]:
    """pytest's last line, such as `2 failed, 31 passed, 1 error in 4.05s`."""
    closing = re.findall(r"^=*\s*(\d+ [a-z]+.*) in [\d.]+s\b", output, re.M)
    if not closing:
        return None
    numbers = {word.rstrip("s"): int(number) for number, word in re.findall(r"(\d+) ([a-z]+)", closing[-1])}
    return Count(numbers.get("passed", 0), numbers.get("failed", 0) + numbers.get("error", 0))


def plain(output: str) -> Optional[Count]:
    """A last line `N passed, N failed`."""
    found = re.findall(r"^(\d+) passed, (\d+) failed$", output, re.M)
    return Count(int(found[-1][0]), int(found[-1][1])) if found else None


def suites() -> List[Suite]:
    result = [
        Suite("swift build", [["swift", "build"]], whole),
        Suite("swift format", [["swift", "format", "lint", "--strict", "--recursive", "Sources", "Tests", "Package.swift"]], whole),
        # What `make run` builds; that a file compiles for debugging does not say that it does so optimised.
        Suite("swift build for release", [["swift", "build", "-c", "release"]], whole),
        Suite("swift build of the tests", [["swift", "build", "--build-tests"]], whole),
    ]
    # Real servers for the engines' tests.
    result.append(Suite("test servers", [["scripts/test-servers"]], whole))
    # A target at a time: engines' tests keep every core busy, and beside them the clients' would wait for their turn instead of their peer.
    for target in sorted(path.name for path in Path("Tests").iterdir() if any(path.glob("*.swift"))):
        # Loads that run at the same time would keep each other from the processors for seconds.
        alone = ["--no-parallel"] if target == "StressTests" else []
        result.append(Suite(target, [["swift", "test", "--skip-build", *alone, "--filter", rf"^{target}\."]], swift_tests))
    # The engines' suites once more, for what they lose: an exit code that no test explains is a failure. moto would take minutes.
    result.append(Suite("leak check", [["env", "SKIP=DynamoConformanceTests", "scripts/leak-check"]], swift_tests))
    result.append(Suite("fuzz corpus", [[".build/debug/sluice-fuzz", "fuzz/corpus"]], plain))
    python = ".build-python/bin/python"
    check = Path("protocol/vectors/check.py")
    client = Path("clients/python")
    if check.exists() or client.is_dir():
        # Installed as a user would, so that the package itself is tested too.
        make = [["scripts/python-environment"]]
        if client.is_dir():
            make.append([python, "-m", "pip", "install", "--quiet", "./clients/python"])
        result.append(Suite("python environment", make, whole))
    if check.exists():
        result.append(Suite("protocol vectors", [[python, str(check)]], plain))
    if client.is_dir():
        result.append(Suite("python client", [[python, "-m", "pytest", str(client)]], pytest))
        # In the environment of the test servers, which has other drivers for them too.
        result.append(Suite("engines", [[".build-servers/bin/python", "-m", "pytest", "Tests/engines"]], pytest))
        # A twentieth of the records; 'make demo' takes them all.
        result.append(Suite("demo", [[python, "demo/demo.py", "--programs", ".build/debug", "--every", "20"]], whole))
        result.append(Suite("demo tests", [[python, "-m", "pytest", "demo/tests"]], pytest))
    return result


def execute(command: List[str], seconds: float) -> Tuple[int, str]:
    """Exit code and output of a command in a process group of its own, so that nothing it started outlives it by a hang."""
    try:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            encoding="utf-8", errors="replace", start_new_session=True,
        )
    except OSError as error:
        return 127, f"{command[0]}: {error}\n"
    try:
        output, _ = process.communicate(timeout=seconds)
        return process.returncode, output
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        output, _ = process.communicate()
        return 124, f"{output}\nended after {seconds:.0f} s\n"
    except KeyboardInterrupt:
        os.killpg(process.pid, signal.SIGKILL)
        raise


def run(suite: Suite) -> Count:
    """Runs a suite and says how it went; a failing one with all of its output."""
    print(f"{suite.name} …", flush=True)
    start = time.monotonic()
    code, output = 0, ""
    for command in suite.commands:
        code, more = execute(command, SUITE_SECONDS)
        output += more
        if code != 0:
            break
    count = judge(suite, code, output)
    if count.failed:
        print(output.rstrip("\n"))
        print(f"{suite.name}: exit code {code}")
    print(f"{suite.name}: {count.passed} passed, {count.failed} failed, {time.monotonic() - start:.0f} s", flush=True)
    return count


def judge(suite: Suite, code: int, output: str) -> Count:
    """A suite that ends badly, or counts nothing, is at least one failure."""
    if suite.read is whole:
        return Count(0, 1) if code else Count(1, 0)
    count = suite.read(output) or Count(0, 1)
    if count.failed == 0 and (code != 0 or count.passed == 0):
        return Count(count.passed, 1)
    return count


def main() -> int:
    counts = [run(suite) for suite in suites()]
    passed, failed = sum(count.passed for count in counts), sum(count.failed for count in counts)
    print(f"{passed} passed, {failed} failed", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
