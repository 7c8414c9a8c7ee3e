"""Writes texts.npz: strings and numbers as NumPy writes them. python make_texts.py"""

import pathlib

import numpy as np

words = np.array([["Straße"], [""], ["a\x00b 😀"]])
np.savez_compressed(
    pathlib.Path(__file__).parent / "texts.npz",
    unicode=words,
    big=words.astype(">U6"),
    bytes=np.array(["Rom".encode(), "Köln".encode()]),
    fortran=np.asfortranarray([["a", "b", "c"], ["d", "e", "f"]]),
    whole=np.array([2**53 + 1, -1, 0]),
    unsigned=np.array([2**64 - 1], "uint64"),
    floats=np.array([36.9, -0.5, -2.0], "float32"),
    nan=np.array([np.nan]),
    objects=np.array(["a", "bc"], object),
)
