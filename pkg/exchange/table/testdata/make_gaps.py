"""Writes further tables as people have them beside those of make_tables.py: ids with gaps, numbers and marks that stand for missing values, a pair of tables.

    python make_gaps.py tables      # with scikit-learn and pandas
"""

import json
import sys
from pathlib import Path

import numpy as np
from sklearn import datasets

OUT = Path(sys.argv[1])
RNG = np.random.default_rng(5)


def dense(name, units, activation):
    config = {"name": name, "units": units, "activation": activation, "use_bias": True}
    return {"module": "keras.layers", "class_name": "Dense", "config": config, "registered_name": None}


def model(inputs, units, head, loss, optimizer, rate):
    first = {"batch_shape": [None, inputs], "dtype": "float32", "name": "in"}
    layers = [{"module": "keras.layers", "class_name": "InputLayer", "config": first, "registered_name": None}, dense("h", 32, "relu"), dense("out", units, head)]
    steps = {"module": "keras.optimizers", "class_name": optimizer, "config": {"learning_rate": rate}, "registered_name": None}
    return {
        "module": "keras", "class_name": "Sequential", "config": {"name": "net", "trainable": True, "layers": layers},
        "registered_name": None, "compile_config": {"optimizer": steps, "loss": loss},
    }


def write(name, tables, net, epochs, accept, says, rows, width):
    folder = OUT / name
    folder.mkdir(exist_ok=True)
    for file, (frame, how) in tables.items():
        frame.to_csv(folder / file, index=False, **how)
    expected = {"accept": accept, "rows": rows, "width": width, "says": says}
    for file, content in {"config.json": net, "fit.json": {"epochs": epochs}, "expected.json": expected}.items():
        (folder / file).write_text(json.dumps(content) + "\n")


def standardized(frame):
    frame = frame.copy()
    inputs = [c for c in frame.columns if c != "target"]
    frame[inputs] = ((frame[inputs] - frame[inputs].mean()) / frame[inputs].std()).round(3)
    return frame


def main():
    sparse = "sparse_categorical_crossentropy"
    wine, iris = datasets.load_wine(as_frame=True).frame, datasets.load_iris(as_frame=True).frame
    diabetes = datasets.load_diabetes(as_frame=True, scaled=False).frame

    gaps = standardized(wine)
    gaps.insert(0, "sample", np.cumsum(RNG.integers(1, 4, len(gaps))))
    write("wine-gaps", {"data.csv": (gaps, {})}, model(13, 3, "softmax", sparse, "Adam", 0.005), 60, ["healthy"], ['column "sample" left out'], 178, 13)

    ages = standardized(diabetes)
    ages["target"] = ((ages.target - ages.target.mean()) / ages.target.std()).round(3)
    for column in ("bmi", "bp"):
        ages.loc[RNG.random(len(ages)) < 0.08, column] = -999
    write("diabetes-999", {"data.csv": (ages, {})}, model(10, 1, "linear", "mse", "Adam", 0.005), 60, ["unscaled-inputs", "healthy"], ["--missing-value -999"], 442, 10)

    pair = standardized(iris).sample(frac=1, random_state=3)
    pair["target"] = pair.target.map({0: "setosa", 1: "versicolor", 2: "virginica"})
    comma = {"sep": ";", "decimal": ","}
    tables = {"train.csv": (pair[:110], comma), "test.csv": (pair[110:], comma)}
    write("iris-pair", tables, model(4, 3, "softmax", sparse, "Adam", 0.01), 60, ["healthy"], ["validation rows those of test.csv"], 110, 4)

    marks = wine.copy()
    for column, mark in (("ash", "?"), ("hue", "NA"), ("proline", "-")):
        marks[column] = marks[column].astype(object)
        marks.loc[RNG.random(len(marks)) < 0.07, column] = mark
    marks = marks.sample(frac=1, random_state=2)
    write("wine-marks", {"data.csv": (marks, {})}, model(13, 3, "softmax", sparse, "SGD", 0.01), 60, ["unscaled-inputs"], ["missing values filled"], 178, 13)

    index = standardized(iris).iloc[::2].copy()
    index.insert(0, "", np.sort(RNG.choice(np.arange(1, 140), len(index), replace=False)))
    index.insert(1, "kind", RNG.choice(["a", "b"], len(index)))
    write("iris-index-gaps", {"data.csv": (index, {})}, model(5, 3, "softmax", sparse, "Adam", 1e-7), 80, ["learning-rate-too-low"], ['left out'], 75, 5)


main()
