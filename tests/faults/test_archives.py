"""Archives that are damaged, contradict themselves, or mean harm: each is refused, with its place."""

import io
import re
import struct
import tracemalloc
import zipfile
from collections.abc import Callable

import pytest

from techbalance.errors import CheckError, DataError, RecordError, SchemaError
from techbalance.sources.census_archive import open_archive
from techbalance.sources.census_archive.layouts import layout, of_flow
from tests.unit.sources.archives import made, packed, read, spoiled, unpacked

READERS = ("plain", "compiled")
IMPORTS, EXPORTS = layout("IMP_DETL"), layout("EXP_DETL")
# What reading an archive may take, whatever it claims: three batches and what waits between the threads.
MOST_MEMORY = 128 << 20


def at(record: int, form: str, field: str, value: bytes) -> Callable[[bytes], bytes]:
    """Write into a field of a record, counted from 0."""
    found = layout(form)

    def change(data: bytes) -> bytes:
        start = record * found.line + found.by_name[field].start
        return data[:start] + value + data[start + len(value) :]

    return change


def refusal(data: bytes, name: str = "IMDB2403.ZIP", reader: str = "plain") -> DataError:
    with pytest.raises(DataError) as caught:
        read(data, name, reader)
    return caught.value


# --- records ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("commodity", b"84713O0100", "every byte must be a digit"),
        ("commodity", b"9999999999", "no look-up"),
        ("cty_code", b"0000", "no look-up"),
        ("cty_code", b"12 0", "every byte must be a digit"),
        ("dist_entry", b"ZZ", "no look-up"),
        ("cty_subco", b"a1", "capital letters"),
        ("rate_prov", b" 1", "from the left"),
        ("year", b"2023", "by its name"),
        ("month", b"02", "by its name"),
        ("gen_val_mo", b"-00000000000005", "digits with optional blanks"),
        ("gen_val_mo", b"+00000000000005", "digits with optional blanks"),
        ("gen_val_mo", b"          5 123", "digits with optional blanks"),
        ("gen_val_mo", b"               ", "digits with optional blanks"),
        ("gen_val_mo", b"0000000000005.0", "digits with optional blanks"),
        ("cnt_cha_yr", b"00000000000000\xb2", "digits with optional blanks"),
        ("con_qy1_yr", b"\t00000000000005", "digits with optional blanks"),
        ("gen_val_yr", b"000000000000000", "does not hold the month's"),
    ],
)
def test_a_wrong_field_is_named(field: str, value: bytes, says: str, reader: str):
    # A record with trade in the month, so that a year to date of nothing contradicts it.
    detail = unpacked(made()[1])["IMP_DETL.TXT"]
    start = IMPORTS.by_name["gen_val_mo"].start
    record = next(
        number
        for number in range(3, 200)
        if int(detail[number * IMPORTS.line + start : number * IMPORTS.line + start + 15])
    )
    wrong = refusal(spoiled("imp_detl.txt", at(record, "IMP_DETL", field, value)), reader=reader)
    assert isinstance(wrong, RecordError)
    place = IMPORTS.by_name[field]
    assert wrong.at.field == field
    assert (wrong.at.record, wrong.at.byte, wrong.at.last_byte) == (record + 1, place.start + 1, place.end)
    assert wrong.at.offset == record * IMPORTS.line + place.start + 1
    assert says in str(wrong)
    assert f"IMDB2403.ZIP, IMP_DETL.TXT, record {record + 1}" in str(wrong)
    assert wrong.at.value == value.decode("ascii", "backslashreplace")


@pytest.mark.parametrize("reader", READERS)
def test_an_export_is_domestic_or_foreign(reader: str):
    wrong = refusal(spoiled("exp_detl.txt", at(4, "EXP_DETL", "df", b"3"), "export"), "EXDB2403.ZIP", reader)
    assert isinstance(wrong, RecordError)
    assert (wrong.at.record, wrong.at.byte, wrong.at.field, wrong.at.value) == (5, 1, "df", "3")


@pytest.mark.parametrize("reader", READERS)
def test_in_january_the_year_to_date_is_the_month(reader: str):
    form = layout("IMP_DETL")

    def more(data: bytes) -> bytes:
        start = form.by_name["cards_yr"].start
        cards = int(data[start : start + 15])
        return data[:start] + b"%015d" % (cards + 1) + data[start + 15 :]

    wrong = refusal(spoiled("imp_detl.txt", more, month=1), "IMDB2401.ZIP", reader)
    assert isinstance(wrong, RecordError)
    assert wrong.at.field == "cards_yr"


