"""The file with a recording's steps: one record behind another, written before the loop goes on.

    16 bytes   "unstuck steps 2" and a line's end
    8 bytes    how many records are written
    records    32 bytes of lengths, the step as JSON, the layout of its arrays as JSON, their numbers one after another

Of a record's 32 bytes the first are the letters "step"; then come, little endian, the bytes of the step's JSON and of the layout's
and the record's place among the others, from 1 on (4 each), the bytes of the numbers (8), and the sum of the three parts that
follow, taken as one text of integers of 8 bytes with zeros behind its end (8, without what is carried beyond them). A layout is a list of name, type and
shape; it is left out where it is that of the record before. The type is NumPy's, "f4" or "i8", or "q2": a scale as float32, and 16
bits for each number, of which -32768 is NaN and 32767 and -32767 are the infinities.

A step's JSON has among others "rates", the rate of each group of each optimizer as it was at that optimizer's step, and "settings": in the
same lists the group's other settings (momentum, betas, weight_decay, …) that weren't what recording.json says of them. Where all were, it
isn't there. A recording.json without "settings_by_step" is of an earlier version, which told of the rates alone.

What a process has written is the system's, and stays where the process is killed. A record that isn't whole is told by its lengths,
one that was damaged by its sum, and one that is gone from the file's end by the number of those that were written.
"""

from __future__ import annotations

import contextlib
import errno
import json
import math
import os
import struct
from typing import Any

import numpy as np

FILE = "steps.journal"

_BEGIN = b"unstuck steps 2\n"
_COUNT = struct.Struct("<Q")
_HEAD = struct.Struct("<4sIIIQQ")
_TYPES = frozenset(["f4", "f8", "i1", "i2", "i4", "i8", "u1", "b1"])
_FLOAT32 = np.dtype("<f4")
_UINT64 = np.dtype("<u8")
_MOST = 32766
_CHUNK = 1 << 15
_JOINED = 1 << 20

Entry = tuple[str, str, tuple[int, ...], list[Any]]
"""Name, type, shape and numbers of an array."""


if hasattr(os, "pwrite"):
    _write_at = os.pwrite
else:

    def _write_at(file: int, content: Any, at: int) -> int:
        os.lseek(file, at, os.SEEK_SET)
        return os.write(file, content)


