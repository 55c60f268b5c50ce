"""Memory for rows that are written again and again: it begins where a line of the processor's cache does."""

import math
from typing import Any, Final

import numpy as np
from numpy.typing import DTypeLike, NDArray

_LINE: Final = 64
"""Bytes. A vector stored across the border of two lines takes twice the time of one within a line."""


def room(*shape: int, dtype: DTypeLike = np.float64) -> NDArray[Any]:
    """An array whose rows each begin on a cache line; what it holds is not defined."""
    size = np.dtype(dtype).itemsize
    width = -(-shape[-1] * size // _LINE) * _LINE // size
    count = math.prod(shape[:-1]) * width
    raw = np.empty(count * size + _LINE, np.uint8)
    start = -raw.ctypes.data % _LINE
    return raw[start : start + count * size].view(dtype).reshape(*shape[:-1], width)[..., : shape[-1]]


def zeros(*shape: int, dtype: DTypeLike = np.float64) -> NDArray[Any]:
    """The same, filled with zeros."""
    rows = room(*shape, dtype=dtype)
    rows.fill(0)
    return rows
