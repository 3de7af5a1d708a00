"""Where the daemon's socket is looked for (PROTOCOL.md section 1)."""

import os
import stat
from typing import List, Optional

from .errors import Unauthorized


def places(path: Optional[str]) -> List[str]:
    """The paths to try, in order. A path given by the caller, or by SLUICE_SOCKET, is the only one."""
    given = path or os.environ.get("SLUICE_SOCKET")
    if given:
        return [given]
    runtime = os.environ.get("XDG_RUNTIME_DIR")
    found = [os.path.join(runtime, "sluice", "sluice.sock")] if runtime else []
    return [*found, "/run/sluice/sluice.sock", os.path.join(private_folder(), "sluice.sock")]


def private_folder() -> str:
    """The folder for those who have no other: in a place where anybody may write."""
    return os.path.join(os.environ.get("TMPDIR") or "/tmp", f"sluice-{os.getuid()}")


def check(path: str) -> None:
    """Checks a socket's folder when it is the private one: anybody might have put theirs in its place.

    Raises:
        Unauthorized: saying which check failed.
        OSError: when there is no such folder.
    """
    folder = os.path.dirname(path)
    if folder != private_folder():
        return
    status = os.lstat(folder)
    if not stat.S_ISDIR(status.st_mode):
        wrong = "is no directory" if not stat.S_ISLNK(status.st_mode) else "is a symbolic link"
    elif status.st_uid != os.getuid():
        wrong = f"belongs to user {status.st_uid}, not to {os.getuid()}"
    elif stat.S_IMODE(status.st_mode) != 0o700:
        wrong = f"has the mode {stat.S_IMODE(status.st_mode):04o}, not 0700"
    else:
        return
    raise Unauthorized(
        f"the folder {folder} {wrong}: another user may have made it; its socket is not used", details={"reason": "privateFolder"})
