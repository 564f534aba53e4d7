"""A workbook in the binary form (.xlsb), as small as a reader accepts: what no library at hand can write."""

import io
import struct
import zipfile

CONTENT_TYPES = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="bin" ContentType="application/vnd.ms-excel.sheet.binary.macroEnabled.main"/></Types>'
)
RELATION = (
    '<Relationship Id="rId{n}" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/'
    'worksheet" Target="worksheets/sheet{n}.bin"/>'
)
RELATIONS = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{inside}</Relationships>'
)


def record(kind: int, data: bytes = b"") -> bytes:
    head = bytes([kind]) if kind < 128 else bytes([kind & 0x7F | 0x80, kind >> 7])
    size, sizes = len(data), []
    while True:
        size, low = size >> 7, size & 0x7F
        sizes.append(low | (0x80 if size else 0))
        if not size:
            return head + bytes(sizes) + data


def wide(text: str) -> bytes:
    return struct.pack("<I", len(text)) + text.encode("utf-16-le")


def cell(column: int, value: object) -> bytes:
    place = struct.pack("<II", column, 0)
    if isinstance(value, (int, float)):
        return record(0x05, place + struct.pack("<d", value))
    return record(0x06, place + wide(str(value)))


def sheet(rows: list[list[object]]) -> bytes:
    width = max(map(len, rows))
    parts = [
        record(0x81),
        record(0x94, struct.pack("<4I", 0, max(len(rows) - 1, 0), 0, width - 1)),
        record(0x91),
    ]
    for number, row in enumerate(rows):
        parts.append(record(0x00, struct.pack("<II", number, 0) + bytes(17)))
        parts += [cell(column, value) for column, value in enumerate(row) if value is not None]
    return b"".join([*parts, record(0x92), record(0x82)])


def workbook(sheets: dict[str, list[list[object]]]) -> bytes:
    names = [
        record(0x9C, struct.pack("<II", 0, number) + wide(f"rId{number}") + wide(name))
        for number, name in enumerate(sheets, start=1)
    ]
    inside = b"".join([record(0x83), record(0x8F), *names, record(0x90), record(0x84)])
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", CONTENT_TYPES)
        archive.writestr("xl/workbook.bin", inside)
        relations = "".join(RELATION.format(n=number) for number in range(1, len(sheets) + 1))
        archive.writestr("xl/_rels/workbook.bin.rels", RELATIONS.format(inside=relations))
        for number, rows in enumerate(sheets.values(), start=1):
            archive.writestr(f"xl/worksheets/sheet{number}.bin", sheet(rows))
    return target.getvalue()
