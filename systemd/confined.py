#!/usr/bin/env python3
"""Runs a program under the system call rules of a unit, without systemd and without being root: for tests, and to try what a driver needs.

    systemd/confined.py systemd/sluice.service .build/debug/sluiced --socket /tmp/s.sock --data /tmp/d

It obeys SystemCallFilter=, SystemCallErrorNumber=, RestrictAddressFamilies= and MemoryDenyWriteExecute= (systemd.exec(5)) by libseccomp,
which every systemd brings along. What is refused fails with the unit's error number, also where systemd would choose another.
"""

import ctypes
import errno
import mmap
import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import Dict, List, Set

ALLOW = 0x7FFF0000
FAIL = 0x00050000
EQUAL, MASKED_EQUAL = 4, 7


class Comparison(ctypes.Structure):
    """struct scmp_arg_cmp of seccomp_rule_add(3)."""

    _fields_ = [("argument", ctypes.c_uint), ("operator", ctypes.c_int), ("a", ctypes.c_uint64), ("b", ctypes.c_uint64)]


def settings(unit: str) -> Dict[str, List[str]]:
    """The unit's lines by their key, in their order."""
    result: Dict[str, List[str]] = {}
    for line in Path(unit).read_text().splitlines():
        key, separator, value = line.partition("=")
        if separator and not line.startswith("#"):
            result.setdefault(key, []).append(value)
    return result


def calls(name: str) -> Set[str]:
    """The system calls that a name of SystemCallFilter= stands for."""
    if not name.startswith("@"):
        return {name}
    listing = subprocess.run(["systemd-analyze", "syscall-filter", name], check=True, stdout=subprocess.PIPE, encoding="utf-8").stdout
    members = [line.strip() for line in listing.splitlines()[1:]]
    return set().union(*(calls(member) for member in members if member and not member.startswith("#")))


def allowed(filters: List[str]) -> Set[str]:
    """An allow list, its first line, less what further lines take away."""
    result: Set[str] = set()
    for line in filters:
        named = set().union(*(calls(name) for name in line.lstrip("~").split()))
        result = result - named if line.startswith("~") else result | named
    return result


def conditions(unit: Dict[str, List[str]]) -> Dict[str, List[Comparison]]:
    """Calls that are allowed only when one of these holds."""
    result: Dict[str, List[Comparison]] = {}
    for families in unit.get("RestrictAddressFamilies", []):
        result["socket"] = [Comparison(0, EQUAL, getattr(socket, family), 0) for family in families.split()]
    if unit.get("MemoryDenyWriteExecute") == ["yes"]:
        result["mmap"] = [Comparison(2, MASKED_EQUAL, bit, 0) for bit in (mmap.PROT_EXEC, mmap.PROT_WRITE)]
        result["mprotect"] = result["pkey_mprotect"] = [Comparison(2, MASKED_EQUAL, mmap.PROT_EXEC, 0)]
    return result


def confine(unit: Dict[str, List[str]]) -> None:
    """Puts this process, and what it becomes, under the rules."""
    library = ctypes.CDLL("libseccomp.so.2")
    library.seccomp_init.restype = ctypes.c_void_p
    number = getattr(errno, unit["SystemCallErrorNumber"][-1])
    context = ctypes.c_void_p(library.seccomp_init(ctypes.c_uint32(FAIL | number)))
    special = conditions(unit)
    for name in allowed(unit["SystemCallFilter"]):
        call = library.seccomp_syscall_resolve_name(name.encode())
        # Negative: another architecture's.
        if call < 0:
            continue
        for comparison in special.get(name, [None]):
            count, array = (0, None) if comparison is None else (1, ctypes.byref(comparison))
            answer = library.seccomp_rule_add_array(context, ctypes.c_uint32(ALLOW), call, count, array)
            if answer != 0:
                sys.exit(f"confined: {name}: {os.strerror(-answer)}")
    # It sets no-new-privileges too, without which only root may do this.
    answer = library.seccomp_load(context)
    if answer != 0:
        sys.exit(f"confined: {os.strerror(-answer)}")


def main() -> None:
    if len(sys.argv) < 3:
        sys.exit("usage: confined.py UNIT PROGRAM [ARGUMENT ...]")
    confine(settings(sys.argv[1]))
    os.execvp(sys.argv[2], sys.argv[2:])


if __name__ == "__main__":
    main()
