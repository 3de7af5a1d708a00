"""What the engines are tested on: the servers that scripts/test-servers installs, or products that the environment names."""

import os
import shutil
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
import uuid
from pathlib import Path
from types import TracebackType
from typing import Dict, List, NamedTuple, Optional, Type

import boto3
import pymongo

from loopback import free_port

ROOT = Path(__file__).resolve().parents[2]
PROGRAMS = ROOT / ".build-servers/bin"
START_SECONDS, STOP_SECONDS = 120, 30

PRODUCTS = {"mongodb": "SLUICE_TEST_MONGODB_URI", "dynamodb": "SLUICE_TEST_DYNAMODB_ENDPOINT"}
"""The variables that name a real product, by engine; the servers of that engine are left out then."""


class Server(NamedTuple):
    """A line of the table of servers."""

    name: str
    """As exceptions.json names it."""
    engine: str
    command: List[str] = []
    """Program and arguments, with ``{port}`` and ``{folder}``; none where the engine needs no server of the tests' own."""

    def __str__(self) -> str:
        return self.name


SECANTUSDB = ["secantusd-py", "--port", "{port}", "--storage-path", "{folder}", "--cache-size", "512M"]

TABLE = [
    Server("sqlite", "sqlite"),
    Server("secantusdb", "mongodb", [*SECANTUSDB, "--standalone"]),
    Server("secantusdb-replica-set", "mongodb", SECANTUSDB),
    Server("roto", "dynamodb", ["roto-server", "--port", "{port}", "--data-dir", "{folder}"]),
    Server("moto", "dynamodb", ["moto_server", "-H", "127.0.0.1", "-p", "{port}"]),
]


def servers(engine: Optional[str] = None) -> List[Server]:
    """Those to test on; of one engine, if one is named."""
    result: List[Server] = []
    for server in TABLE:
        if os.environ.get(PRODUCTS.get(server.engine, "")):
            server = Server(server.engine, server.engine)
        if server not in result and engine in (None, server.engine):
            result.append(server)
    return result


class RunningServer:
    """A server of the tests' own with its folder, or a product that was running anyway. Used in a `with`."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.run = f"sluice-engines-{uuid.uuid4().hex[:12]}"
        """What this run's database is called, and its tables begin with."""
        self.folder = tempfile.mkdtemp(prefix="sluice-server-")
        self.port = free_port()
        self.process: Optional["subprocess.Popen[bytes]"] = None

    def __enter__(self) -> "RunningServer":
        try:
            if self.server.command:
                self._start()
        except BaseException:
            self._end()
            raise
        return self

    def __exit__(self, kind: Optional[Type[BaseException]], error: Optional[BaseException], trace: Optional[TracebackType]) -> None:
        if self._is_product:
            self._forget()
        self._end()

    @property
    def _is_product(self) -> bool:
        return self.server.engine in PRODUCTS and not self.server.command

    @property
    def _place(self) -> str:
        return os.environ[PRODUCTS[self.server.engine]] if self._is_product else f"127.0.0.1:{self.port}"

    @property
    def _endpoint(self) -> str:
        return self._place if self._is_product else f"http://{self._place}"

    @property
    def _region(self) -> str:
        return os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION") or "us-east-1"

    @property
    def database(self) -> Dict[str, object]:
        """The section `database` of a daemon's configuration."""
        info: Dict[str, str] = {}
        if self.server.engine == "mongodb":
            info = {"host": self._place, "database": self.run}
        elif self.server.engine == "dynamodb":
            info = {"endpoint": self._endpoint, "awsRegion": self._region}
            if not self._is_product:
                # A local server takes any credentials, but requests must be signed with some.
                info.update(AWSSecretKeyID="tests", AWSSecretAccessKey="tests")
        return {"dbName": self.server.engine, "dbInfo": info}

    def mongodb(self) -> "pymongo.database.Database[Dict[str, object]]":
        """The daemon's database, by MongoDB's own driver."""
        place = self._place if "://" in self._place else f"mongodb://{self._place}"
        return pymongo.MongoClient(place, directConnection=bool(self.server.command), tz_aware=True)[self.run]

    def dynamodb(self, kind: str = "resource") -> "object":
        """DynamoDB by AWS's own driver: its ``resource`` or its ``client``."""
        keys = {} if self._is_product else {"aws_access_key_id": "tests", "aws_secret_access_key": "tests"}
        make = boto3.resource if kind == "resource" else boto3.client
        return make("dynamodb", endpoint_url=self._endpoint, region_name=self._region, **keys)

    def _start(self) -> None:
        program = PROGRAMS / self.server.command[0]
        if not program.exists():
            raise RuntimeError(f"{program} is not there: run scripts/test-servers")
        arguments = [part.format(port=self.port, folder=f"{self.folder}/data") for part in self.server.command[1:]]
        environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
        with open(f"{self.folder}/log", "wb") as log:
            self.process = subprocess.Popen(
                [str(program), *arguments], stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=environment, cwd=self.folder)
        end = time.monotonic() + START_SECONDS
        while not self._answers():
            if self.process.poll() is not None or time.monotonic() > end:
                raise RuntimeError(f"{self.server} does not answer: {Path(self.folder, 'log').read_text(errors='replace')}")
            time.sleep(0.1)

    def _answers(self) -> bool:
        if self.server.engine == "mongodb":
            try:
                with pymongo.MongoClient("127.0.0.1", self.port, serverSelectionTimeoutMS=1000, directConnection=True) as client:
                    return bool(client.admin.command("ping")["ok"])
            except pymongo.errors.PyMongoError:
                return False
        try:
            urllib.request.urlopen(self._endpoint, timeout=1).close()
        except urllib.error.HTTPError:
            pass  # An answer all the same.
        except OSError:
            return False
        return True

    def _forget(self) -> None:
        """Removes what this run has made in a product, which keeps it otherwise."""
        if self.server.engine == "mongodb":
            database = self.mongodb()
            database.client.drop_database(database)
        else:
            for table in self.dynamodb().tables.all():  # type: ignore[attr-defined]
                if table.name.startswith(self.run):
                    table.delete()

    def _end(self) -> None:
        if self.process is not None:
            self.process.terminate()
            try:
                self.process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)
