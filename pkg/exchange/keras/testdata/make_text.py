"""Writes what Keras' lookup and text layers make of data: text.json.gz, and models that begin with such layers: text/*.

python make_text.py, with Keras 3.15.1 on TensorFlow (KERAS_BACKEND=tensorflow).
"""

import gzip
import json
import pathlib

import keras
import numpy as np
import tensorflow as tf
from keras import layers

HERE = pathlib.Path(__file__).parent
cases = []


def case(name, layer, *columns, shape=(1,), dtype=None):
    """One layer behind its inputs: the model's config, the data, and what the layer makes of it."""
    inputs, arrays = [], []
    for i, column in enumerate(columns):
        a = np.array(column)
        kind = dtype or ("string" if a.dtype.kind == "U" else "int64")
        inputs.append(keras.Input(shape, dtype=kind, name=f"column_{i}"))
        arrays.append(a)
    taken = inputs[0] if len(inputs) == 1 else inputs
    encoded = layer(taken)
    model = keras.Model(inputs, layers.Rescaling(1.0, name="out")(encoded))
    out = np.asarray(layer(arrays[0] if len(arrays) == 1 else arrays))
    cases.append(
        {
            "name": name,
            "model": json.loads(model.to_json()),
            "columns": [{"shape": a.shape, "values": [str(v if a.dtype.kind == "U" else int(v)) for v in a.flatten()], "numbers": a.dtype.kind != "U"} for a in arrays],
            "shape": out.shape,
            "out": [float(v) for v in out.flatten()],
        }
    )


cities = [["Rom"], ["Paris"], ["Oslo"], ["Rom"], ["Ürümqi"], [""]]
pairs = [["Rom", "Paris"], ["Oslo", "Rom"], ["Bern", "Bern"], ["", "Paris"]]
words = ["Paris", "Rom", "Ürümqi"]
for oov in [1, 2, 5]:
    case(f"string, {oov} unknown", layers.StringLookup(vocabulary=words, num_oov_indices=oov), cities + [["Bern"], ["Kyjiw"], ["x" * 70]])
case("string, none unknown", layers.StringLookup(vocabulary=words, num_oov_indices=0), [["Rom"], ["Paris"], ["Ürümqi"]])
case("string, salted", layers.StringLookup(vocabulary=words, num_oov_indices=7, salt=[3, 99]), cities + [["Bern"], ["x" * 70]])
case("string, masked", layers.StringLookup(vocabulary=words, mask_token=""), cities)
case("string, all in the vocabulary", layers.StringLookup(vocabulary=["", "[UNK]", "[UNK]"] + words, mask_token="", num_oov_indices=2), cities)
case("string, own token", layers.StringLookup(vocabulary=["?"] + words, oov_token="?"), cities)
case("string, [UNK] as a word", layers.StringLookup(vocabulary=words + ["[UNK]"]), [["[UNK]"], ["Rom"], ["Bern"]])
case("string, many", layers.StringLookup(vocabulary=words), pairs, shape=(2,))
case("string, scalars", layers.StringLookup(vocabulary=words), ["Rom", "Bern", "Paris"], shape=())
case("string, two axes", layers.StringLookup(vocabulary=words), [[["Rom"], ["Bern"]], [["Oslo"], ["Paris"]]], shape=(2, 1))
for mode in ["one_hot", "multi_hot", "count"]:
    for mask in [None, ""]:
        case(f"string, {mode}, mask {mask}", layers.StringLookup(vocabulary=words, output_mode=mode, mask_token=mask), pairs, shape=(2,))
        case(f"string, {mode} of one, mask {mask}", layers.StringLookup(vocabulary=words, output_mode=mode, mask_token=mask, num_oov_indices=3), cities)
case("string, one_hot of scalars", layers.StringLookup(vocabulary=words, output_mode="one_hot"), ["Rom", "Bern", "Paris"], shape=())
case("string, padded", layers.StringLookup(vocabulary=words, output_mode="multi_hot", max_tokens=9, pad_to_max_tokens=True), pairs, shape=(2,))
case("string, tf_idf", layers.StringLookup(vocabulary=words, output_mode="tf_idf", idf_weights=[0.25, 0.75, 0.5]), pairs, shape=(2,))
case("string, tf_idf, all in the vocabulary", layers.StringLookup(vocabulary=["[UNK]"] + words, output_mode="tf_idf", idf_weights=[0.9, 0.25, 0.75, 0.5]), pairs, shape=(2,))
case("string, tf_idf, padded", layers.StringLookup(vocabulary=words, output_mode="tf_idf", idf_weights=[0.25, 0.75, 0.5], max_tokens=9, pad_to_max_tokens=True, num_oov_indices=2), pairs, shape=(2,))

