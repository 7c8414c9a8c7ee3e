"""Writes judge.json.gz: unusual settings of all that the reader accepts, mutations of each, and what Keras does with them.

    KERAS_BACKEND=jax python make_judge.py judge.json.gz [word of a name]…

With words, only those cases are run; the others stay as the file has them.

Each case is a config.json with its compile_config. Weight number k (counted through model.weights, row-major) starts at
0.4·sin(1.7·k+1), or 0.5 more than its absolute value for a moving variance. Recorded are predictions, the losses of
some steps on one batch, and the weights after them. A mutation changes one key: its outcome is an error of Keras,
the same numbers as the case's, or numbers of its own. Dropout draws at random: its cases aren't trained.
"""

import copy
import gzip
import json
import os
import random
import sys
import warnings

os.environ.setdefault("KERAS_BACKEND", "jax")
os.environ.setdefault("JAX_PLATFORMS", "cpu")
import jax  # noqa: E402
import numpy as np  # noqa: E402
import keras  # noqa: E402
from keras import constraints as C, initializers as I, layers as L, losses as LS, optimizers as O, regularizers as R  # noqa: E402

S = O.schedules
warnings.filterwarnings("ignore")

ROWS = 3
# Fractions, whole numbers, and what an integer type changes.
X = {
    "rows": (4,),
    "sequences": (3, 2),
    "tokens": (3,),
    "deep": (2, 3, 2),
}
CASES = []  # name, must be read, config, x kind, steps


def inputs(kind):
    shape = (ROWS,) + X[kind]
    n = int(np.prod(shape))
    values = np.arange(n) * 2 % 5 if kind == "tokens" else 1.5 * np.sin(1.3 * np.arange(n) + 0.5)
    return values.astype("float32").reshape(shape)


def targets(shape, loss):
    n = int(np.prod(shape))
    y = np.abs(np.sin(np.arange(n) + 0.3)).astype("float32").reshape(shape)
    name = json.dumps(loss).lower()
    if "ctc" in name:
        return np.array([[1, 2], [1, 0], [0, 0]][: shape[0]], dtype="float32")
    if "sparse" in name or "generalized" in name or "circle" in name:
        return (np.arange(int(np.prod(shape[:-1]))) % shape[-1]).astype("float32").reshape(shape[:-1])
    if "categorical" in name:
        return (y / y.sum(axis=-1, keepdims=True)).astype("float32")
    if "poisson" in name:
        return np.round(3 * y)
    return y


def config_of(model):
    config = json.loads(model.to_json())
    if model.compiled:
        config["compile_config"] = json.loads(json.dumps(model.get_compile_config()))
    return config


def case(name, layers, x="rows", optimizer=None, loss="mse", read=True, dtype=None, steps=2, compile=True, **kwargs):
    """layers None: model is built from a function."""
    kwargs_ = {k: v for k, v in kwargs.items() if k != "edit"}
    if callable(layers):
        model = layers()
    else:
        model = keras.Sequential([keras.Input(X[x], dtype=dtype or ("int32" if x == "tokens" else None))] + layers)
    if compile:
        model.compile(optimizer=optimizer or O.SGD(0.1), loss=loss, **kwargs_)
    config = config_of(model)
    if "edit" in kwargs:
        kwargs["edit"](config)
    CASES.append((name, read, config, x, steps))


def start(model):
    k = 0
    for w in model.weights:
        v = 0.4 * np.sin(1.7 * np.arange(k, k + int(np.prod(w.shape))) + 1)
        if "moving_variance" in w.path:
            v = np.abs(v) + 0.5
        if "seed" in w.path:
            continue
        k += int(np.prod(w.shape))
        w.assign(v.astype("float32").reshape(w.shape))


def copy_weights(model):
    """An optimizer that keeps a copy of the weights took it when it was built, of weights drawn at random."""
    if isinstance(getattr(model, "optimizer", None), O.ScheduleFreeAdamW):
        if not model.optimizer.built:
            model.optimizer.build(model.trainable_variables)
        for copy_, w in zip(model.optimizer._momentums, model.trainable_variables):
            copy_.assign(w)


