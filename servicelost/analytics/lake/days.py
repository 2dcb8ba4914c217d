"""Which day it was at the dealership: whole columns of moments turned into days.

Only the calendar of time zones; opening days and holidays are the directory's.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

_SLOT = 15 * 60 * 1_000_000  # no zone changes its offset anywhere but on a quarter of an hour
_DAY = 24 * 60 * 60 * 1_000_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_UTC = ZoneInfo("UTC")


def local_days(moments: pa.Array, dealerships: pa.Array, zones: Mapping[int, ZoneInfo]) -> pa.Array:
    """The local day of each moment in its dealership's zone; UTC where the dealership is unknown."""
    missing = moments.is_null().to_numpy(zero_copy_only=False)
    micros = moments.cast(pa.int64()).fill_null(0).to_numpy(zero_copy_only=False)
    local = micros + _offsets(micros, dealerships.to_numpy(zero_copy_only=False), zones)
    return pa.array((local // _DAY).astype("int32"), pa.int32(), mask=missing).cast(pa.date32())


def months(days: pa.Array) -> pa.Array:
    """The first day of the month of each day."""
    missing = days.is_null().to_numpy(zero_copy_only=False)
    plain = days.cast(pa.int32()).fill_null(0).to_numpy(zero_copy_only=False).astype("datetime64[D]")
    firsts = plain.astype("datetime64[M]").astype("datetime64[D]").astype("int32")
    return pa.array(firsts, pa.int32(), mask=missing).cast(pa.date32())


def _offsets(
    micros: NDArray[np.int64], dealerships: NDArray[np.int64], zones: Mapping[int, ZoneInfo]
) -> NDArray[np.int64]:
    offsets = np.zeros(len(micros), dtype=np.int64)
    known, place = np.unique(dealerships, return_inverse=True)
    for zone in {zones.get(int(dealership), _UTC) for dealership in known}:
        here = np.array([zones.get(int(dealership), _UTC) is zone for dealership in known])[place]
        slots, slot = np.unique(micros[here] // _SLOT, return_inverse=True)
        offsets[here] = np.array([_offset(zone, int(start)) for start in slots], dtype=np.int64)[slot]
    return offsets


@lru_cache(maxsize=400_000)
def _offset(zone: ZoneInfo, slot: int) -> int:
    offset = (_EPOCH + timedelta(microseconds=slot * _SLOT)).astimezone(zone).utcoffset()
    return 0 if offset is None else offset // timedelta(microseconds=1)