LINES: dict[str, Callable[[bytes], bytes]] = {
    "short line": lambda data: data[: 5 * 690 + 100] + data[5 * 690 + 101 :],
    "long line": lambda data: data[: 5 * 690 + 100] + b"0" + data[5 * 690 + 100 :],
    "line feed only": lambda data: data[: 6 * 690 - 2] + b"\n" + data[6 * 690 :],
    "carriage return only": lambda data: data[: 6 * 690 - 2] + b"\r" + data[6 * 690 :],
    "line ends of Unix": lambda data: data.replace(b"\r\n", b"\n"),
    "other bytes at the end of a line": lambda data: data[: 6 * 690 - 2] + b"  " + data[6 * 690 :],
    "an empty line": lambda data: data[: 6 * 690] + b"\r\n" + data[6 * 690 :],
    "a last line without its end": lambda data: data[:-2],
    "half a last line": lambda data: data[:-300],
    "a mark of the end": lambda data: data + b"\x1a",
}


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("change", LINES.values(), ids=LINES)
def test_lines_of_another_length_are_refused(change: Callable[[bytes], bytes], reader: str):
    wrong = refusal(spoiled("imp_detl.txt", change), reader=reader)
    assert isinstance(wrong, RecordError)
    assert "IMP_DETL.TXT, record " in str(wrong)
    if change not in (LINES["line ends of Unix"], *list(LINES.values())[-3:]):
        assert wrong.at.record in (6, 7)


@pytest.mark.parametrize("reader", READERS)
def test_a_repeated_key_is_named_with_both_records(reader: str):
    def again(data: bytes) -> bytes:
        return data[: 9 * 690] + data[2 * 690 : 3 * 690] + data[9 * 690 :]

    wrong = refusal(spoiled("imp_detl.txt", again), reader=reader)
    assert isinstance(wrong, RecordError)
    assert "stood in record 3 already" in str(wrong)
    assert wrong.at.record == 10
    assert wrong.at.value.split()[0] == unpacked(made()[1])["IMP_DETL.TXT"][2 * 690 : 2 * 690 + 10].decode()


@pytest.mark.parametrize("reader", READERS)
def test_the_order_of_records_does_not_matter(reader: str):
    def turned(data: bytes) -> bytes:
        return b"".join(data[start : start + 690] for start in range(len(data) - 690, -1, -690))

    name, data = made()
    rows = read(spoiled("imp_detl.txt", turned), name, reader).to_pylist()
    assert rows[::-1] == read(data, name).to_pylist()


# --- controls and look-ups ----------------------------------------------------------------------------------


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("flow", ["import", "export"])
def test_a_dollar_too_much_in_any_control_is_found(flow: str, reader: str):
    name = made(flow)[0]
    for form in of_flow(flow):
        if form.flow == "both" or not form.measures or form.name.endswith("DETL"):
            continue
        for measure in ("cards_mo", f"{form.measures[-1]}_yr"):
            field = form.by_name[measure]

            def more(data: bytes, field: object = field, form: object = form) -> bytes:
                start = form.line + field.start  # type: ignore[attr-defined]
                value = int(data[start : start + 15]) + 1
                return data[:start] + b"%015d" % value + data[start + 15 :]

            wrong = refusal(spoiled(form.member, more, flow), name, reader)
            assert isinstance(wrong, CheckError)
            assert f"{form.name} says" in str(wrong)
            assert f"field {measure}" in str(wrong)


@pytest.mark.parametrize("form", ["IMP_COMM", "IMP_CTY", "IMP_DE", "IMP_DU"])
def test_a_control_that_lacks_a_row_is_found(form: str):
    wrong = refusal(spoiled(layout(form).member, lambda data: data[layout(form).line :]))
    assert isinstance(wrong, CheckError)
    assert f"{form} has none" in str(wrong)


@pytest.mark.parametrize("form", ["IMP_COMM", "IMP_DU", "CONCORD", "COUNTRY", "DISTRICT"])
def test_a_member_without_records_is_refused(form: str):
    wrong = refusal(spoiled(layout(form).member, lambda _: b""))
    assert "holds no records" in str(wrong)


def test_a_record_too_few_is_found():
    assert isinstance(refusal(spoiled("imp_detl.txt", lambda data: data[690:])), CheckError)


