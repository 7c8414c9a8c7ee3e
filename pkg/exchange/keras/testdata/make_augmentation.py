"""Records what Keras' layers of image augmentation do in training where nothing is left to chance: their ranges hold one number.

    KERAS_BACKEND=jax python make_augmentation.py augmentation.json.gz

Of what is turned to one side or the other at random, both are kept.
"""

import json
import os
import pathlib
import sys

os.environ.setdefault("KERAS_BACKEND", "jax")
sys.path.insert(0, str(pathlib.Path(__file__).parent))
import gzip  # noqa: E402

import keras  # noqa: E402
import numpy as np  # noqa: E402
from make_layers import filled, kept  # noqa: E402

FIRST = {"data_format": "channels_first"}
UNIT = {"value_range": (0, 1)}
CASES = [("RandomFlip", {"mode": m, **f}) for m in ("horizontal", "vertical", "horizontal_and_vertical") for f in ({}, FIRST)]
for fill in ("reflect", "wrap", "constant", "nearest"):
    how = {"fill_mode": fill, "fill_value": 7.0}
    CASES += [
        ("RandomRotation", {"factor": (0.1, 0.1), **how}),
        ("RandomRotation", {"factor": (-0.34, -0.34), "interpolation": "nearest", **how}),
        ("RandomTranslation", {"height_factor": (0.3, 0.3), "width_factor": (-0.23, -0.23), **how}),
        ("RandomTranslation", {"height_factor": (-0.85, -0.85), "width_factor": (1.0, 1.0), "interpolation": "nearest", **how, **FIRST}),
        ("RandomZoom", {"height_factor": (0.4, 0.4), "width_factor": (-0.3, -0.3), **how}),
        ("RandomZoom", {"height_factor": (-0.6, -0.6), "interpolation": "nearest", **how}),
        ("RandomShear", {"x_factor": (0.4, 0.4), "y_factor": (0.2, 0.2), **how}),
    ]
CASES += [
    ("RandomContrast", {"factor": (0.0, 0.0)}),
    ("RandomBrightness", {"factor": (0.2, 0.2)}),
    ("RandomBrightness", {"factor": (-0.3, -0.3), **UNIT}),
    ("RandomGrayscale", {"factor": 1.0}),
    ("RandomGrayscale", {"factor": 1.0, **FIRST}),
    ("RandomColorDegeneration", {"factor": (0.6, 0.6)}),
    ("RandomColorDegeneration", {"factor": (-0.4, -0.4), **UNIT}),
    ("RandomInvert", {"factor": (1, 1)}),
    ("RandomInvert", {"factor": (1, 1), **UNIT, **FIRST}),
    ("RandomPosterization", {"factor": 1}),
    ("RandomPosterization", {"factor": (3, 3), **UNIT}),
    ("RandomSharpness", {"factor": (0.9, 0.9)}),
    ("RandomSharpness", {"factor": (0.2, 0.2), **UNIT, **FIRST}),
    ("RandomHue", {"factor": (0.4, 0.4)}),
    ("RandomHue", {"factor": (0.9, 0.9), **UNIT, **FIRST}),
    ("RandomSaturation", {"factor": (0.7, 0.7)}),
    ("RandomSaturation", {"factor": (0.2, 0.2), **UNIT, **FIRST}),
    ("RandomColorJitter", {"brightness_factor": (0.1, 0.1), "saturation_factor": (0.3, 0.3)}),
    ("RandomErasing", {"factor": (1, 1), "scale": (1, 1), "fill_value": 9}),
    ("Solarization", {"threshold_factor": (0, 0), "addition_factor": (0, 0)}),
    ("RandomGaussianBlur", {"factor": (1, 1), "kernel_size": (3, 5), "sigma": (0.7, 0.7)}),
    ("RandomGaussianBlur", {"factor": (1, 1), "kernel_size": 3, "sigma": (0.4, 0.4), **UNIT, **FIRST}),
    ("RandomGaussianBlur", {"factor": (0, 0)}),
    ("RandomPerspective", {"factor": 0}),
    ("RandomElasticTransform", {"factor": 0}),
    ("RandomCrop", {"height": 5, "width": 2}),
    ("RandomCrop", {"height": 7, "width": 3}),
    ("RandomCrop", {"height": 3, "width": 9}),
    ("RandomCrop", {"height": 4, "width": 6, **FIRST}),
    ("AutoContrast", {}),
    ("AutoContrast", UNIT),
    ("Equalization", {}),
    ("Equalization", {"bins": 16, **FIRST}),
    ("Equalization", {"bins": 64, **UNIT}),
    ("ContrastLimitedAdaptiveHistogramEqualization", {}),
    ("ContrastLimitedAdaptiveHistogramEqualization", {"tile_grid_size": (2, 1), "clip_limit": 1.5}),
    ("ContrastLimitedAdaptiveHistogramEqualization", {"tile_grid_size": (2, 3), "clip_limit": 40.0, **FIRST}),
    ("ContrastLimitedAdaptiveHistogramEqualization", {"tile_grid_size": (3, 2), **UNIT}),
]


def sides(layer, x):
    """The transformations that a draw chooses between."""
    n = len(x)
    if isinstance(layer, keras.layers.RandomFlip):
        return [{"flips": np.full((n, 1, 1, 1), f), "input_shape": x.shape} for f in (True, False)]
    if isinstance(layer, keras.layers.RandomShear):
        return [{"shear_factor": np.float32(s) * np.tile(np.float32([[layer.x_factor[0], layer.y_factor[0]]]), (n, 1)), "input_shape": x.shape} for s in (1, -1)]
    if isinstance(layer, keras.layers.RandomHue):
        return [{"factor": np.full((n,), s * layer.factor[0] * 0.5, "float32")} for s in (1, -1)]
    return [layer.get_random_transformation(x, training=True)]


def main(path):
    cases = []
    for name, arguments in CASES:
        keras.backend.clear_session()
        print(name, arguments, file=sys.stderr)
        layer = getattr(keras.layers, name)(**arguments)
        high = arguments.get("value_range", (0, 255))[1]
        shape = (6, 3, 5, 4) if arguments.get("data_format") == "channels_first" else (6, 5, 4, 3)
        x = filled(shape, 1, 0, high).astype("float32")
        if whole := "Histogram" in name and high > 1 or name == "Equalization" and not arguments:
            x = np.floor(x)  # colors on the edges of bins
        model = keras.Sequential([layer] if name == "Equalization" else [keras.Input(shape[1:], name="x"), layer])  # which Keras 3.15 can't build
        outputs = [np.asarray(layer.transform_images(keras.ops.convert_to_tensor(x), t, training=True)) for t in sides(layer, x)]
        inference = np.asarray((layer if name == "Equalization" else model)(x, training=False))
        cases.append({"class": name, "config": model.to_json(), "high": high, "shape": list(shape), "whole": whole, "outputs": [kept(y) for y in outputs], "inference": kept(inference)})
    with open(path, "wb") as raw, gzip.GzipFile(fileobj=raw, mode="wb", mtime=0, filename="") as f:
        f.write(json.dumps({"keras": keras.__version__, "cases": cases}, separators=(",", ":"), sort_keys=True).encode())


if __name__ == "__main__":
    main(sys.argv[1])
