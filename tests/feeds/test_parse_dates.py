"""Dates as feeds write them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feeds.parse import dates

READ = {
    # RFC 822 and what became of it
    "Wed, 04 Jan 2023 05:06:07 +0000": "2023-01-04T05:06:07",
    "Wed, 04 Jan 2023 05:06:07 GMT": "2023-01-04T05:06:07",
    "Wed, 04 Jan 2023 05:06:07 -0530": "2023-01-04T10:36:07",
    "Wed, 04 Jan 2023 05:06:07 Z": "2023-01-04T05:06:07",
    "Wed, 4 Jan 2023 05:06 EST": "2023-01-04T10:06:00",
    "Wed,04 Jan 2023 05:06:07 PDT": "2023-01-04T12:06:07",
    "Wed, 04 Jan 2023 05:06:07 -0500 (EST)": "2023-01-04T10:06:07",
    "04 Jan 23 05:06 UT": "2023-01-04T05:06:00",
    "Tue, 03 Jan 95 01:02:03 CST": "1995-01-03T07:02:03",
    "Thursday, 3 January 2023 9:05 pm CEST": "2023-01-03T19:05:00",
    "Wed, 04 Jan 2023 05:06:07 XYZ": "2023-01-04T05:06:07",
    "Wed, 04 Jan 2023 05:06:07": "2023-01-04T05:06:07",
    "Wed, 04 Jan 2023": "2023-01-04T00:00:00",
    "Sun, 05 Nov 2006 21:21:14 UTC+02:00": "2006-11-05T19:21:14",
    "31 Dec 2003 14:56:21 gmt +0100": "2003-12-31T13:56:21",
    "Thu, 01 Jan 2004 19:48:21 Etc/GMT": "2004-01-01T19:48:21",
    "Sat, 19 Mar 2016 13:49:00+1300": "2016-03-19T00:49:00",
    "Wed, 04 Jan 2023 05:06:60 GMT": "2023-01-04T05:06:59",
    "04-Jan-2023 05:06:07": "2023-01-04T05:06:07",
    " Thu,  5  Apr  2012 10:00:00 GMT\n": "2012-04-05T10:00:00",
    "Fri, 17 May 2019 06:00:00 BST": "2019-05-17T05:00:00",
    # ISO 8601 and W3CDTF
    "2023-01-04T05:06:07Z": "2023-01-04T05:06:07",
    "2023-01-04T05:06:07.123456-05:00": "2023-01-04T10:06:07",
    "2023-01-04T05:06:07,5+0100": "2023-01-04T04:06:07",
    "2023-01-04T05:06+01": "2023-01-04T04:06:00",
    "2023-01-04 05:06:07 -0500": "2023-01-04T10:06:07",
    "2023-01-04 T05:06:07-05:00": "2023-01-04T10:06:07",
    "2023-01-04T24:00:00Z": "2023-01-05T00:00:00",
    "20230104T050607Z": "2023-01-04T05:06:07",
    "20230104": "2023-01-04T00:00:00",
    "2023-01-04": "2023-01-04T00:00:00",
    "2023-1-4": "2023-01-04T00:00:00",
    "2023-01": "2023-01-01T00:00:00",
    "2023": "2023-01-01T00:00:00",
    "2023-004": "2023-01-04T00:00:00",
    "2024-366": "2024-12-31T00:00:00",
    "2023-W01-2": "2023-01-03T00:00:00",
    "2020/1/10 14:33:00": "2020-01-10T14:33:00",
    "2010-07-22T11:52:00 GMT": "2010-07-22T11:52:00",
    # what else is met
    "Wed Jan  4 05:06:07 2023": "2023-01-04T05:06:07",
    "Wed Jan  4 05:06:07 EST 2023": "2023-01-04T10:06:07",
    "Sat Aug 19 2006 09:48:20 GMT+0200 (CEST)": "2006-08-19T07:48:20",
    "Fri, 2006/09/15 08:19:53 EDT": "2006-09-15T12:19:53",
    "January 4th, 2023": "2023-01-04T00:00:00",
    "Jan 4, 2023 12:05 AM": "2023-01-04T00:05:00",
    "Sat, Dec 16 2023 02:02:33 PM": "2023-12-16T14:02:33",
    "Friday, January 29, 2021 04:42 PM": "2021-01-29T16:42:00",
    "04/13/2023 5:46 p.m.": "2023-04-13T17:46:00",
    "13/04/2023": "2023-04-13T00:00:00",
    "4.1.2023 05:06": "2023-01-04T05:06:00",
    "4. Januar 2023": "2023-01-04T00:00:00",
    "mié, 04 ene 2023 10:00:00 +0000": "2023-01-04T10:00:00",
    "Mon, 2 de enero de 2023 10:00:00 -0600": "2023-01-02T16:00:00",
    "seg, 02 fev 2026 10:00:00 -0300": "2026-02-02T13:00:00",
}
NOT_READ = [
    *("", "   ", "0", "-1", "May", "tomorrow", "13:00", "1672802700", "99999999999", "1" * 5000, "Jan 2023 5"),
    *("Thu, 01 Jan 1970 00:00:00 GMT", "1970-12-31T23:59:59Z", "0001-01-01T00:00:00Z", "0000-00-00"),
    *("2100-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "10000-01-01"),
    *("Mon, 31 Feb 2023 25:61:61 +9999", "2023-02-29", "2023-366", "2023-W60-1", "2023-13-01", "20231301"),
    *("2023-01-04T25:00:00Z", "2023-01-04T24:00:01Z", "2023-01-04T05:60:00Z", "2003-07-01T01:55:61-0500"),
    *("Fri, 11 Mar 2016 01:15:00 +3000", "2023-01-04T05:06:07+05:99", "Wed, 04 Foo 2023 05:06:07 GMT"),
    *("04/01/2023", "1/2/2023 5:06 PM", "insert date here", "2023-01-04 or so"),
]


@pytest.mark.parametrize("text", READ)
def test_read(text: str) -> None:
    """Every form that was met in feeds names its moment."""
    expected = datetime.fromisoformat(READ[text]).replace(tzinfo=UTC)
    assert int(expected.timestamp()) == dates.seconds(text)


@pytest.mark.parametrize("text", NOT_READ)
def test_not_read(text: str) -> None:
    """What doesn't exist, can't be true or can be read in two ways is no date."""
    assert dates.seconds(text) is None


def test_none() -> None:
    """A feed without a date has none."""
    assert dates.seconds(None) is None


@settings(deadline=None)
@given(st.text(alphabet="0123456789-/:.+ TZWGMTEDSAPMJanFebMonTuedth,()", max_size=40))
def test_any_text(text: str) -> None:
    """Whatever is written, the answer is None or a moment between 1990 and 2100."""
    moment = dates.seconds(text)
    assert moment is None or dates.EARLIEST <= moment < dates.LATEST


@settings(deadline=None)
@given(st.datetimes(datetime(1990, 1, 2), datetime(2099, 12, 30)), st.integers(-14 * 60, 14 * 60))  # noqa: DTZ001
def test_both_usual_forms_agree(moment: datetime, offset: int) -> None:
    """RFC 822 and ISO 8601 of one moment give the same seconds."""
    zone = f"{'-' if offset < 0 else '+'}{abs(offset) // 60:02}{abs(offset) % 60:02}"
    expected = int(moment.replace(microsecond=0, tzinfo=UTC).timestamp()) - offset * 60
    assert expected == dates.seconds(f"{moment:%a, %d %b %Y %H:%M:%S} {zone}")
    assert expected == dates.seconds(f"{moment:%Y-%m-%dT%H:%M:%S}{zone[:3]}:{zone[3:]}")