numbers = [[12], [1138], [-7], [0], [37], [1000], [2**40 + 1], [2**40 + 2]]
ids = [12, 36, 1138, 2**40 + 1]
for oov in [1, 2, 5]:
    case(f"integer, {oov} unknown", layers.IntegerLookup(vocabulary=ids, num_oov_indices=oov), numbers)
case("integer, farmhash", layers.IntegerLookup(vocabulary=ids, num_oov_indices=6, oov_method="farmhash"), numbers)
case("integer, salted", layers.IntegerLookup(vocabulary=ids, num_oov_indices=6, oov_method="farmhash", salt=11), numbers)
case("integer, masked", layers.IntegerLookup(vocabulary=ids, mask_token=0), numbers)
case("integer, all in the vocabulary", layers.IntegerLookup(vocabulary=[0, -1] + ids, mask_token=0), numbers)
case("integer, int32", layers.IntegerLookup(vocabulary=ids[:3]), np.array(numbers[:6], "int32"), dtype="int32")
case("integer, floats", layers.IntegerLookup(vocabulary=ids[:3]), np.array([[12.0], [36.9], [-0.5], [1138.2]]), dtype="float32")
case("integer, invert", layers.IntegerLookup(vocabulary=ids[:3], invert=True), [[0], [1], [2], [3], [4], [-3]])
case("integer, invert, masked", layers.IntegerLookup(vocabulary=ids[:3], invert=True, mask_token=0), [[0], [1], [2], [3], [4], [5]])
for mode in ["one_hot", "multi_hot", "count"]:
    case(f"integer, {mode}", layers.IntegerLookup(vocabulary=ids, output_mode=mode, mask_token=0), [[12, 12, 0], [36, 5, 6]], shape=(3,))
case("integer, tf_idf", layers.IntegerLookup(vocabulary=ids, output_mode="tf_idf", idf_weights=[0.25, 0.75, 0.5, 0.125]), [[12, 12, 0], [36, 5, 6]], shape=(3,))

texts = [["The cat sat on the mat."], ["A dog, a CAT; don't!"], ["Über-straße  \t ÖL\n"], [""], ["!!!"], ["the the the cat"]]
known = ["the", "cat", "sat", "Über", "the cat", "a", "dont", "Überstraße", "cat sat on", "t", "h", "e"]
for length in [None, 1, 3, 12]:
    case(f"text, length {length}", layers.TextVectorization(vocabulary=known, output_sequence_length=length), texts)
for standardize in ["lower", "strip_punctuation", None]:
    case(f"text, standardize {standardize}", layers.TextVectorization(vocabulary=known, standardize=standardize, output_sequence_length=6), texts)
case("text, characters", layers.TextVectorization(vocabulary=known, split="character", output_sequence_length=30), texts)
case("text, split nothing", layers.TextVectorization(vocabulary=known, split=None), [["The", "cat"], ["dog", "dont."]], shape=(2,))
case("text, split nothing, longer", layers.TextVectorization(vocabulary=known, split=None, output_sequence_length=4), [["The", "cat"], ["dog", "dont."]], shape=(2,))
case("text, split nothing, shorter", layers.TextVectorization(vocabulary=known, split=None, output_sequence_length=1), [["The", "cat"], ["dog", "dont."]], shape=(2,))
case("text, split nothing, pairs", layers.TextVectorization(vocabulary=known, split=None, ngrams=2, output_sequence_length=4), [["The", "cat"], ["dog", "dont."]], shape=(2,))
case("text, scalars", layers.TextVectorization(vocabulary=known, output_sequence_length=4), [t[0] for t in texts], shape=())
case("text, ngrams 3", layers.TextVectorization(vocabulary=known, ngrams=3, output_sequence_length=20), texts)
case("text, ngrams (3, 1)", layers.TextVectorization(vocabulary=known, ngrams=(3, 1), output_sequence_length=20), texts)
for mode in ["multi_hot", "count"]:
    case(f"text, {mode}", layers.TextVectorization(vocabulary=known, output_mode=mode), texts)
