"""Small archives for tests, and ways to spoil them."""

import io
import zipfile
from collections.abc import Callable
from functools import cache

import pyarrow as pa

from techbalance.sources.census_archive import open_archive
from tools.census_archives import Plan, archive_bytes, archive_name

Members = dict[str, bytes]


@cache
def made(
    flow: str = "import", month: int = 3, padding: str = "zeros", rows: int = 200, seed: int = 7
) -> tuple[str, bytes]:
    """Name and bytes of an archive of the sample's codes."""
    plan = Plan(flow=flow, rows=rows, padding=padding, seed=seed, level=1)  # type: ignore[arg-type]
    return archive_name(plan, month), archive_bytes(plan, month)


def unpacked(data: bytes) -> Members:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(members: Members, method: int = zipfile.ZIP_STORED) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", method) as archive:
        for name, data in members.items():
            archive.writestr(zipfile.ZipInfo(name), data, method)
    return target.getvalue()


def spoiled(name: str, change: Callable[[bytes], bytes], flow: str = "import", **made_of: object) -> bytes:
    """An archive with one member changed; the member is named in lower case."""
    members = unpacked(made(flow, **made_of)[1])  # type: ignore[arg-type]
    found = next(one for one in members if one.lower() == name)
    return packed(members | {found: change(members[found])})


def read(data: bytes, name: str, reader: str = "plain", batch_bytes: int = 20_000) -> pa.Table:
    """Everything an archive gives."""
    archive = open_archive(io.BytesIO(data), name)
    return pa.Table.from_batches(
        list(archive.detail(batch_bytes=batch_bytes, reader=reader))  # type: ignore[arg-type]
    )
