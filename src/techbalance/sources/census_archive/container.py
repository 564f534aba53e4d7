"""What is inside a ZIP archive, and are its bytes what it says? Never unpacked to a disk.

The directory of an archive is a stranger's claim. Every size in it is held against the bytes there are before
anything is inflated, members may not lie over each other, and no more is inflated than was declared.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, BinaryIO, Final

from isal import igzip_lib, isal_zlib

from techbalance.errors import CheckError, SchemaError

if TYPE_CHECKING:
    from collections.abc import Iterator

STORED, DEFLATED = 0, 8
ENCRYPTED: Final = 0x1
# Archives hold some twenty members and as many descriptions.
MOST_MEMBERS: Final = 500
LARGEST_DIRECTORY: Final = 1_000_000
# No deflate stream gives more than this per byte; a larger claim is false before a byte is inflated.
LARGEST_RATIO: Final = 1032
READ_BYTES: Final = 256 * 1024

_END = struct.Struct("<4s4H2LH")
_END_64 = struct.Struct("<4sQ2H2L4Q")
_LOCATOR_64 = struct.Struct("<4sLQL")
_ENTRY = struct.Struct("<4s4B4HL2L5H2L")
_LOCAL = struct.Struct("<4s2B4HL2L2H")
_LONGEST_COMMENT: Final = 0xFFFF
_SEE_64: Final = 0xFFFFFFFF


@dataclass(frozen=True)
class Member:
    """One file inside the archive, as the directory declares it."""

    name: str
    method: int
    crc: int
    packed: int
    size: int
    header: int

    @property
    def base(self) -> str:
        """Its name without folders, lower case."""
        return self.path.name.lower()

    @property
    def folders(self) -> tuple[str, ...]:
        """The folders it lies in, lower case."""
        return tuple(part.lower() for part in self.path.parts[:-1])

    @property
    def path(self) -> PurePosixPath:
        """Its name as a path; some programs write the separator of Windows."""
        return PurePosixPath(self.name.replace("\\", "/"))


class Container:
    """The members of a ZIP archive.

    Parameters
    ----------
    file
        Binary file that can be read from any position; it stays the caller's to close.
    name
        Of the archive, for messages.

    Raises
    ------
    SchemaError
        It is no ZIP archive, is cut off, holds a name that leads out of it or the same name twice, is
        encrypted, or declares what its bytes cannot hold.
    """

    def __init__(self, file: BinaryIO, name: str) -> None:
        self.file, self.name = file, name
        self.length = file.seek(0, 2)
        self.members = tuple(self._directory())
        self._check_names()
        self._starts = self._check_extents()

    # Reading.

    def read(self, member: Member, limit: int) -> bytes:
        """Inflate a small member whole.

        Raises
        ------
        SchemaError
            It declares more than ``limit`` bytes, or its bytes are not what was declared.
        """
        if member.size > limit:
            raise SchemaError(
                f"the member declares {member.size:,} bytes; at most {limit:,} are read",
                where=self.place(member),
                remedy="Fetch the archive again",
            )
        return b"".join(self.pieces(member, READ_BYTES))

    def pieces(self, member: Member, piece: int) -> Iterator[bytes]:
        """Inflate a member in pieces of at most ``piece`` bytes; length and checksum are checked on the way.

        Raises
        ------
        SchemaError
            The stream is damaged, cut off, or longer than declared.
        CheckError
            The checksum is not that of the directory.
        """
        given, crc = 0, 0
        parts = self._inflated if member.method == DEFLATED else self._plain
        for part in parts(member, piece):
            given += len(part)
            if given > member.size:
                raise self._damaged(member, f"it holds more than the {member.size:,} bytes it declares")
            crc = isal_zlib.crc32(part, crc)
            yield part
        if given < member.size:
            raise self._damaged(member, f"it ends after {given:,} of {member.size:,} bytes")
        if crc != member.crc:
            raise CheckError(
                f"the checksum of the member is {crc:08x}, its directory says {member.crc:08x}",
                where=self.place(member),
                remedy="Fetch the archive again",
            )

    def place(self, member: Member) -> str:
        """Where a message is about."""
        return f"{self.name}, {member.name}"

    def _plain(self, member: Member, piece: int) -> Iterator[bytes]:
        for at in range(0, member.packed, piece):
            yield self._bytes(self._starts[member] + at, min(piece, member.packed - at))

    def _inflated(self, member: Member, piece: int) -> Iterator[bytes]:
        stream = igzip_lib.IgzipDecompressor(flag=igzip_lib.DECOMP_DEFLATE)
        at, end = self._starts[member], self._starts[member] + member.packed
        while not stream.eof:
            data = b""
            if stream.needs_input:
                if at == end:
                    raise self._damaged(member, "its compressed stream is cut off")
                data = self._bytes(at, min(READ_BYTES, end - at))
                at += len(data)
            try:
                part = stream.decompress(data, piece)
            except (isal_zlib.error, EOFError) as wrong:  # type: ignore[misc]
                raise self._damaged(member, "its compressed stream is damaged") from wrong
            if part:
                yield part
        if at != end or stream.unused_data:
            raise self._damaged(member, "bytes follow its compressed stream")

    def _damaged(self, member: Member, what: str) -> SchemaError:
        return SchemaError(
            f"a member is damaged: {what}", where=self.place(member), remedy="Fetch the archive again"
        )

    # The directory.

    def _directory(self) -> Iterator[Member]:
        count, size, start = self._end()
        if count > MOST_MEMBERS or size > LARGEST_DIRECTORY:
            raise self._refused(f"it declares {count:,} members, at most {MOST_MEMBERS} are read")
        data = self._bytes(start, size)
        at = 0
        for _ in range(count):
            if at + _ENTRY.size > len(data) or data[at : at + 4] != b"PK\x01\x02":
                raise self._refused("its directory is damaged")
            member, used = self._entry(data, at)
            at += used
            if not member.name.endswith("/"):
                yield member
        if at != len(data):
            raise self._refused("its directory is damaged")

    def _end(self) -> tuple[int, int, int]:
        """Members, bytes and place of the directory, from the record at the end of the archive."""
        tail_start = max(0, self.length - _END.size - _LONGEST_COMMENT)
        tail = self._bytes(tail_start, self.length - tail_start)
        at = tail.rfind(b"PK\x05\x06")
        if at < 0 or at + _END.size > len(tail):
            raise self._refused("it is no ZIP archive, or its end is missing")
        _, disk, first_disk, here, count, size, start, comment = _END.unpack_from(tail, at)
        if at + _END.size + comment != len(tail):
            raise self._refused("bytes follow its end")
        if 0xFFFF in (here, count) or _SEE_64 in (size, start):
            disk, first_disk, here, count, size, start = self._end_64(tail_start + at)
        if disk or first_disk or here != count:
            raise self._refused("it is one part of a divided archive")
        if start + size > tail_start + at:
            raise self._refused("its directory does not lie inside it")
        return count, size, start

    def _end_64(self, end: int) -> tuple[int, int, int, int, int, int]:
        if end < _LOCATOR_64.size:
            raise self._refused("its end is damaged")
        mark, _, at, disks = _LOCATOR_64.unpack(self._bytes(end - _LOCATOR_64.size, _LOCATOR_64.size))
        if mark != b"PK\x06\x07" or disks > 1 or at + _END_64.size > end:
            raise self._refused("its end is damaged")
        found = _END_64.unpack(self._bytes(at, _END_64.size))
        if found[0] != b"PK\x06\x06":
            raise self._refused("its end is damaged")
        return found[4], found[5], found[6], found[7], found[8], found[9]

    def _entry(self, data: bytes, at: int) -> tuple[Member, int]:
        found = _ENTRY.unpack_from(data, at)
        flags, method = found[5], found[6]
        crc, packed, size, name_length, extra_length, comment_length = found[9:15]
        header = found[18]
        names = at + _ENTRY.size
        used = _ENTRY.size + name_length + extra_length + comment_length
        if at + used > len(data):
            raise self._refused("its directory is damaged")
        raw = data[names : names + name_length]
        extra = data[names + name_length : names + name_length + extra_length]
        size, packed, header = self._widened(extra, size, packed, header)
        name = raw.decode("ascii", "backslashreplace")
        if flags & ENCRYPTED or method not in (STORED, DEFLATED):
            raise self._refused(f"the member {name!r} is encrypted or packed in a way that is not read")
        return Member(name, method, crc, packed, size, header), used

    def _widened(self, extra: bytes, *values: int) -> tuple[int, int, int]:
        """Replace the values that are told in the extra field of eight-byte numbers."""
        wide, at = b"", 0
        while at + 4 <= len(extra):
            kind, length = struct.unpack_from("<2H", extra, at)
            if kind == 1:
                wide = extra[at + 4 : at + 4 + length]
            at += 4 + length
        told = []
        for value in values:
            if value == _SEE_64:
                if len(wide) < 8:
                    raise self._refused("its directory is damaged")
                value, wide = int.from_bytes(wide[:8], "little"), wide[8:]  # noqa: PLW2901
            told.append(value)
        return told[0], told[1], told[2]

    # What the directory claims.

    def _check_names(self) -> None:
        seen: dict[str, str] = {}
        for member in self.members:
            name = member.name
            parts = name.replace("\\", "/").split("/")
            leads_out = ":" in name or not {"", ".", ".."}.isdisjoint(parts)
            if leads_out or not name.isprintable():
                raise self._refused(f"the member name {name!r} leads out of the archive, or is no name")
            path = "/".join(parts).casefold()
            if path in seen:
                raise self._refused(f"it holds {seen[path]!r} and {name!r}")
            seen[path] = name

    def _check_extents(self) -> dict[Member, int]:
        """Where the bytes of each member begin; members lie side by side, inside the archive."""
        starts, reached = {}, 0
        for member in sorted(self.members, key=lambda one: one.header):
            if member.header < reached or member.header + _LOCAL.size > self.length:
                raise self._refused(f"the member {member.name!r} lies over another, or outside")
            found = _LOCAL.unpack(self._bytes(member.header, _LOCAL.size))
            name_length, extra_length = found[10:12]
            start = member.header + _LOCAL.size + name_length + extra_length
            reached = start + member.packed
            if found[0] != b"PK\x03\x04" or reached > self.length:
                raise self._refused(f"the member {member.name!r} is cut off")
            local = self._bytes(member.header + _LOCAL.size, name_length).decode("ascii", "backslashreplace")
            if local != member.name or found[4] != member.method:
                raise self._refused(f"the member {member.name!r} calls itself {local!r} in another place")
            if member.size > LARGEST_RATIO * max(member.packed, 1) or (
                member.method == STORED and member.size != member.packed
            ):
                raise self._refused(
                    f"the member {member.name!r} claims {member.size:,} bytes in {member.packed:,} packed"
                )
            starts[member] = start
        return starts

    def _bytes(self, at: int, count: int) -> bytes:
        self.file.seek(at)
        data = self.file.read(count)
        if len(data) != count:
            raise self._refused("it is cut off")
        return data

    def _refused(self, what: str) -> SchemaError:
        return SchemaError(
            f"the archive cannot be read: {what}", where=self.name, remedy="Fetch the archive again"
        )