case("text, padded", layers.TextVectorization(vocabulary=known, output_mode="count", max_tokens=20, pad_to_max_tokens=True, ngrams=2), texts)
case("text, tf_idf", layers.TextVectorization(vocabulary=known, output_mode="tf_idf", idf_weights=[1 / (i + 2) for i in range(12)]), texts)
case("text, one_hot", layers.TextVectorization(vocabulary=known, output_mode="one_hot", split=None), [["The", "cat"], ["dog", ""]], shape=(2,))

long = [["x" * n] for n in [1, 3, 4, 7, 8, 15, 16, 17, 32, 33, 64, 65, 200]]
case("hash", layers.Hashing(1000003), cities + long)
case("hash, salted", layers.Hashing(1000003, salt=[133, 137]), cities + long)
case("hash, one salt", layers.Hashing(97, salt=133), cities)
case("hash, masked", layers.Hashing(5, mask_value=""), cities)
case("hash, one bin, masked", layers.Hashing(1, mask_value=""), cities)
case("hash of numbers", layers.Hashing(97), numbers)
case("hash of numbers, masked", layers.Hashing(97, mask_value=12), numbers)
case("hash of floats", layers.Hashing(97), np.array([[12.0], [36.9], [-0.5]]), dtype="float32")
for mode in ["one_hot", "multi_hot", "count"]:
    case(f"hash, {mode}", layers.Hashing(6, output_mode=mode), pairs, shape=(2,))
    case(f"hash, {mode} of one", layers.Hashing(6, output_mode=mode, mask_value="Rom"), cities)

case("cross", layers.HashedCrossing(1000), [["A"], ["B"], ["A"]], [["x"], ["y"], ["Ü"]])
case("cross of a string and a number", layers.HashedCrossing(1000), [["A"], ["B"], ["A"]], [[101], [-5], [2**40]])
case("cross of numbers", layers.HashedCrossing(1000), [[1], [2], [3]], [[101], [-5], [2**40]])
case("cross, one_hot", layers.HashedCrossing(9, output_mode="one_hot"), [["A"], ["B"], ["A"]], [[101], [-5], [7]])
case("cross of scalars", layers.HashedCrossing(9), ["A", "B", "A"], [101, -5, 7], shape=())

with gzip.GzipFile(HERE / "text.json.gz", "w", mtime=0) as f:
    f.write(json.dumps(cases, ensure_ascii=False).encode())


def write(name, model, data, **targets):
    """A compiled model, data for it, and what Keras predicts."""
    model.save(HERE / "text" / f"{name}")
    tensors = {name: tf.constant(a) for name, a in data.items()}
    y = model.predict(tensors if len(data) > 1 else tensors["x"], verbose=0)
    stem = name.split(".")[0]
    np.savez_compressed(HERE / "text" / f"{stem}.npz", **data, **targets)
    np.savez_compressed(HERE / "text" / f"{stem}_predicted.npz", y=y)


keras.utils.set_random_seed(7)
random = np.random.default_rng(7)
good, bad, other = ["great", "good", "fun", "Lovely!"], ["bad", "dull", "awful,", "BORING"], ["the", "film", "was", "a", "very", "plot", "it", "and"]
reviews, labels = [], []
for i in range(120):
    label = i % 2
    tokens = list(random.choice(good if label else bad, 2)) + list(random.choice(other, random.integers(2, 7)))
    random.shuffle(tokens)
    reviews.append(" ".join(tokens))
    labels.append([float(label)])
reviews, labels = np.array(reviews), np.array(labels, "float32")
vectorize = layers.TextVectorization(max_tokens=50, output_sequence_length=8, name="words")
vectorize.adapt(reviews)
model = keras.Sequential(
    [keras.Input((1,), dtype="string", name="review"), vectorize, layers.Embedding(50, 4), layers.GlobalAveragePooling1D(), layers.Dense(1, activation="sigmoid")]
)
model.compile(keras.optimizers.Adam(1e-7), "binary_crossentropy")
write("reviews.keras", model, {"x": reviews}, y=labels)

counts = layers.TextVectorization(output_mode="tf_idf", ngrams=2, name="counts")
counts.adapt(reviews)
model = keras.Sequential([keras.Input((1,), dtype="string"), counts, layers.Dense(3, activation="relu"), layers.Dense(1)])
model.compile("sgd", "mse")
write("counts.keras", model, {"x": reviews}, y=labels)