def weights_of(model):
    return [w for w in model.weights if "seed" not in w.path]


def numbers(a):
    return [float(f"{float(v):.7g}") for v in np.asarray(a, dtype="float32").ravel()]


def run(config, kind, steps):
    """What Keras does with a config, as a JSON value; raises what it raises."""
    with jax.disable_jit():
        model = keras.saving.deserialize_keras_object(copy.deepcopy(config))
        if not isinstance(model, keras.Model):
            raise ValueError("not a model")
        x = inputs(kind)
        if not model.built:
            model.build(x.shape)
        initial = [numbers(w) if np.size(w) <= 64 and constant(w) else None for w in weights_of(model)]
        start(model)
        copy_weights(model)
        model.run_eagerly = True
        out = {"shapes": [list(w.shape) for w in weights_of(model)], "predictions": numbers(model.predict_on_batch(x))}
        if any(i is not None for i in initial):
            out["initial"] = initial
        rates = [float(l.rate) for l in model.layers if isinstance(l, L.Dropout)]
        if rates:
            out["dropout"] = rates
        if not model.compiled:
            out["compiled"] = False
            return out
        if any(rates):
            # A dropout's step isn't comparable, but Keras has to find the loss and the optimizer.
            y = targets(np.shape(model.predict_on_batch(x)), config["compile_config"].get("loss"))
            model.train_on_batch(x, y)
            return out
        y = targets(np.shape(model.predict_on_batch(x)), config["compile_config"].get("loss"))
        out["y"] = {"shape": list(y.shape), "values": numbers(y)}
        out["losses"] = []
        for _ in range(steps):
            model.reset_metrics()
            result = model.train_on_batch(x, y, return_dict=True)
            out["losses"].append(float(result["loss"]))
        model.optimizer.finalize_variable_values(model.trainable_weights)  # as fit does in the end
        out["weights"] = [numbers(w) for w in weights_of(model)]
        return out


def constant(w):
    v = np.asarray(w)
    return np.all(v == v.ravel()[0]) if v.size else False


# ---- mutations


def walk(v, path=()):
    """All keys of all objects in a config, with the class that each belongs to."""
    if isinstance(v, dict):
        for key in list(v):
            yield path + (key,), v
            yield from walk(v[key], path + (key,))
    elif isinstance(v, list):
        for i, one in enumerate(v):
            yield from walk(one, path + (i,))


OTHERS = [None, True, False, 0, 1, 2, -1, 0.5, 1.5, -0.5, "x", "relu", [], [1], [-1], {}, 1e30]


def changes(key, v):
    yield "drop", None
    if v is not None:
        yield "set", None
    if isinstance(v, bool):
        options = [not v, 0, 1, "x", []]
    elif isinstance(v, (int, float)):
        options = [0, 1, -1, v + 1, v / 2, v + 0.25, float(v), "x", True, [v], {}]
    elif isinstance(v, str):
        options = ["x", v.upper(), 1, True, [v], {}]
        if key == "module":
            options += ["mine", "__main__", "builtins", "keras", "keras.losses", "keras.layers", "keras.src.layers.core.dense"]
        if key == "class_name":
            options += ["Mine", "function", "__lambda__"]
        if key == "reduction":
            options += ["sum", "none", "mean", "auto", "mean_with_sample_weight"]
        if key == "mode":
            options += ["fan_in", "fan_out", "fan_avg"]
        if key == "dtype":
            options += ["int32", "int64", "bool", "float16", "float64", "uint8", "mixed_float16"]
        if key == "activation":
            options += ["relu", "softmax"]
    elif v is None:
        options = [True, False, 0, 1, 2, 0.5, "x", "relu", "l2", "mine>Thing", [], [1], {}]
    elif isinstance(v, list):
        options = [[], v + v[-1:], v[:-1], v[::-1], "x", 1, {}] + [v + [None]]
    else:
        options = [{}, "x", 1, []]
    seen = [json.dumps(v)]
    for o in options:
        if json.dumps(o) not in seen:
            seen.append(json.dumps(o))
            yield "set", o


