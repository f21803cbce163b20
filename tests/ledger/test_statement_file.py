"""Files of statements, read line by line, whatever is in them."""

from __future__ import annotations

import gzip
import hashlib
import json
import tracemalloc
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connector.errors import DataError
from connector.ledger.queue import UNREADABLE
from connector.ledger.reading import Received, Trace, Unreadable
from connector.ledger.statement_file import MAX_LINE, Record, Refused, Unordered, read_statements
from tests.ledger.kit import ANNE, SECOND, T0, completed, mbox
from xapi.instants import format_us

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

NOW = T0 + 999 * SECOND
PLAIN = completed(mbox(ANNE))
ID = "00000000-0000-4000-8000-000000000001"


def read(tmp_path: Path, *lines: object, name: str = "export.jsonl", now: int = NOW) -> list[Record]:
    text = "\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines)
    (tmp_path / name).write_text(text, "utf-8")
    return list(read_statements(tmp_path / name, Trace(), read_us=now))


def one(tmp_path: Path, line: object) -> Received:
    (record,) = read(tmp_path, line)
    assert isinstance(record, Received)
    return record


def test_stored_gives_the_order_without_a_rank(tmp_path: Path) -> None:
    record = one(tmp_path, PLAIN | {"id": ID, "stored": format_us(T0 + 5)})
    assert (str(record.id), record.stored_us, record.rank) == (ID, T0 + 5, 0)


def test_arrived_and_the_line_give_the_order_of_a_capture(tmp_path: Path) -> None:
    records = read(tmp_path, "", {"arrived": format_us(T0 + 7), "statement": PLAIN, "stored": True, "answer": 500})
    assert [(record.stored_us, record.rank) for record in records if isinstance(record, Received)] == [(T0 + 7, 2)]


def test_stored_in_the_statement_beats_arrived(tmp_path: Path) -> None:
    record = one(tmp_path, {"arrived": format_us(T0 + 7), "statement": PLAIN | {"stored": format_us(T0 + 5)}})
    assert (record.stored_us, record.rank) == (T0 + 5, 0)


def test_without_any_time_the_line_and_this_reading_give_the_order(tmp_path: Path) -> None:
    records = read(tmp_path, PLAIN, {"statement": PLAIN})
    assert all(isinstance(record, Unordered) for record in records)
    assert [record.received[2:] for record in records if isinstance(record, Unordered)] == [(NOW, 1), (NOW, 2)]


@pytest.mark.parametrize("answer", [{"stored": False}, {"answer": 400}])
def test_what_the_lrs_refused_is_left_out(tmp_path: Path, answer: dict[str, Any]) -> None:
    assert read(tmp_path, {"arrived": format_us(T0), "statement": PLAIN} | answer) == [Refused(1)]


def ids(records: list[Record]) -> list[object]:
    found = [record.received if isinstance(record, Unordered) else record for record in records]
    return [record.id for record in found if isinstance(record, Received)]


def test_a_statement_without_an_id_gets_the_same_one_at_each_reading(tmp_path: Path) -> None:
    other = completed(mbox(ANNE), 102)
    first = ids(read(tmp_path, PLAIN, other, PLAIN))
    assert len(set(first)) == 3
    assert ids(read(tmp_path, other, PLAIN, PLAIN, now=NOW + 1)) == [first[1], first[0], first[2]]


def test_what_arrived_twice_is_two_statements(tmp_path: Path) -> None:
    lines = [{"arrived": format_us(T0 + n), "statement": PLAIN} for n in range(2)]
    assert len(set(ids(read(tmp_path, *lines)))) == 2


def test_gzip_is_known_by_its_bytes_not_by_its_name(tmp_path: Path) -> None:
    (tmp_path / "export").write_bytes(gzip.compress(json.dumps(PLAIN).encode()))
    assert len(list(read_statements(tmp_path / "export", Trace(), read_us=NOW))) == 1


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_every_byte_is_hashed_whatever_becomes_of_its_line(tmp_path: Path, pack: Callable[[bytes], bytes]) -> None:
    viewed = json.dumps(PLAIN | {"verb": {"id": "http://id.tincanapi.com/verb/viewed"}})
    text = f"\ufeff{json.dumps(PLAIN)}\r\n\n{viewed}\n{{\n{'x' * (2 * MAX_LINE)}\n{json.dumps(PLAIN)}"
    hashes = {}
    for said in (text, text.replace("viewed", "viewEd")):
        (tmp_path / "f").write_bytes(pack(said.encode()))
        trace = Trace()
        assert len(list(read_statements(tmp_path / "f", trace, read_us=NOW))) == 5
        assert (trace.sha256, trace.octets) == (hashlib.sha256(said.encode()).hexdigest(), len(said.encode()))
        hashes[said] = trace.sha256
    assert len(set(hashes.values())) == 2