city, person, color = (keras.Input((1,), dtype=kind, name=name) for name, kind in [("city", "string"), ("person", "int64"), ("color", "string")])
note = keras.Input((), dtype="string", name="note")
age = keras.Input((1,), name="age")
n = 40
table = {
    "city": random.choice(["Rom", "Oslo", "Paris"], (n, 1)),
    "person": random.integers(0, 10, (n, 1)) * 1000003 + 2**33,
    "color": random.choice(["red", "green", "blue"], (n, 1)),
    "note": random.choice(reviews, n),
    "age": random.normal(40, 10, (n, 1)).astype("float32"),
}
cities, people = layers.StringLookup(output_mode="one_hot", name="cities"), layers.IntegerLookup(name="people")
cities.adapt(table["city"][:30])
people.adapt(table["person"])
rare = layers.TextVectorization(output_mode="tf_idf", name="rare")
rare.adapt(table["note"])
weights = layers.StringLookup(output_mode="tf_idf", name="colors")
weights.adapt(table["color"])
parts = [
    cities(city),
    layers.Flatten()(layers.Embedding(12, 3)(people(person))),
    layers.Hashing(5, output_mode="one_hot", name="hashed")(color),
    weights(color),
    layers.HashedCrossing(7, output_mode="one_hot", name="crossed")([city, person]),
    rare(note),
    layers.Rescaling(0.01)(age),
]
model = keras.Model([city, person, color, note, age], layers.Dense(1)(layers.Concatenate()(parts)))
model.compile(keras.optimizers.SGD(0.01), "mse")
write("table.keras", model, table, y=random.normal(size=(n, 1)).astype("float32"))

model = keras.Sequential([keras.Input((1,), dtype="string"), vectorize, layers.Embedding(50, 4), layers.GlobalAveragePooling1D(), layers.Dense(1, activation="sigmoid")])
model.compile(keras.optimizers.SGD(2.0), "binary_crossentropy")
write("fitted.keras", model, {"x": reviews}, y=labels)
history = model.fit(tf.constant(reviews), labels, epochs=5, batch_size=16, shuffle=False, verbose=0).history["loss"]
(HERE / "text" / "fitted_losses.json").write_text(json.dumps(history) + "\n")

numbers = keras.Input((None,), dtype="int64")
inner = keras.Model(numbers, layers.Dense(1)(layers.GlobalMaxPooling1D()(layers.Conv1D(3, 2)(layers.Embedding(50, 4)(numbers)))))
text = keras.Input((1,), dtype="string")
model = keras.Model(text, inner(vectorize(text)))
model.compile("adam", "mse")
write("nested.keras", model, {"x": reviews}, y=labels)

def some_inputs():
    return [keras.Input((1,), dtype=kind, name=name) for name, kind in [("city", "string"), ("color", "string"), ("age", "float32")]]


place, paint, years = some_inputs()
lookup, tint = layers.StringLookup(output_mode="tf_idf"), layers.StringLookup(output_mode="one_hot")
lookup.adapt(table["city"])
tint.adapt(table["color"])
plain = keras.Model(years, layers.Rescaling(0.1)(years))
ahead = keras.Model([place, paint, years], layers.Concatenate()([lookup(place), tint(paint), plain(years)]))
outer = some_inputs()
model = keras.Model(outer, layers.Dense(1)(ahead(outer)))
model.compile("sgd", "mse")
write("ahead.keras", model, {name: table[name] for name in ["city", "color", "age"]}, y=np.ones((n, 1), "float32"))

first = keras.Sequential([keras.Input((1,), dtype="string"), vectorize])
model = keras.Sequential([keras.Input((1,), dtype="string"), first, layers.Embedding(50, 4), layers.Flatten(), layers.Dense(1)])
model.compile("sgd", "mse")
write("first.keras", model, {"x": reviews}, y=labels)

model = keras.Sequential(
    [keras.Input((1,), dtype="string"), layers.StringLookup(vocabulary=["Rom", "Oslo"], output_mode="one_hot"), layers.Dense(1)]
)
model.compile("sgd", "mse")
write("legacy.h5", model, {"x": table["city"].astype("S")}, y=np.ones((n, 1), "float32"))
