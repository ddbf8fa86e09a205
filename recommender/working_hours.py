"""Working hours that two people have in common."""

from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from recommender.people import People

WORKING_HOURS = (9.0, 17.0)

UNKNOWN_SHARE = 0.5
"""Of the day that counts as common where a time zone is not known: neither for nor against."""


def overlapping_hours(people: People, seeker: int, rows: NDArray[np.int64]) -> NDArray[np.float64]:
    """Count the hours from 9 to 17 that the seeker shares with each of `rows`: `(n,)`, 0 to 8.

    An unknown time zone counts as half a day.
    """
    offsets = utc_offsets(people.timezone.names, str(people.as_of))
    day = WORKING_HOURS[1] - WORKING_HOURS[0]
    own = offsets[people.timezone.codes[seeker]]
    apart = np.abs(offsets[people.timezone.codes[rows]] - own)
    apart = np.minimum(apart, 24.0 - apart)
    return np.where(np.isnan(apart), UNKNOWN_SHARE * day, np.clip(day - apart, 0.0, day))


@lru_cache(maxsize=8)
def utc_offsets(names: tuple[str, ...], day: str) -> NDArray[np.float64]:
    """Look up the hours ahead of UTC of each time zone on a day; the last entry is 'unknown'.

    Returns:
        `(len(names) + 1,)` float64; NaN for a name that is no time zone, and at index `NO_CODE`.
    """
    noon = pd.Timestamp(day) + pd.Timedelta(hours=12)
    offsets = np.full(len(names) + 1, np.nan)
    for number, name in enumerate(names):
        try:
            offset = noon.tz_localize(ZoneInfo(name)).utcoffset()
        except (ZoneInfoNotFoundError, ValueError, OSError):
            continue
        if offset is not None:
            offsets[number] = offset.total_seconds() / 3600
    return offsets