def test_a_byte_order_mark_and_windows_line_ends_do_not_matter(tmp_path: Path) -> None:
    (tmp_path / "f").write_bytes(b"\xef\xbb\xbf" + json.dumps(PLAIN).encode() + b"\r\n\r\n")
    assert len(ids(list(read_statements(tmp_path / "f", Trace(), read_us=NOW)))) == 1


WRONG: list[tuple[object, str]] = [
    ("{", "json"),
    ("[]", "not_an_object"),
    ({"statement": []}, "not_an_object"),
    ({"statement": PLAIN, "arrived": "hier"}, "arrived"),
    ({"statement": PLAIN, "arrived": 12}, "arrived"),
    ({key: value for key, value in PLAIN.items() if key != "timestamp"}, "timestamp"),
    (PLAIN | {"verb": None}, "verb"),
    (PLAIN | {"object": None}, "object"),
    (PLAIN | {"actor": {}}, "actor"),
    (PLAIN | {"id": "1"}, "uuid"),
    (PLAIN | {"stored": "hier"}, "stored"),
    (PLAIN | {"result": {"completion": "oui"}}, "result"),
]


@pytest.mark.parametrize(("line", "reason"), WRONG)
def test_a_bad_line_is_named_with_its_place_and_the_others_are_read(tmp_path: Path, line: object, reason: str) -> None:
    records = read(tmp_path, PLAIN, line, PLAIN)
    assert [type(record) for record in records] == [Unordered, Unreadable, Unordered]
    bad = records[1]
    assert isinstance(bad, Unreadable)
    assert (bad.place, bad.reason) == ("export.jsonl:2", reason)
    assert reason in UNREADABLE


def test_a_line_of_ten_megabytes_is_one_bad_line(tmp_path: Path) -> None:
    records = read(tmp_path, PLAIN, "x" * (10 * 2**20), PLAIN)
    assert [type(record) for record in records] == [Unordered, Unreadable, Unordered]
    assert isinstance(records[1], Unreadable)
    assert records[1].reason == "trop_longue"


def test_a_line_without_end_is_never_held_whole(tmp_path: Path) -> None:
    """An archive of some kilobytes may unpack to one line larger than the memory."""
    (tmp_path / "f.gz").write_bytes(gzip.compress(b"x" * (16 * MAX_LINE), 1))
    tracemalloc.start()
    try:
        (record,) = read_statements(tmp_path / "f.gz", Trace(), read_us=NOW)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert isinstance(record, Unreadable)
    assert peak < 8 * MAX_LINE


def test_the_longest_line_allowed_is_read(tmp_path: Path) -> None:
    text = json.dumps(PLAIN)
    (record,) = read(tmp_path, text + " " * (MAX_LINE - len(text)))
    assert isinstance(record, Unordered)


def test_a_truncated_archive_is_a_sentence_after_what_could_be_read(tmp_path: Path) -> None:
    lines = "\n".join(json.dumps(completed(mbox(f"p{n}@ac-exemple.fr"))) for n in range(5000))
    (tmp_path / "f.gz").write_bytes(gzip.compress(lines.encode())[:-4000])
    records = read_statements(tmp_path / "f.gz", Trace(), read_us=NOW)
    assert isinstance(next(records), Unordered)
    with pytest.raises(DataError, match=r"f\.gz : le fichier ne se lit pas jusqu'au bout"):
        list(records)


def test_a_missing_file_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"absent\.jsonl"):
        list(read_statements(tmp_path / "absent.jsonl", Trace(), read_us=NOW))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=400))
def test_whatever_the_bytes_each_line_is_a_record(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "f").write_bytes(b"\n" + data)
    for record in read_statements(tmp_path / "f", Trace(), read_us=NOW):
        assert isinstance(record, Unreadable)
        assert record.reason in UNREADABLE