class Journal:
    """Appends steps to a file."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.layout: Any = None
        self.end = len(_BEGIN) + _COUNT.size, 0  # bytes, and records: in one, for nothing to come in between
        self.file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o666)
        _write_at(self.file, _BEGIN + _COUNT.pack(0), 0)

    def __del__(self) -> None:
        with contextlib.suppress(OSError):  # nobody is there to be told
            self.close()

    def __reduce__(self) -> Any:
        return _closed, (self.path, self.end)  # a copy of a model has its hooks, and all that they hold; it must not close our file

    @property
    def size(self) -> int:
        """Return how many bytes the file has."""
        return self.end[0]

    @property
    def count(self) -> int:
        """Return how many records were written."""
        return self.end[1]

    def close(self) -> None:
        """Let the file go."""
        file, self.file = getattr(self, "file", -1), -1
        if file >= 0:
            os.close(file)

    def append(self, told: bytes, arrays: list[Entry]) -> None:
        """Write a step: what is told of it, and its arrays. A record that can't be written whole isn't there."""
        layout, known = [(name, kind, shape) for name, kind, shape, _ in arrays], self.layout
        described = b"" if layout == known else json.dumps(layout).encode()
        parts = [told, described, *(part for _, _, _, numbers in arrays for part in numbers)]
        length = sum(map(len, parts)) - len(told) - len(described)
        head = b"step", len(told), len(described), self.count + 1, length
        self.layout = None  # whatever interrupts what follows, the next record says its own
        if length < _JOINED:
            behind = _HEAD.size + sum(map(len, parts))
            whole = bytearray().join([bytes(_HEAD.size), *parts, bytes(-behind % 8)])
            _HEAD.pack_into(whole, 0, *head, int(np.add.reduce(np.frombuffer(whole, _UINT64, offset=_HEAD.size))))
            parts = [memoryview(whole)[:behind]]
        else:
            parts = [_HEAD.pack(*head, _sum(parts)), *parts]
        self._write(parts)
        self.end = self.size + sum(map(len, parts)), self.count + 1
        self.layout = layout
        _write_at(self.file, _COUNT.pack(self.count), len(_BEGIN))

    def _write(self, parts: list[Any]) -> None:
        there = os.fstat(self.file)
        if there.st_nlink == 0:  # it can be written to, and nobody finds it any more
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), self.path)
        try:
            if there.st_size != self.size:  # a record was interrupted
                os.ftruncate(self.file, self.size)
            at = self.size
            for part in parts:
                rest = memoryview(part)
                while rest:
                    written = _write_at(self.file, rest, at)
                    rest, at = rest[written:], at + written
        except BaseException:
            os.ftruncate(self.file, self.size)
            raise


def _sum(parts: list[Any]) -> int:
    """Return the sum of a text in pieces, of its 8 bytes at a time: a tenth of the time of a checksum that is proof against more."""
    total, rest = 0, b""
    for part in parts:
        plain = memoryview(part)
        if rest:
            missing = 8 - len(rest)
            rest, plain = rest + bytes(plain[:missing]), plain[missing:]
            if len(rest) < 8:
                continue
            total += int.from_bytes(rest, "little")
        whole = len(plain) & ~7
        if whole:
            total += int(np.add.reduce(np.frombuffer(plain[:whole], _UINT64)))
        rest = bytes(plain[whole:])
    return (total + int.from_bytes(rest, "little")) & 0xFFFFFFFFFFFFFFFF


def _closed(path: str, end: tuple[int, int]) -> Journal:
    copy = Journal.__new__(Journal)
    copy.path, copy.layout, copy.end, copy.file = path, None, end, -1
    return copy


def entry(name: str, values: np.ndarray, short: bool) -> Entry:
    """Return an array as a journal takes it, in 16 bits with a scale where short."""
    if not short and values.dtype == _FLOAT32 and values.ndim:
        plain = memoryview(values)
        if plain.c_contiguous:
            return name, "f4", values.shape, [plain.cast("B")]
    if values.dtype.hasobject:
        raise ValueError(f"{name} holds Python objects")
    if short and values.dtype == np.float32:
        return name, "q2", values.shape or (1,), _in_16_bits(np.ascontiguousarray(values).reshape(-1))
    kind = values.dtype.str[1:]
    if kind not in _TYPES:
        kind = "f4" if values.dtype.kind == "f" else "i8"
        values = values.astype(kind)
    whole = np.ascontiguousarray(values).astype("<" + kind, copy=False)
    return name, kind, whole.shape or (1,), [memoryview(whole.reshape(-1)).cast("B")]


def _in_16_bits(values: np.ndarray) -> list[Any]:
    largest = max(float(values.max()), -float(values.min()))  # NaN stays NaN
    finite = math.isfinite(largest)
    if not finite:
        good = values[np.isfinite(values)]
        largest = float(np.abs(good).max()) if good.size else 0.0
    scale = np.float32(largest / _MOST) or np.float32(1)
    into = np.empty(values.size, "<i2")
    scaled = np.empty(min(values.size, _CHUNK), np.float32)  # in pieces that stay in the processor's cache
    for at in range(0, values.size, _CHUNK):
        piece = values[at : at + _CHUNK]
        part = scaled[: piece.size]
        with np.errstate(invalid="ignore"):
            np.rint(np.divide(piece, scale, out=part), out=part)
            if not finite:
                part[:] = np.where(np.isnan(piece), -32768, np.where(np.isposinf(piece), 32767, np.where(np.isneginf(piece), -32767, part)))
        np.copyto(into[at : at + _CHUNK], part, casting="unsafe")
    return [struct.pack("<f", scale), memoryview(into).cast("B")]


def read(path: str) -> list[tuple[dict[str, Any], dict[str, np.ndarray]]]:
    """Return what is told of each step, and its arrays, up to the first record that isn't whole or was damaged."""
    with open(path, "rb") as file:
        content = file.read()
    if not content.startswith(_BEGIN):
        raise ValueError(f"{path} is no journal of steps")
    steps, at, layout = [], len(_BEGIN) + _COUNT.size, []
    while at + _HEAD.size <= len(content):
        mark, told, described, number, length, checked = _HEAD.unpack_from(content, at)
        at += _HEAD.size
        end = at + told + described + length
        if mark != b"step" or number != len(steps) + 1 or end > len(content) or _sum([content[at:end]]) != checked:
            break
        step = json.loads(content[at : at + told])
        at += told
        if described:
            layout = json.loads(content[at : at + described])
        at += described
        arrays = {}
        for name, kind, shape in layout:
            count = math.prod(shape)
            if kind == "q2":
                (scale,) = struct.unpack_from("<f", content, at)
                numbers = np.frombuffer(content, "<i2", count, at + 4)
                values = numbers * np.float32(scale)
                values[numbers == -32768], values[numbers == 32767], values[numbers == -32767] = np.nan, np.inf, -np.inf
                at += 4 + 2 * count
            else:
                values = np.frombuffer(content, "<" + kind, count, at)
                at += values.nbytes
            arrays[name] = values.reshape(shape)
        steps.append((step, arrays))
        at = end
    return steps
