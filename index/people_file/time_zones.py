"""Time zones as systems write them, as the names that clocks know."""

import re
from datetime import datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from babel.core import get_global

AMBIGUOUS: dict[str, str] = {
    "ist": "India, Ireland or Israel",
    "cst": "North America, China or Cuba",
    "est": "North America or Australia",
    "bst": "Britain or Bangladesh",
    "ast": "the Atlantic coast or Arabia",
    "pst": "North America or the Philippines",
    "mst": "North America, Malaysia or Myanmar",
    "gst": "the Gulf or Guam",
    "sst": "Samoa or Singapore",
    "amt": "the Amazon or Armenia",
    "wst": "Western Australia or Samoa",
    "ect": "Ecuador or the Caribbean",
}
"""Short names that several parts of the world use."""

_OFFSET = re.compile(r"\(?\s*(?:gmt|utc)\s*(?:([+\-−–])\s*(\d{1,2})(?::?(\d\d))?)?\s*\)?", re.I)
_A_WINTER_DAY, _A_SUMMER_DAY = datetime(2025, 1, 15), datetime(2025, 7, 15)


def time_zone(text: str) -> tuple[str, str]:
    """Read a time zone.

    Args:
        text: an IANA name in any case, a Windows name, a city, an offset, or an offset with cities,
            as Workday and Windows show it.

    Returns:
        The IANA name ("" where none is sure), and the slug of what is wrong or doubtful ("" where
        nothing is): `unknown_timezone`, `ambiguous_timezone` or `offset_timezone`.
    """
    if not text:
        return "", ""
    key = _key(text)
    if key in AMBIGUOUS:
        return "", "ambiguous_timezone"
    name = _named(text) or _windows().get(key)
    if name:
        return name, ""
    offset = _OFFSET.match(text)
    if not offset:
        return "", "unknown_timezone"
    minutes = _minutes(offset)
    rest = text[offset.end() :]
    if not rest.strip():
        return _fixed(minutes)
    named = [_named(place) for place in re.split(r"[(),;]", rest)]
    fitting = [zone for zone in named if zone and minutes in _offsets(zone)]
    return (fitting[0], "") if fitting else ("", "unknown_timezone")


def _named(place: str) -> str:
    return _names().get(_key(place)) or _cities().get(_key(place), "")


def _minutes(offset: "re.Match[str]") -> int:
    sign, hours, minutes = offset.groups()
    return (1 if sign == "+" else -1) * (int(hours) * 60 + int(minutes or 0)) if sign else 0


def _fixed(minutes: int) -> tuple[str, str]:
    """Name the zone that is always so far from Greenwich; its names count the other way round."""
    hours, rest = divmod(abs(minutes), 60)
    name = f"Etc/GMT{'-' if minutes > 0 else '+'}{hours}" if minutes else "Etc/UTC"
    known = not rest and name in available_timezones()
    return (name, "offset_timezone") if known else ("", "unknown_timezone")


@cache
def _offsets(name: str) -> set[int]:
    """Return a zone's distances from Greenwich in minutes, in winter and in summer."""
    ahead = (ZoneInfo(name).utcoffset(day) for day in (_A_WINTER_DAY, _A_SUMMER_DAY))
    return {int((found or timedelta()).total_seconds() // 60) for found in ahead}


def _key(name: str) -> str:
    return re.sub(r"[\s_]+", "_", re.sub(r"\s*/\s*", "/", name.strip())).casefold()


@cache
def _names() -> dict[str, str]:
    return {name.casefold(): name for name in available_timezones()}


@cache
def _windows() -> dict[str, str]:
    known = available_timezones()
    zones = get_global("windows_zone_mapping")
    return {_key(windows): name for windows, name in zones.items() if name in known}


@cache
def _cities() -> dict[str, str]:
    """Name the zone of each city that only one zone is called after."""
    by_city: dict[str, set[str]] = {}
    for name in available_timezones():
        area, _, city = name.rpartition("/")
        if area in ("Africa", "America", "Asia", "Atlantic", "Australia", "Europe", "Indian",
                    "Pacific"):  # fmt: skip
            by_city.setdefault(city.casefold(), set()).add(name)
    return {city: names.pop() for city, names in by_city.items() if len(names) == 1}
