"""Writes tables/: twelve and more tables as people have them, made of scikit-learn's own data sets, each with a model of Keras, fit.json and expected.json.

    KERAS_BACKEND=jax python make_tables.py --data DATA.npz tables      # with Keras
    python make_tables.py --export DATA.npz                             # with scikit-learn, where that is another environment

Of each, expected.json says the verdict (the fault that was put into the model, or healthy), how many rows and inputs are right, how many
columns the inputs come from, and words that the assumptions must say. Models are plain dense networks; healthy ones were seen to learn.
"""

import argparse
import csv
import io
import json
import os
import random

import numpy as np


def export(path):
    from sklearn import datasets

    arrays = {}
    for name in ("iris", "wine", "breast_cancer", "diabetes", "digits", "linnerud"):
        d = getattr(datasets, "load_" + name)()
        arrays[name + "_x"], arrays[name + "_y"] = d.data, d.target
        arrays[name + "_names"] = np.array([str(n) for n in getattr(d, "feature_names", [])])
        arrays[name + "_classes"] = np.array([str(n) for n in getattr(d, "target_names", [])])
    np.savez_compressed(path, **arrays)


class Set:
    def __init__(self, arrays, name, rows=None, seed=1, standardize=True):
        self.x, self.y = arrays[name + "_x"].astype(float), arrays[name + "_y"]
        if standardize:
            self.x = (self.x - self.x.mean(0)) / self.x.std(0)
        order = np.random.default_rng(seed).permutation(len(self.x))[:rows]
        self.x, self.y = self.x[order], self.y[order]
        self.names, self.classes = list(arrays[name + "_names"]), list(arrays[name + "_classes"])


def text(rows, header, delimiter=",", **how):
    out = io.StringIO()
    w = csv.writer(out, delimiter=delimiter, lineterminator=how.pop("end", "\n"), **how)
    if header:
        w.writerow(header)
    w.writerows(rows)
    return out.getvalue()


def num(v, digits=3):
    return f"{v:.{digits}f}"


def comma(v, digits=3):
    return num(v, digits).replace(".", ",")


def model(inputs, units, activation, loss, rate=3e-3, hidden=(16,), how="adam", init=None, act="relu"):
    import keras

    kw = {"kernel_initializer": init} if init else {}
    layers = [keras.Input((inputs,))] + [keras.layers.Dense(h, activation=act, **kw) for h in hidden] + [keras.layers.Dense(units, activation=activation, **kw)]
    m = keras.Sequential(layers)
    m.compile(optimizer=keras.optimizers.Adam(rate) if how == "adam" else keras.optimizers.SGD(rate), loss=loss)
    config = json.loads(m.to_json())
    if "compile_config" not in config:
        config["compile_config"] = m.get_compile_config()
    return config


