"""Writes the files that the tests of this package read. Needs h5py and numpy.

Every array counts up in halves from -3: -3, -2.5, -2, ... in row-major order.
"""

import os

import h5py
import numpy as np

HERE = os.path.dirname(os.path.abspath(__file__))


def ramp(*shape):
    n = int(np.prod(shape, dtype=int))
    return (np.arange(n, dtype=np.float32) * 0.5 - 3).reshape(shape)


def fill(f, **how):
    f["layers/dense/vars/0"] = ramp(3, 4)
    f["layers/dense/vars/1"] = ramp(4)
    f["layers/dense/vars"].attrs["name"] = "dense"
    f["scalar"] = np.float32(-3)
    f["empty"] = np.zeros((0, 2), np.float32)


for name, libver in {"earliest": "earliest", "latest": "latest"}.items():
    with h5py.File(os.path.join(HERE, name + ".h5"), "w", libver=libver) as f:
        fill(f)

with h5py.File(os.path.join(HERE, "chunked.h5"), "w", libver="earliest") as f:
    f.create_dataset("plain", data=ramp(7, 5), chunks=(3, 2))
    f.create_dataset("gzip", data=ramp(7, 5), chunks=(3, 2), compression="gzip")
    f.create_dataset("shuffled", data=ramp(7, 5, 3), chunks=(2, 5, 2), compression="gzip", shuffle=True)
    f.create_dataset("many", data=ramp(300), chunks=(2,))
    f.create_dataset("unwritten", shape=(4, 4), dtype="f4", chunks=(2, 2))
    f.create_dataset("lzf", data=ramp(4, 4), chunks=(2, 2), compression="lzf")

for name, libver in {"attributes_earliest": "earliest", "attributes_latest": "latest"}.items():
    with h5py.File(os.path.join(HERE, name + ".h5"), "w", libver=libver) as f:
        f.attrs["variable"] = "grüße"
        f.attrs["long"] = "0123456789" * 500
        f.attrs["fixed"] = np.bytes_(b"of six")
        f.attrs["empty"] = np.array([])
        f.attrs["number"] = np.float32(1)
        group = f.create_group("group")
        group.attrs["variables"] = np.array(["a", "", "ccc"], dtype=h5py.string_dtype())
        group.attrs.create("fixeds", np.array([b"a", b"bb", b"ccc"], dtype="S4"))
        # 300 variable strings fill more than one heap.
        group.attrs["many"] = np.array(["weight/%d/kernel:0" % i for i in range(300)], dtype=h5py.string_dtype())

with h5py.File(os.path.join(HERE, "other.h5"), "w", libver="earliest") as f:
    for kind in ["f2", "f8", "i4", ">f4", "S3"]:
        f.create_dataset(kind, data=np.zeros(3, kind))
    f.create_dataset("never", shape=(3,), dtype="f4")
    f["many/layer_0/deep"] = ramp(2)
    for i in range(1, 400):
        f[f"many/layer_{i}"] = f["many/layer_0"]
    f["alias"] = h5py.SoftLink("/never")
    f["loop"] = f["many"]
    f["many/up"] = f["/"]
