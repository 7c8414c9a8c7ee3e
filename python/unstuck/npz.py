"""Writes arrays as numpy.savez does, whatever they are called."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable

import numpy as np

_FIRST_DAY = (1980, 1, 1, 0, 0, 0)


def packed(arrays: Iterable[tuple[str, np.ndarray]]) -> bytes:
    """Return the content of an .npz file with these arrays: numpy.savez would take a name such as "file" for an argument.

    The same arrays give the same bytes.
    """
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, array in arrays:
            entry = io.BytesIO()
            np.lib.format.write_array(entry, np.ascontiguousarray(array), allow_pickle=False)
            archive.writestr(zipfile.ZipInfo(name + ".npy", _FIRST_DAY), entry.getvalue())
    return content.getvalue()
