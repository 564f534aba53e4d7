"""Engines to compare: DuckDB in the process, ClickHouse in the process, and a Spark cluster on loopback."""

import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

from techbalance.store.catalogue import ENGINE_VARIABLE, Store

SECONDS_TO_START = 90
# Small data: two tasks are enough, and compiling code, Spark's for each step or Java's best, takes longer
# than running it.
QUICK_JAVA = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
SPARK_DEFAULTS = f"""\
spark.driver.extraJavaOptions {QUICK_JAVA}
spark.executor.extraJavaOptions {QUICK_JAVA}
spark.sql.shuffle.partitions 2
spark.default.parallelism 2
spark.sql.adaptive.enabled false
spark.sql.codegen.wholeStage false
spark.sql.codegen.factoryMode NO_CODEGEN
spark.ui.enabled false
spark.driver.memory 1g
spark.executor.memory 1g
spark.driver.host 127.0.0.1
spark.driver.bindAddress 127.0.0.1
"""


@pytest.fixture(scope="session")
def outside_data(root: Path) -> Path | None:
    """Data that do not ship, where they are beside the checkout."""
    folder = root.parent / "shared" / "data"
    return folder if folder.is_dir() else None


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One store for every engine."""
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="session")
def open_on(home: Path) -> Callable[[str], Store]:
    """Open the store on an engine."""

    def opened(address: str, place: Path = home) -> Store:
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv(ENGINE_VARIABLE, address)
            store = Store(place)
            assert store.engine.name == address.partition(":")[0].replace("chdb", "clickhouse")
        return store

    return opened


@pytest.fixture(scope="session")
def on_duckdb(open_on: Callable[[str], Store]) -> Store:
    """The store on the engine in the process."""
    return open_on("duckdb")


@pytest.fixture(scope="session")
def chdb_address() -> str:
    """ClickHouse inside the process."""
    if find_spec("chdb") is None:
        pytest.skip("chdb is not installed: pip install 'techbalance[chdb]'")
    return "chdb"


@pytest.fixture(scope="session")
def on_clickhouse(open_on: Callable[[str], Store], chdb_address: str) -> Store:
    """The store on ClickHouse."""
    return open_on(chdb_address)


@pytest.fixture(scope="session")
def spark_address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A standalone master and two workers of one core and 1 GB each, as processes of their own."""
    if find_spec("pyspark") is None:
        pytest.skip("pyspark is not installed: pip install 'techbalance[spark]'")
    if shutil.which("java") is None:
        pytest.skip("no Java on this machine: install openjdk-17-jre-headless")
    import pyspark

    place = tmp_path_factory.mktemp("spark")
    (place / "conf").mkdir()
    (place / "conf" / "spark-defaults.conf").write_text(SPARK_DEFAULTS)
    home = Path(pyspark.__file__).parent
    settings = {
        "SPARK_HOME": str(home),
        "SPARK_LOCAL_IP": "127.0.0.1",
        "SPARK_CONF_DIR": str(place / "conf"),
        "SPARK_DAEMON_MEMORY": "256m",
        "SPARK_DAEMON_JAVA_OPTS": QUICK_JAVA,
    }
    port = free_port()
    address = f"spark://127.0.0.1:{port}"
    running: list[subprocess.Popen[bytes]] = []
    with pytest.MonkeyPatch.context() as patch:
        for name, value in settings.items():
            patch.setenv(name, value)
        try:
            running.append(daemon(home, place / "master.log", "master.Master", "--port", str(port)))
            await_text(place / "master.log", "I have been elected leader", running[0])
            for number in ("1", "2"):
                work = ["--cores", "1", "--memory", "1g", "--work-dir", str(place / f"work{number}")]
                running.append(daemon(home, place / f"worker{number}.log", "worker.Worker", *work, address))
            for number, one in zip(("1", "2"), running[1:], strict=True):
                await_text(place / f"worker{number}.log", "Successfully registered with master", one)
            yield address
        finally:
            stop_session()
            for one in reversed(running):
                one.terminate()
            for one in running:
                one.wait(timeout=30)


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def daemon(home: Path, log: Path, name: str, *arguments: str) -> subprocess.Popen[bytes]:
    """Start one process of the cluster."""
    command = [str(home / "bin" / "spark-class"), f"org.apache.spark.deploy.{name}"]
    options = ["--host", "127.0.0.1", "--webui-port", "0"]
    with log.open("wb") as file:
        return subprocess.Popen([*command, *options, *arguments], stdout=file, stderr=file)


def await_text(log: Path, text: str, process: subprocess.Popen[bytes]) -> None:
    """Wait until a process has said something."""
    last = time.monotonic() + SECONDS_TO_START
    while text not in log.read_text(errors="replace"):
        assert process.poll() is None, log.read_text(errors="replace")[-2000:]
        assert time.monotonic() < last, log.read_text(errors="replace")[-2000:]
        time.sleep(0.1)


def stop_session() -> None:
    """End this process's session, so that the cluster can be taken down."""
    from pyspark.sql import SparkSession

    session = SparkSession.getActiveSession()
    if session is not None:
        session.stop()


@pytest.fixture(scope="session")
def on_spark(open_on: Callable[[str], Store], spark_address: str) -> Store:
    """The store on the cluster."""
    return open_on(spark_address)