@pytest.mark.parametrize(
    ("form", "field", "value", "says"),
    [
        ("IMP_CTY", "year", b"2025", "by the name of the archive it is 2024"),
        ("IMP_COMM", "month", b"04", "by the name of the archive it is 3"),
        ("CONCORD", "hitech", b"11", "technology group '11'"),
        ("CONCORD", "hitech", b" 4", "every byte must be a digit"),
        ("COUNTRY", "cty_code", b"12\xff0", "every byte must be a digit"),
        ("CONCORD", "descriptn", b"\xc3\xa9", "printable ASCII"),
        ("IMP_COMM", "con_val_yr", b"0000000000000O0", "digits with optional blanks"),
        ("IMP_CTY", "cty_code", b"9999", "no look-up of the archive knows"),
    ],
)
def test_wrong_controls_and_look_ups_are_named(form: str, field: str, value: bytes, says: str):
    wrong = refusal(spoiled(layout(form).member, at(1, form, field, value)))
    assert isinstance(wrong, RecordError)
    place = layout(form).by_name[field]
    assert (wrong.at.record, wrong.at.byte, wrong.at.field) == (2, place.start + 1, field)
    assert says in str(wrong)
    assert re.search(rf"IMDB2403.ZIP, {form}\.TXT, record 2", str(wrong), re.IGNORECASE)


def test_a_look_up_with_a_code_twice_is_refused():
    wrong = refusal(spoiled("country.txt", lambda data: data + data[: layout("COUNTRY").line]))
    assert isinstance(wrong, RecordError)
    assert "stood in record 1 already" in str(wrong)


@pytest.mark.parametrize("name", ["IMDB2402.ZIP", "IMDB2303.ZIP"])
def test_an_archive_under_another_name_is_refused(name: str):
    with pytest.raises(RecordError, match="by the name of the archive"):
        open_archive(io.BytesIO(made()[1]), name)


@pytest.mark.parametrize(
    "name", ["IMDB2413.ZIP", "IMDB0812.ZIP", "IMDB24.ZIP", "trade.zip", "IMDB24031.ZIP", "IMDB2403.TXT", ""]
)
def test_a_name_that_says_no_month_is_refused(name: str):
    with pytest.raises(SchemaError, match="IMDByymm"):
        open_archive(io.BytesIO(made()[1]), name)


@pytest.mark.parametrize("form", ["IMP_DETL", "IMP_COMM", "CONCORD", "DISTRICT"])
def test_a_missing_member_is_named(form: str):
    members = {one: text for one, text in unpacked(made()[1]).items() if one.lower() != f"{form.lower()}.txt"}
    assert f"lacks {form}.TXT" in str(refusal(packed(members)))


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda text: text.replace(b"CARDS_MO    N 15", b"CARDS_MO    N 12"), "field 9 as cards_mo N 12"),
        (lambda text: text.replace(b"CON_VAL_MO", b"GEN_VAL_MO"), "field 12 as gen_val_mo"),
        (lambda text: text.replace(b"COMMODITY   C", b"COMMODITY   N"), "field 1 as commodity N 10"),
        (lambda text: text[: text.rindex(b"CNT_CHA_YR")], "describes 51 fields; 52 are read"),
    ],
)
def test_a_description_of_another_layout_is_refused(change: Callable[[bytes], bytes], says: str):
    members = unpacked(made()[1])
    members["Documentation/IMP_DETL.STR"] = change(members["Documentation/IMP_DETL.STR"])
    wrong = refusal(packed(members))
    assert says in str(wrong)
    assert "Documentation/IMP_DETL.STR" in str(wrong)


def test_documentation_in_another_form_is_left_alone():
    name, data = made()
    members = unpacked(data) | {
        "Documentation/IMP_DETL.STR": b"see the web site\r\n",
        "DOCUMENTATION/a.pdf": b"?",
    }
    assert read(packed(members), name).num_rows == read(data, name).num_rows


# --- the ZIP archive ----------------------------------------------------------------------------------------


def test_an_archive_cut_off_anywhere_is_refused():
    name, data = made(rows=60)
    for length in [*range(0, 200, 7), *range(200, len(data), 997), len(data) - 1]:
        assert isinstance(refusal(data[:length], name), SchemaError)


def test_a_changed_byte_anywhere_is_refused_or_harmless():
    name, data = made(rows=60)
    whole = read(data, name).to_pylist()
    refused = 0
    for place in range(0, len(data), 211):
        changed = data[:place] + bytes([data[place] ^ 0x55]) + data[place + 1 :]
        try:
            assert read(changed, name).to_pylist() == whole
        except DataError:
            refused += 1
    assert refused > 50


@pytest.mark.parametrize(
    "member",
    [
        "../IMP_DETL.TXT",
        "/IMP_DETL.TXT",
        "a/../../b.txt",
        "C:\\IMP_DETL.TXT",
        "..\\x.txt",
        "a//b",
        "x\ny.txt",
    ],
)
def test_a_name_that_leads_out_of_the_archive_is_refused(member: str):
    members = unpacked(made()[1]) | {member: b"?"}
    wrong = refusal(packed(members))
    assert "leads out of the archive" in str(wrong)


