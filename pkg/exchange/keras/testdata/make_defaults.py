"""Writes defaults.json: what Keras' constructors take, and what counts where a key is absent.

    KERAS_BACKEND=jax python make_defaults.py ../defaults.json

The reader fills absent keys from this file, and refuses a null where neither the default is null nor Keras itself
takes one. Run it again for another version of Keras; the tests show what changed its meaning.
"""

import inspect
import json
import os
import sys

os.environ.setdefault("KERAS_BACKEND", "jax")
import keras  # noqa: E402
from keras.src import api_export  # noqa: E402

CLASSES = {
    # All of them, so that a layer which is added to the reader finds its constructor here.
    "layers": " ".join(sorted(n for n, c in vars(keras.layers).items() if inspect.isclass(c) and issubclass(c, keras.layers.Layer) and n not in ("Layer", "Wrapper", "TFSMLayer", "TorchModuleWrapper", "JaxLayer", "FlaxLayer"))),
    "initializers": "Zeros Ones Constant RandomNormal TruncatedNormal RandomUniform GlorotUniform GlorotNormal HeUniform HeNormal LecunUniform "
    "LecunNormal VarianceScaling Orthogonal Identity",
    "regularizers": "L1 L2 L1L2 OrthogonalRegularizer",
    "constraints": "MaxNorm MinMaxNorm NonNeg UnitNorm",
    # All of these as well.
    "losses": " ".join(sorted(n for n, c in vars(keras.losses).items() if inspect.isclass(c) and n != "Loss")),
    "optimizers": " ".join(sorted(n for n, c in vars(keras.optimizers).items() if inspect.isclass(c) and issubclass(c, keras.optimizers.Optimizer) and n not in ("Optimizer", "MultiOptimizer"))),
    "schedules": "ExponentialDecay InverseTimeDecay PolynomialDecay PiecewiseConstantDecay CosineDecay CosineDecayRestarts",
}


FIXED = {"pool_mode"}  # arguments of a base class that each of its classes gives it


def signature(cls, name):
    """Parameters of the constructor, and of those around it that its **kwargs go to."""
    required, defaults = [], {}
    for c in cls.__mro__:
        if "__init__" not in vars(c) or c is object:
            continue
        parameters = inspect.signature(c.__init__).parameters.values()
        for p in list(parameters)[1:]:
            if p.kind in (p.VAR_KEYWORD, p.VAR_POSITIONAL) or p.name in required or p.name in defaults or p.name in FIXED:
                continue
            if p.default is p.empty:
                if c is cls:
                    required.append(p.name)
            else:
                defaults[p.name] = p.default
        if not any(p.kind == p.VAR_KEYWORD for p in parameters):
            break
    if not required:
        try:
            cls.from_config({})
        except KeyError as e:  # a constructor's default that from_config doesn't know
            required.append(e.args[0])
            del defaults[e.args[0]]
        except (TypeError, ValueError):  # one of several is required, as for InputLayer
            pass
    return {"required": required, "defaults": defaults, "modules": modules(cls, name)}


def parameters(function):
    defaults = {p.name: p.default for p in list(inspect.signature(function).parameters.values())[1:]}
    return {"required": [], "defaults": defaults, "modules": []}


def modules(cls, name):
    """Where Keras finds the class: its public modules and the one it is in."""
    public = ["keras", "keras.models", "keras.layers", "keras.initializers", "keras.regularizers", "keras.constraints", "keras.losses", "keras.optimizers", "keras.optimizers.schedules"]
    return [m for m in public if any(api_export.get_symbol_from_name(f"{m}.{n}") is cls for n in (name, cls.__name__))] + [cls.__module__]


def understood(module, name):
    try:
        return module.get(name) is not None
    except Exception:
        return False


def public():
    """All that Keras' modules offer of each kind, under its first name: what docs/coming-from-keras.md counts."""
    bases = {"losses": "Loss", "metrics": "Metric", "optimizers": "Optimizer", "initializers": "Initializer", "regularizers": "Regularizer", "constraints": "Constraint"}
    names = {}
    for kind, base in bases.items():
        module = getattr(keras, kind)
        root = getattr(module, base)
        names[kind] = sorted({c.__name__ for c in vars(module).values() if inspect.isclass(c) and issubclass(c, root) and c.__name__ not in (base, "MeanMetricWrapper")})
    schedules = keras.optimizers.schedules
    names["schedules"] = sorted(n for n, c in vars(schedules).items() if inspect.isclass(c) and n != "LearningRateSchedule")
    names["activations"] = sorted(n for n, f in vars(keras.activations).items() if inspect.isfunction(f) and n not in ("get", "serialize", "deserialize"))
    return names


def main(path):
    table = {"keras": keras.__version__}
    modules = {"schedules": keras.optimizers.schedules}
    for kind, names in CLASSES.items():
        module = modules.get(kind) or getattr(keras, kind)
        table[kind] = {name: signature(getattr(module, name), name) for name in names.split()}
    table["models"] = {"compile": parameters(keras.Model.compile)}
    # The strings that stand for an object.
    from keras.src import activations, constraints, initializers, losses, metrics, optimizers, regularizers

    kinds = {"activations": activations, "constraints": constraints, "initializers": initializers, "losses": losses, "metrics": metrics, "optimizers": optimizers, "regularizers": regularizers}
    table["strings"] = {kind: sorted(n for n in m.ALL_OBJECTS_DICT if understood(m, n)) for kind, m in kinds.items()}
    table["public"] = public()
    with open(path, "w") as f:
        json.dump(table, f, indent=1, sort_keys=True)
        f.write("\n")


if __name__ == "__main__":
    main(sys.argv[1])
