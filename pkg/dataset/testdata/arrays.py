"""Writes the arrays that the tests read, with NumPy: python arrays.py, in this folder."""
import numpy as np

ramp = np.arange(12).reshape(2, 3, 2)
np.save("float32.npy", ramp.astype("<f4") / 2)
np.save("float64_big_endian.npy", ramp.astype(">f8") / 2)
np.save("int32_fortran.npy", np.asfortranarray(ramp.astype("<i4") - 6))
np.save("int64.npy", ramp.astype("<i8") - 6)
np.save("uint8.npy", ramp.astype("u1"))
np.save("bool.npy", ramp % 3 == 0)
np.save("scalar.npy", np.float32(3))
np.save("no_rows.npy", np.zeros((0, 4), "<f4"))
np.save("complex.npy", np.zeros((2, 2), "c8"))
np.save("huge_number.npy", np.array([1.0, 1e300]))
with open("version2.npy", "wb") as file:
    np.lib.format.write_array(file, np.arange(3.0), version=(2, 0))
labels = np.array([0, 2, 1], "<i4")
x = np.arange(12, dtype="<f4").reshape(3, 2, 2)
np.savez("plain.npz", x=x, y=labels)
np.savez_compressed("compressed.npz", y=labels, x=x, sample_weight=np.array([1, 0.5, 2]), extra=np.zeros(3))
np.savez("no_y.npz", x=x)
np.savez("shapes.npz", x=x, y=labels[:2])
