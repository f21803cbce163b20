from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xapi.instants import canonical, format_us, parse_timestamp, to_us

NOON = 1_791_374_400_000_000


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-10-07T12:00:00Z", NOON),
        ("2026-10-07T12:00Z", NOON),
        ("2026-10-07t12:00:00z", NOON),
        ("2026-10-07 12:00:00Z", NOON),
        ("2026-10-07T14:00:00+02:00", NOON),
        ("2026-10-07T14:00:00+0200", NOON),
        ("2026-10-07T14:00:00+02", NOON),
        ("2026-10-07T08:30:00-03:30", NOON),
        ("2026-10-07T12:00:00-00:00", NOON),
        ("2026-10-07T12:00:00.5Z", NOON + 500_000),
        ("2026-10-07T12:00:00,123456Z", NOON + 123_456),
        ("2026-10-07T12:00:00.123456999Z", NOON + 123_456),
        ("1969-12-31T23:59:59.9999999Z", -1),
    ],
)
def test_reads_every_form_of_an_instant(text: str, expected: int) -> None:
    assert parse_timestamp(text) == expected


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("2026-10-07T12:00:00", "no UTC offset"),
        ("2026-10-07", "not an ISO 8601"),
        ("hier", "not an ISO 8601"),
        ("2026-10-07T12:00+02Z", "not an ISO 8601"),
        ("2026-10-07T12:00+02:00Z", "not an ISO 8601"),
        ("2026-10-07T12:00:00+02:00Z", "not an ISO 8601"),
        ("2026-13-07T12:00:00Z", "month"),
        ("2026-10-07T24:00:00Z", "hour"),
        ("2026-10-07T12:00:00+02:75", "impossible UTC offset"),
        ("2026-10-07T12:00:00+99:00", "impossible UTC offset"),
        ("٢٠٢٦-10-07T12:00:00Z", "not an ISO 8601"),
    ],
)
def test_refuses_what_says_no_sure_instant(text: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        parse_timestamp(text)


@given(st.integers(-62 * 10**15, 253 * 10**15), st.integers(-14 * 60, 14 * 60))
def test_agrees_with_datetime_and_comes_back(us_since_1970: int, offset: int) -> None:
    utc = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=us_since_1970)
    instant = utc.astimezone(timezone(timedelta(minutes=offset)))
    us = parse_timestamp(instant.isoformat())
    assert us == to_us(instant) == us_since_1970
    assert parse_timestamp(format_us(us)) == us
    assert len(format_us(us)) == 27


def test_written_instants_sort_like_instants() -> None:
    assert format_us(0) == "1970-01-01T00:00:00.000000Z"
    assert sorted([format_us(NOON), format_us(-(10**16)), format_us(0)]) == [
        format_us(-(10**16)),
        format_us(0),
        format_us(NOON),
    ]
    assert to_us(datetime(1970, 1, 1, 0, 0, 1, tzinfo=UTC)) == 1_000_000


@given(
    st.from_regex(r"\A20[0-9]{2}-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-6][0-9]:[0-6][0-9]([.,]([0-9]{3}){1,2})?Z\Z"),
    st.integers(0, 26),
    st.sampled_from(["", "0", ":", "-", "+", "W", " ", "٢"]),
)
def test_the_usual_forms_are_read_alike_the_quick_way_and_the_slow_one(text: str, place: int, other: str) -> None:
    quick = text if other == "" else text[:place] + other + text[place + 1 :]
    slow = f"{quick[:10]}t{quick[11:]}" if quick[10:11] == "T" else quick

    def read(said: str) -> int | None:
        try:
            return parse_timestamp(said)
        except ValueError:
            return None

    said = read(quick)
    assert said == read(slow)
    if said is not None:
        assert canonical(quick) == canonical(slow) == format_us(said)