def apply(config, path, how, value):
    config = copy.deepcopy(config)
    at = config
    for p in path[:-1]:
        at = at[p]
    if how == "drop":
        del at[path[-1]]
    else:
        at[path[-1]] = value
    return config


def owner(config, path):
    """The classes around a key: what tells one key from another of the same name."""
    inside, at = [], config
    for p in path[:-1]:
        if isinstance(at, dict) and "class_name" in at:
            inside = [at["class_name"]]
        if isinstance(p, str):
            inside.append(p)
        at = at[p]
    if isinstance(at, dict) and "class_name" in at:
        inside = [at["class_name"]]
    return tuple(map(str, inside))


SEEN = set()
# Values that say nothing about what is computed, or whose meaning isn't the model's.
SKIP = {"keras_version", "backend", "value"}


def own_class(key, value):
    """Another module, or a name it is registered under: Keras loads some of these as its own class, which they aren't."""
    if key == "module":
        return isinstance(value, str) and not value.startswith("keras") and value != "builtins"
    return key == "registered_name" and isinstance(value, str) and value != ""


MOST = int(os.environ.get("MUTANTS", 6))  # of one case


def mutants(config, kind, steps, base):
    candidates = []
    for path, parent in list(walk(config)):
        key = path[-1]
        if key in SKIP or "metrics" in path[:-1]:
            continue
        for how, value in changes(key, parent[key]):
            signature = (owner(config, path), key, how, json.dumps(value))
            if signature not in SEEN:
                candidates.append((signature, path, key, how, value, parent[key]))
    # What isn't there, and what is null, first; of the rest some.
    random.Random(len(SEEN)).shuffle(candidates)
    candidates.sort(key=lambda c: c[4] is not None)
    found = []
    for signature, path, key, how, value, before in candidates:
        if len(found) == MOST:
            break
        if signature in SEEN:
            continue
        SEEN.add(signature)
        m = {"path": list(path), "how": how}
        if how == "set":
            m["value"] = value
        try:
            out = run(apply(config, path, how, value), kind, steps)
            m.update({"same": True} if same(out, base) else {"out": out})
        except Exception:
            m["raises"] = True
        if own_class(key, value):
            m["foreign"] = True
        found.append(m)
    return found


def same(a, b):
    return json.dumps(a) == json.dumps(b)


exec(open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "judge_cases.py")).read())


def main(path, words):
    out = []
    known = {}
    if words and os.path.exists(path):
        with gzip.open(path) as f:
            for c in json.load(f)["cases"]:
                known.setdefault(c["name"], []).append(c)  # some have one name
    for name, read, config, kind, steps in CASES:
        if words and not any(w in name for w in words):
            if known.get(name):
                out.append({**known[name].pop(0), "read": read})
            continue
        c = {"name": name, "read": read, "config": config, "x": kind, "steps": steps}
        try:
            c["out"] = run(config, kind, steps)
        except Exception as e:
            c["raises"] = True
            print(name, "raises", type(e).__name__, str(e)[:200].replace("\n", " "), flush=True)
        if "out" in c and "nomutants" not in name:
            c["mutants"] = mutants(config, kind, steps, c["out"])
        out.append(c)
        print(name, len(c.get("mutants", [])), flush=True)
        if len(out) % 20 == 0:
            write(path, out)
    write(path, out)


def write(path, cases):
    data = {
        "made_with": f"keras {keras.__version__} on {keras.backend.backend()}",
        "x": {k: {"shape": list(inputs(k).shape), "values": numbers(inputs(k))} for k in X},
        "cases": cases,
    }
    with gzip.GzipFile(path + ".new", "wb", mtime=0) as f:
        f.write(json.dumps(data, separators=(",", ":")).encode())
    os.replace(path + ".new", path)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