def cases(a):
    rng = random.Random(7)
    iris, wine = Set(a, "iris"), Set(a, "wine")
    cancer, diabetes = Set(a, "breast_cancer", 220), Set(a, "diabetes", 300)
    digits = Set(a, "digits", 260, standardize=False)
    sparse = "sparse_categorical_crossentropy"

    # 1. R's iris: text target last, a row number first, quoted.
    rows = [[i + 1] + [num(v) for v in x] + [iris.classes[y]] for i, (x, y) in enumerate(zip(iris.x, iris.y))]
    yield dict(name="iris-rownames", csv=text(rows, ["", "Sepal.Length", "Sepal.Width", "Petal.Length", "Petal.Width", "Species"], quoting=csv.QUOTE_NONNUMERIC),
               model=model(4, 3, "softmax", sparse, 1e-2), epochs=60, verdict="healthy", rows=150, width=4, says=["Species", "column 1", "setosa"])

    # 2. Semicolons and decimal commas, Latin-1, the fault: a rate far too low.
    names = ["Alkohol", "Äpfelsäure", "Asche", "Alkalität", "Magnesium", "Phenole", "Flavonoide", "Nichtflavonoide", "Proanthocyane", "Farbstärke", "Farbton", "Verdünnung", "Prolin"]
    rows = [[comma(v) for v in x] + ["Güte " + "ABC"[y]] for x, y in zip(wine.x, wine.y)]
    yield dict(name="wine-decimal-comma", csv=text(rows, names + ["Klasse"], ";", end="\r\n").encode("latin-1"), model=model(13, 3, "softmax", sparse, 1e-7),
               epochs=30, verdict="learning-rate-too-low", rows=178, width=13, says=["semicolon", "a comma", "windows-1252", "Klasse"])

    # 3. id first, text target second, an empty column at the end, as the well-known file has it; the fault: softmax over one unit.
    rows = [[842300 + 17 * i, "MB"[y]] + [num(v) for v in x] + [""] for i, (x, y) in enumerate(zip(cancer.x, cancer.y))]
    yield dict(name="cancer-id", csv=text(rows, ["id", "diagnosis"] + [n.replace(" ", "_") for n in cancer.names] + [""]), model=model(30, 1, "softmax", "binary_crossentropy"),
               epochs=30, verdict="loss-output-mismatch", rows=220, width=30, says=["id", "diagnosis", "empty columns at the end"])

    # 4. dates, yes and no, an ordered text, holes; regression with standardized target.
    y = (diabetes.y - diabetes.y.mean()) / diabetes.y.std()
    rows = []
    for i, x in enumerate(diabetes.x):
        cells = [num(v) for v in x]
        for _ in range(1 if rng.random() < 0.15 else 0):
            cells[rng.randrange(10)] = rng.choice(["", "NA", "?", "n/a", "NULL", "-"])
        smoker = ["no", "yes"][rng.random() < 0.3]
        size = ["low", "medium", "high"][int(np.digitize(x[2], [-0.5, 0.5]))]
        rows.append([f"2024-{1 + i % 12:02d}-{1 + (i * 7) % 28:02d}"] + cells[:3] + [smoker] + cells[3:] + [size, num(y[i])])
    yield dict(name="diabetes-dates", csv=text(rows, ["visit"] + diabetes.names[:3] + ["smoker"] + diabetes.names[3:] + ["activity", "progression"]),
               model=model(12, 1, "linear", "mse", 3e-3), epochs=30, verdict="healthy", rows=300, width=12, says=["visit", "left out", "missing values", "\"smoker\" as no 0 and yes 1", "activity"])

    # 5. the same kind with categories, one-hot by the model's width; the fault: sigmoid on a signed target.
    cities = ["Berlin", "Paris", "Rome", "Madrid"]
    rows = [[num(v) for v in x[:5]] + [cities[i * 13 % 4]] + [num(v) for v in x[5:]] + [num(y[i])] for i, x in enumerate(diabetes.x)]
    yield dict(name="diabetes-city", csv=text(rows, diabetes.names[:5] + ["city"] + diabetes.names[5:] + ["target"], "\t"), suffix="tsv",
               model=model(14, 1, "sigmoid", "mse", 1e-2), epochs=30, verdict="output-range-mismatch", rows=300, width=14, says=["tab", "\"city\" one-hot, 4 inputs", "target"])

    # 6. no header, pixels, constants; healthy.
    rows = [[int(v) for v in x] + [int(y)] for x, y in zip(digits.x, digits.y)]
    yield dict(name="digits-no-header", csv=text(rows, None), model=model(64, 10, "softmax", sparse, 3e-3, (32,)), epochs=30, verdict="healthy", rows=260, width=64,
               says=["header none", "column 65"])

    # 7. UTF-16 as Excel writes "Unicode text": tabs, a byte order mark; text labels first under categorical_crossentropy; zeros as weights.
    words = "zero one two three four five six seven eight nine".split()
    rows = [[words[y], f"scan_{i:04d}.png"] + [int(v) for v in x] for i, (x, y) in enumerate(zip(digits.x[:150], digits.y[:150]))]
    yield dict(name="digits-utf16", csv=text(rows, ["digit", "file"] + [f"p{i}" for i in range(64)], "\t", end="\r\n").encode("utf-16"),
               model=model(64, 10, "softmax", "categorical_crossentropy", 3e-3, (32,), init="zeros"), epochs=30, verdict="symmetric-initialization", rows=150, width=64,
               says=["digit", "one-hot", "\"file\" left out"])

    # 8. thousands, currencies, percent: raw house-like prices from the diabetes study; the fault: unscaled targets.
    price = 150000 + 1500 * diabetes.y
    rows = [[f"${40000 + 9000 * x[0]:,.2f}", f"{50 + 10 * x[1]:.1f}%"] + [num(v) for v in x[2:]] + [f"{p:,.0f}"] for x, p in zip(diabetes.x, price)]
    yield dict(name="houses-currency", csv=text(rows, ["income", "share"] + [f"f{i}" for i in range(8)] + ["price"]), model=model(10, 1, "linear", "mse", 1e-3),
               epochs=20, verdict="unscaled-targets", accept=["unscaled-targets", "unscaled-inputs"], rows=300, width=10, says=["price", "currency signs", "percent signs"])

    # 9. remarks and a title, target in the middle by name, words for classes, binary; far too high a rate.
    rows = [[num(v) for v in x[:10]] + [["malignant", "benign"][y]] + [num(v) for v in x[10:]] for x, y in zip(cancer.x, cancer.y)]
    head = "# exported 2024-05-01 by lab 3\n# all values standardized\n"
    yield dict(name="cancer-remarks", csv=head + text(rows, [n.replace(" ", "_") for n in cancer.names[:10]] + ["label"] + [n.replace(" ", "_") for n in cancer.names[10:]]),
               model=model(30, 1, "sigmoid", "binary_crossentropy", 5.0, act="tanh"), epochs=25, verdict="learning-rate-too-high", rows=220, width=30, says=["label", "benign 0 and malignant 1"])

    # 10. a byte order mark, the target twice (as number and as text), an index without a name; healthy.
    rows = [[i] + [num(v) for v in x] + [int(y), iris.classes[y]] for i, (x, y) in enumerate(zip(iris.x, iris.y))]
    yield dict(name="iris-twice", csv=("\ufeff" + text(rows, ["Unnamed: 0", "sepal length (cm)", "sepal width (cm)", "petal length (cm)", "petal width (cm)", "target", "species"])).encode("utf-8"),
               model=model(4, 3, "softmax", "categorical_crossentropy", 1e-2), epochs=60, verdict="healthy", rows=150, width=4, says=["target", "in other words"])

    # 11. ?, quoted cells with line breaks, target names a class 1..3; vanishing gradients.
    rows = [[int(y) + 1] + [("?" if rng.random() < 0.02 else num(v)) for v in x] + ["tasted\nby " + "ab"[i % 2] + f", bottle {i}"] for i, (x, y) in enumerate(zip(wine.x, wine.y))]
    yield dict(name="wine-line-breaks", csv=text(rows, ["class"] + wine.names + ["note"]), model=model(13, 4, "softmax", sparse, 1e-7), epochs=30,
               verdict="learning-rate-too-low", rows=178, width=13, says=["class", "\"note\" left out", "missing values"])

    # 12. blanks as separators, no header, scientific notation, regression; healthy.
    rows = "\n".join("  ".join(f"{v: .5e}" for v in list(x) + [t]) for x, t in zip(diabetes.x, y)) + "\n"
    yield dict(name="diabetes-blanks", csv=rows, suffix="txt", model=model(10, 1, "linear", "mse", 3e-3), epochs=30, verdict="healthy", rows=300, width=10, says=["blanks", "column 11"])

    # 13. US dates, header repeated in the middle, rows of commas, several classes one-hot in the table already.
    rows = [[f"{1 + i % 12}/{1 + (i * 5) % 28}/2023"] + [num(v) for v in x] + [int(y == k) for k in range(3)] for i, (x, y) in enumerate(zip(iris.x, iris.y))]
    head = ["date", "a", "b", "c", "d", "is_setosa", "is_versicolor", "is_virginica"]
    rows.insert(80, head)
    rows.insert(120, [""] * 8)
    yield dict(name="iris-one-hot", csv=text(rows, head), model=model(4, 3, "softmax", "categorical_crossentropy", 1e-8), epochs=60, verdict="learning-rate-too-low", rows=150, width=4,
               says=["\"is_setosa\", \"is_versicolor\", \"is_virginica\"", "\"date\" left out", "repeat the header"])

    # 14. Parquet as pandas writes it: an index, a category, a timestamp, nulls.
    rows = [[num(v) for v in x] + [iris.classes[y]] for x, y in zip(iris.x, iris.y)]
    yield dict(name="iris-parquet", parquet=(iris, rows), csv="", suffix="parquet", model=model(4, 3, "softmax", sparse, 1e-2), epochs=60, verdict="healthy", rows=150, width=4, says=["species"])


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--export")
    p.add_argument("--data")
    p.add_argument("--parquet", help="with pandas and pyarrow, write the Parquet file of this case folder alone")
    p.add_argument("out", nargs="?")
    args = p.parse_args()
    if args.export:
        return export(args.export)
    if args.parquet:
        return parquet(np.load(args.data), args.parquet)
    for c in cases(np.load(args.data)):
        folder = os.path.join(args.out, c["name"])
        os.makedirs(folder, exist_ok=True)
        raw = c["csv"] if isinstance(c["csv"], bytes) else c["csv"].encode("utf-8")
        if raw:
            with open(os.path.join(folder, "data." + c.get("suffix", "csv")), "wb") as f:
                f.write(raw)
        for name, value in (("config.json", c["model"]), ("fit.json", {"epochs": c["epochs"], "batch_size": 16, "seed": 3}),
                            ("expected.json", {"verdict": c["verdict"], "accept": c.get("accept", [c["verdict"]]), "rows": c["rows"], "width": c["width"], "says": c["says"]})):
            with open(os.path.join(folder, name), "w") as f:
                json.dump(value, f, indent=None if name == "config.json" else 1)
                f.write("\n")


def parquet(arrays, folder):
    import pandas as pd

    iris = Set(arrays, "iris")
    d = pd.DataFrame(iris.x.round(3), columns=["sepal_length", "sepal_width", "petal_length", "petal_width"])
    d.loc[5, "sepal_width"] = np.nan
    d["measured"] = pd.Timestamp("2024-01-01") + pd.to_timedelta(np.arange(len(d)) % 40, unit="D")
    d["checked"] = True
    d["species"] = pd.Categorical([iris.classes[k] for k in iris.y])
    d.index = range(100, 100 + len(d))
    d.reset_index(names="sample_id").to_parquet(os.path.join(folder, "data.parquet"), compression="snappy")


main()