@pytest.mark.parametrize("member", ["imp_detl.txt", "IMP_DETL.txt", "more/IMP_DETL.TXT"])
def test_a_member_that_is_there_twice_is_refused(member: str):
    assert "holds 'IMP_DETL.TXT' and" in str(refusal(packed(unpacked(made()[1]) | {member: b"?"})))


def test_too_many_members_are_refused():
    members = {f"{number}.txt": b"" for number in range(2000)}
    assert "declares 2,000 members" in str(refusal(packed(members)))


def claiming(data: bytes, name: str, **claims: int) -> bytes:
    """The same archive with other claims in the directory's entry of a member."""
    places = {"flags": (8, "<H"), "method": (10, "<H"), "crc": (16, "<I"), "packed": (20, "<I")}
    places |= {"size": (24, "<I"), "header": (42, "<I")}
    changed = bytearray(data)
    start = data.rindex(b"PK\x01\x02", 0, data.rindex(name.encode()))
    for claim, value in claims.items():
        place, form = places[claim]
        struct.pack_into(form, changed, start + place, value)
    return bytes(changed)


@pytest.mark.parametrize(
    ("claims", "says"),
    [
        ({"size": 0xFFFFFFFE}, "claims 4,294,967,294 bytes"),
        ({"size": 10}, "holds more than the 10 bytes"),
        ({"size": 10**6}, "it ends after"),
        ({"crc": 1}, "checksum"),
        ({"flags": 1}, "encrypted"),
        ({"method": 14}, "not read"),
        ({"method": 0}, "in another place"),
        ({"packed": 0x7FFFFFFF}, "cut off"),
        ({"packed": 5000}, "stream"),
        ({"header": 0x7FFFFFFF}, "lies over another, or outside"),
        ({"header": 5}, "lies over another, or outside|cut off"),
    ],
)
def test_false_claims_of_the_directory_are_refused(claims: dict[str, int], says: str):
    name, data = made()
    changed = claiming(data, "IMP_DETL.TXT", **claims)
    assert re.search(says, str(refusal(changed, name)))


def test_members_over_each_other_are_refused():
    """Many entries for the same bytes make a small archive a large one."""
    name, data = made()
    changed = claiming(data, "Documentation/IMP_DETL.STR", header=0)
    assert "lies over another" in str(refusal(changed, name))


def deflated_again(data: bytes, detail: bytes, times: int) -> bytes:
    """The same archive with its detail many times over, in as few bytes as deflate can say it."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for one, text in unpacked(data).items():
            entry = zipfile.ZipInfo(one)
            entry.compress_type = zipfile.ZIP_DEFLATED
            with archive.open(entry, "w") as member:
                for _ in range(times if one == "IMP_DETL.TXT" else 1):
                    member.write(detail if one == "IMP_DETL.TXT" else text)
    return target.getvalue()


@pytest.mark.parametrize(
    ("size", "says"), [(None, "stood in record 1 already"), (690 * 90, "holds more than")]
)
def test_what_inflates_without_end_takes_no_memory(size: int | None, says: str):
    """Two hundred megabytes in a few; the directory owns to all of them, or to a few."""
    name, data = made()
    detail = unpacked(data)["IMP_DETL.TXT"]
    bomb = deflated_again(data, detail[:690] * 3000, 100)
    assert len(bomb) < 3 << 20
    if size is not None:
        bomb = claiming(bomb, "IMP_DETL.TXT", size=size)
    archive = open_archive(io.BytesIO(bomb), name)
    tracemalloc.start()
    with pytest.raises(DataError, match=says):
        for _ in archive.detail(reader="compiled"):
            pass
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert most < MOST_MEMORY


def test_a_look_up_of_absurd_size_is_not_inflated():
    name, data = made()
    members = unpacked(data)
    members["COUNtry.txt"] = b" " * (200 << 20)
    large = packed(members, zipfile.ZIP_DEFLATED)
    tracemalloc.start()
    wrong = refusal(large, name)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert "declares 209,715,200 bytes" in str(wrong)
    assert most < MOST_MEMORY


def test_an_end_of_sixty_four_bits_is_read():
    name, data = made()
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for one, text in unpacked(data).items():
            with archive.open(zipfile.ZipInfo(one), "w", force_zip64=True) as member:
                member.write(text)
    assert read(target.getvalue(), name).num_rows == read(data, name).num_rows


def test_a_reader_that_is_left_early_ends_its_threads():
    import threading

    name, data = made()
    archive = open_archive(io.BytesIO(data), name)
    before = threading.active_count()
    batches = archive.detail(batch_bytes=2000)
    next(batches)
    batches.close()  # type: ignore[attr-defined]
    assert threading.active_count() == before
