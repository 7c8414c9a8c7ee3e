"""Records what Keras' own tests of its layers make, so that the reader is judged by cases that it didn't choose.

    KERAS_BACKEND=jax python make_layers.py layers.json.gz
    ONLY=layers.rnn KERAS_BACKEND=jax python make_layers.py layers.json.gz # of these tests alone; "own": of OWN below

With LAST=3 beside ONLY=own the last 3 calls of OWN are added, and all others stay.
With ONLY=pooling the test modules with that in their name are recorded anew, with ONLY=own the calls of OWN, and the others stay.

Keras' wheel carries its tests. Each of their calls of run_layer_test names a class, its arguments and an input; here
the call becomes a functional model of that layer alone, of which are kept: the config that Keras writes; what it gives
in inference; and, where it can be differentiated, the gradients of sum(output·r) plus the layer's own losses, in
training unless the layer draws random numbers there, with what training did to weights that no gradient moves.

Inputs, weights and r are by a formula (see filled), so only their shapes are kept. Of large arrays every step-th value
is kept, the step being prime so that no axis is missed. What Keras can't save, build or run is kept with its error.

It needs pytest, which the tests import, besides Keras and JAX. Tests import TensorFlow too, and use it elsewhere: it is
replaced by a stand-in while they are imported, and missing while they run.
"""

import base64
import gzip
import importlib
import inspect
import json
import os
import pathlib
import sys
import traceback
import unittest
from unittest import mock

os.environ.setdefault("KERAS_BACKEND", "jax")
import jax  # noqa: E402
import jax.numpy as jnp  # noqa: E402
import keras  # noqa: E402
import numpy as np  # noqa: E402
from keras.src import tree  # noqa: E402
from keras.src.initializers import random_initializers  # noqa: E402
from keras.src.testing import test_case  # noqa: E402

MODULUS = 1009  # prime
KEPT = 256  # values of an array, about
TYPED = 600  # values of a test's own input that are kept as they are


def filled(shape, number, low, span):
    """The i-th value of array number n is low + span·((613·i + 97·n) mod 1009)/1009."""
    i = np.arange(int(np.prod(shape)), dtype=np.int64)
    values = low + span * ((613 * i + 97 * number) % MODULUS).astype(np.float64) / MODULUS
    return values.reshape(shape)


def plain(values):
    """Numbers with as few digits as a float32 needs, strings for what JSON has no number for."""
    if values.dtype == bool or np.issubdtype(values.dtype, np.integer):
        return [int(v) for v in values]
    return [float(str(v)) if np.isfinite(v) else {True: "NaN"}.get(bool(np.isnan(v)), "Inf" if v > 0 else "-Inf") for v in values.astype(np.float32)]


def prime(n):
    while any(n % d == 0 for d in range(2, int(n**0.5) + 1)):
        n += 1
    return n


def kept(array):
    array = np.asarray(array)
    step = 1 if array.size <= KEPT else prime(array.size // KEPT + 1)
    return {"shape": list(array.shape), "step": step, "values": plain(array.ravel()[::step])}


def is_float(x):
    return keras.backend.is_float_dtype(keras.backend.standardize_dtype(x.dtype))


class Drawn:
    """Initial values that cost nothing: the weights are filled afterwards."""

    def __getattr__(self, name):
        if name not in ("normal", "truncated_normal", "uniform"):
            return getattr(keras.src.backend.random, name)
        return lambda shape, *_, dtype=None, **__: jnp.asarray(filled(shape, 0, -1, 2).astype(dtype or "float32"))


class Recorder:
    def __init__(self):
        self.cases = []

    def record(self, test, cls, init_kwargs, input_shape=None, input_dtype=None, input_sparse=False, input_data=None, call_kwargs=None, **_):
        case = {"class": cls.__name__, "test": test.id().split("src.layers.")[-1]}
        self.cases.append(case)
        print(case["class"], case["test"], file=sys.stderr, flush=True)
        try:
            keras.backend.clear_session()
            call_kwargs = {k: v for k, v in (call_kwargs or {}).items() if k != "training"}  # both modes are run anyway
            fill(case, cls, init_kwargs or {}, input_shape, input_dtype, input_sparse, input_data, call_kwargs)
        except Exception as e:  # whatever Keras can't do is kept as such
            if os.environ.get("VERBOSE"):
                traceback.print_exc()
            text = str(e).strip().splitlines()
            case["error"] = f"{type(e).__name__}: {text[0] if text else ''}"[:200]


def inputs_of(input_shape, input_dtype, input_data):
    """The call's inputs in their structure, as arrays; with each how it is made again."""
    how = []

    def make(shape, dtype, values=None):
        high = 3 if values is None or values.size == 0 else max(int(np.max(values)) + 1, 1) if values.dtype != bool else 2
        one = {"shape": list(shape), "dtype": dtype}
        if values is not None and values.size <= TYPED:
            one["values"] = plain(values.ravel())
            array = values
        elif keras.backend.is_float_dtype(dtype):
            array = filled(shape, len(how), -1, 3).astype(dtype)
        else:
            one["high"] = high
            array = (filled(shape, len(how), 0, MODULUS).round().astype(np.int64) % high).astype(dtype)
        how.append(one)
        return array

    if input_data is not None:
        def given(x):
            x = np.asarray(x)
            return make(x.shape, keras.backend.standardize_dtype(x.dtype) if x.dtype.kind not in "OSU" else "string", x)
        return tree.map_structure(given, input_data), how
    if input_dtype is None:
        input_dtype = tree.map_shape_structure(lambda _: "float32", input_shape)
    if isinstance(input_shape, dict):
        return {k.removesuffix("_shape"): make(v, input_dtype[k]) for k, v in input_shape.items()}, how
    return test_case.map_shape_dtype_structure(make, input_shape, input_dtype), how


def without_code(config):
    """Lambda's config holds Python's bytecode, with the path of the file that it came from."""
    def visit(v):
        if isinstance(v, dict):
            if v.get("class_name") == "__lambda__":
                v["config"]["code"] = base64.b64encode(b"left out").decode()
            for one in v.values():
                visit(one)
        elif isinstance(v, list):
            for one in v:
                visit(one)
    top = json.loads(config)
    visit(top)
    return json.dumps(top, separators=(",", ":"))


def record_model(recorder, name, build, data):
    """A model of several layers, for what one alone doesn't show."""
    case = {"name": name, "class": "models", "test": "own"}
    recorder.cases.append(case)
    print(case["name"], file=sys.stderr, flush=True)
    keras.backend.clear_session()
    model = build()
    if name == "masks: masking":
        data = [np.stack([data[0], data[1]], -1)]
    data, how = inputs_of(None, None, data[: len(model.inputs)])
    for one, x in zip(how, model.inputs):
        one["name"] = x.name
    case["inputs"] = how
    case["config"] = without_code(model.to_json())
    finish(case, model, [jnp.asarray(x) for x in data])


def fill(case, cls, init_kwargs, input_shape, input_dtype, input_sparse, input_data, call_kwargs):
    if input_shape is None and input_data is None:
        model = keras.Sequential([cls(**init_kwargs)])  # never built
        case["config"] = without_code(model.to_json())
        case["error"] = "the test gives no input"
        return
    data, how = inputs_of(input_shape, input_dtype, input_data)
    case["inputs"] = how
    fixed = bool(init_kwargs.get("stateful"))

    def symbolic(x):
        name = f"input_{len(names)}"
        names.append(name)
        if np.ndim(x) == 0 or fixed:
            return keras.Input(batch_shape=x.shape, dtype=str(x.dtype), name=name, sparse=input_sparse)
        return keras.Input(shape=x.shape[1:], dtype=str(x.dtype), name=name, sparse=input_sparse)

    names = []
    inputs = tree.map_structure(symbolic, data)
    layer = cls(**init_kwargs)
    outputs = layer(**inputs, **call_kwargs) if isinstance(inputs, dict) else layer(inputs, **call_kwargs)
    model = keras.Model(inputs, outputs)
    for name, one in zip(names, how):
        one["name"] = name
    case["config"] = without_code(model.to_json())
    if input_sparse: # the same layer on the same numbers, not held as sparse
        dense = tree.map_structure(lambda x, i: keras.Input(shape=x.shape[1:], dtype=str(x.dtype), name=i.name), data, inputs)
        model = keras.Model(dense, layer(dense))

    call = data if isinstance(data, dict) else tree.map_structure(jnp.asarray, data)
    if isinstance(data, dict):
        call = {f"input_{i}": jnp.asarray(x) for i, x in enumerate(tree.flatten(data))}
        call = dict(zip(data, call.values()))
    finish(case, model, call)


def finish(case, model, call):
    """Fills the weights and runs the model."""
    case["weights"] = []
    for i, w in enumerate(model.weights):
        one = {"path": w.path, "shape": list(w.shape), "trainable": bool(w.trainable)}
        if is_float(w):
            one["low"] = 0.5 if "variance" in w.name else -0.3
            w.assign(filled(w.shape, i + 50, one["low"], 0.8).astype("float32"))
        else:
            one["values"] = plain(np.asarray(w).ravel())
        case["weights"].append(one)

    for layer in model.layers:
        if hasattr(layer, "finalize_state"): # takes over what its weights hold
            layer.finalize_state()
    if ".image_preprocessing." in case["test"] and case["class"] not in ("Resizing", "CenterCrop"):
        case["error"] = "image preprocessing is not run"
        return
    run(case, model, call)


def run(case, model, call):
    """Adds outputs and gradients, by one compiled program."""
    case["training"] = not test_case.get_seed_generators(model)
    flat = tree.flatten(call)
    floats = [i for i, x in enumerate(flat) if is_float(x)]
    fixed = [v.value for v in model.non_trainable_variables]
    trained = [v.value for v in model.trainable_variables]

    def inference(weights):
        return tree.flatten(model.stateless_call(weights, fixed, call, training=False)[0])

    def total(weights, xs):
        given = list(flat)
        for i, x in zip(floats, xs):
            given[i] = x
        outputs, changed, losses = model.stateless_call(weights, fixed, tree.pack_sequence_as(call, given), training=case["training"], return_losses=True)
        loss = sum([jnp.sum(l) for l in losses], jnp.zeros(()))
        for n, y in enumerate(tree.flatten(outputs)):
            if is_float(y):
                loss = loss + jnp.sum(y * filled(y.shape, n + 200, -1, 2).astype("float32"))
        return loss, changed

    def both(weights, xs):
        return inference(weights), jax.value_and_grad(total, argnums=(0, 1), has_aux=True)(weights, xs)

    if any(x.size == 0 for x in flat):
        case["undifferentiated"] = "an input is empty"
        case["outputs"] = [kept(y) for y in jax.jit(inference)(trained)]
        return
    try:
        outputs, ((loss, changed), (dw, dx)) = jax.jit(both)(trained, [flat[i] for i in floats])
    except Exception as e:
        case["undifferentiated"] = f"{type(e).__name__}: {str(e).splitlines()[0]}"[:160]
        case["outputs"] = [kept(y) for y in jax.jit(inference)(trained)]
        return
    case["outputs"] = [kept(y) for y in outputs]
    if not any(is_float(y) for y in outputs):
        case["undifferentiated"] = "no output is a float"
        return
    case["loss"] = plain(np.asarray([loss]))[0]
    grads = {id(v): g for v, g in zip(model.trainable_variables, dw)}
    after = {id(v): x for v, x in zip(model.non_trainable_variables, changed)}
    for one, w in zip(case["weights"], model.weights):
        if id(w) in grads:
            one["gradient"] = kept(grads[id(w)])
        elif is_float(w):
            one["after"] = kept(after[id(w)])
    for i, g in zip(floats, dx):
        case["inputs"][i]["gradient"] = kept(g)


# Layers that Keras tests in another way than by run_layer_test.
OWN = [
    ("ZeroPadding1D", {}, (2, 3, 2)),
    ("ZeroPadding1D", {"padding": (2, 1), "data_format": "channels_first"}, (2, 3, 2)),
    ("ZeroPadding2D", {}, (2, 3, 4, 2)),
    ("ZeroPadding2D", {"padding": ((1, 0), (0, 3))}, (2, 3, 4, 2)),
    ("ZeroPadding2D", {"padding": (2, 1), "data_format": "channels_first"}, (2, 2, 3, 4)),
    ("ZeroPadding3D", {}, (2, 3, 2, 2, 2)),
    ("ZeroPadding3D", {"padding": ((1, 0), (0, 3), (2, 2)), "data_format": "channels_first"}, (2, 2, 3, 2, 2)),
    ("Flatten", {}, (2, 3, 4, 2)),
    ("Flatten", {"data_format": "channels_first"}, (2, 3, 4, 2)),
    ("Flatten", {}, (2, 3)),
    ("Conv1D", {"filters": 6, "kernel_size": 3, "padding": "causal", "data_format": "channels_first", "activation": "relu"}, (2, 4, 7)),
    ("Conv1D", {"filters": 3, "kernel_size": 4, "strides": 3, "padding": "same", "use_bias": False, "kernel_regularizer": "l2"}, (2, 8, 17)),
    ("Conv1D", {"filters": 3, "kernel_size": 2, "strides": 2, "padding": "causal", "bias_initializer": "ones"}, (2, 7, 3)),
    ("Conv2D", {"filters": 4, "kernel_size": (3, 2), "strides": (2, 3), "padding": "same", "data_format": "channels_first", "activation": "softmax"}, (2, 2, 7, 8)),
    ("Conv2D", {"filters": 6, "kernel_size": (1, 3), "padding": "same", "dilation_rate": (1, 2), "groups": 3, "activation": "tanh"}, (2, 6, 7, 9)),
    ("Conv2D", {"filters": 5, "kernel_size": 1, "strides": 2}, (2, 5, 6, 20)),
    ("Conv2D", {"filters": 5, "kernel_size": 2, "strides": 3}, (2, 8, 9, 3)),
    ("Conv2D", {"filters": 5, "kernel_size": (4, 3), "padding": "same"}, (2, 5, 4, 18)),
    ("Conv3D", {"filters": 3, "kernel_size": (2, 3, 1), "strides": (1, 2, 2), "padding": "same", "data_format": "channels_first"}, (2, 2, 3, 5, 4)),
    ("Conv1DTranspose", {"filters": 3, "kernel_size": 3, "dilation_rate": 2, "data_format": "channels_first"}, (2, 4, 5)),
    ("Conv1DTranspose", {"filters": 3, "kernel_size": 5, "strides": 2, "padding": "same", "activation": "relu"}, (2, 6, 3)),
    ("Conv1DTranspose", {"filters": 3, "kernel_size": 3, "strides": 2, "padding": "valid", "output_padding": 1}, (2, 6, 3)),
    ("Conv2DTranspose", {"filters": 3, "kernel_size": (3, 4), "strides": (2, 3), "padding": "same", "data_format": "channels_first", "use_bias": False}, (2, 4, 5, 3)),
    ("Conv2DTranspose", {"filters": 3, "kernel_size": 3, "strides": 2, "padding": "same", "output_padding": 1}, (2, 4, 5, 3)),
    ("Conv2DTranspose", {"filters": 3, "kernel_size": (1, 3), "padding": "same", "dilation_rate": (1, 2)}, (2, 4, 5, 3)),
    ("Conv3DTranspose", {"filters": 2, "kernel_size": (1, 2, 3), "strides": (3, 2, 1), "padding": "same"}, (2, 2, 3, 4, 3)),
    ("DepthwiseConv1D", {"kernel_size": 3, "strides": 2, "padding": "same", "use_bias": False}, (2, 6, 5)),
    ("DepthwiseConv2D", {"kernel_size": (3, 2), "padding": "same", "data_format": "channels_first", "depth_multiplier": 2, "activation": "relu"}, (2, 3, 5, 6)),
    ("SeparableConv1D", {"filters": 4, "kernel_size": 3, "strides": 2, "padding": "same", "data_format": "channels_first"}, (2, 3, 6)),
    ("SeparableConv2D", {"filters": 4, "kernel_size": (2, 3), "padding": "same", "data_format": "channels_first", "pointwise_regularizer": "l1", "depthwise_regularizer": "l2", "use_bias": False}, (2, 3, 5, 6)),
    ("MaxPooling1D", {"pool_size": 3, "padding": "same"}, (2, 7, 3)),
    ("MaxPooling2D", {}, (2, 5, 4, 3)),
    ("MaxPooling2D", {"pool_size": (2, 3), "strides": (3, 1), "padding": "same", "data_format": "channels_first"}, (2, 3, 7, 5)),
    ("MaxPooling3D", {"pool_size": (1, 2, 3), "strides": (2, 1, 3), "padding": "same"}, (2, 3, 4, 5, 2)),
    ("AveragePooling1D", {"pool_size": 4, "strides": 3, "padding": "same"}, (2, 8, 3)),
    ("AveragePooling2D", {"pool_size": (3, 1)}, (2, 6, 5, 3)),
    ("AveragePooling3D", {"pool_size": 2, "padding": "same", "data_format": "channels_first"}, (2, 2, 3, 4, 5)),
    ("AdaptiveAveragePooling1D", {"output_size": 3}, (2, 7, 2)),
    ("AdaptiveAveragePooling2D", {"output_size": (2, 5), "data_format": "channels_first"}, (2, 2, 5, 3)),
    ("AdaptiveAveragePooling3D", {"output_size": 2}, (2, 4, 3, 5, 2)),
    ("AdaptiveMaxPooling1D", {"output_size": 4, "data_format": "channels_first"}, (2, 2, 6)),
    ("AdaptiveMaxPooling2D", {"output_size": 3}, (2, 8, 5, 2)),
    ("AdaptiveMaxPooling3D", {"output_size": (1, 2, 3)}, (2, 3, 4, 5, 2)),
    ("UpSampling2D", {"size": (2, 3), "interpolation": "bilinear"}, (2, 3, 4, 2)),
    ("UpSampling2D", {"interpolation": "bicubic", "data_format": "channels_first"}, (2, 2, 3, 4)),
    ("UpSampling2D", {"interpolation": "lanczos3"}, (2, 7, 5, 2)),
    ("Resizing", {"height": 3, "width": 4, "antialias": True}, (2, 7, 6, 2)),
    ("Resizing", {"height": 8, "width": 3, "interpolation": "lanczos5", "pad_to_aspect_ratio": True, "fill_value": 0.5}, (2, 5, 6, 2)),
    ("Resizing", {"height": 4, "width": 9, "interpolation": "nearest", "crop_to_aspect_ratio": True, "data_format": "channels_first"}, (2, 2, 7, 8)),
    ("CenterCrop", {"height": 3, "width": 4}, (2, 6, 7, 2)),
    ("CenterCrop", {"height": 6, "width": 3}, (2, 4, 7, 2)),
    ("Dot", {"axes": (2, 1)}, [(2, 4, 5), (2, 5, 3)]),
    ("Dot", {"axes": 1, "normalize": True}, [(2, 4), (2, 4, 3)]),
    ("Dot", {"axes": (1, -2), "normalize": True}, [(2, 4, 5), (2, 3, 4, 2)]),
    ("EinsumDense", {"equation": "abc,cd->abd", "output_shape": (None, 5), "bias_axes": "d", "activation": "relu"}, (2, 3, 4)),
    ("MultiHeadAttention", {"num_heads": 2, "key_dim": 3}, {"query_shape": (2, 5, 4), "value_shape": (2, 5, 4)}, {"use_causal_mask": True}),
    ("MultiHeadAttention", {"num_heads": 2, "key_dim": 3, "dropout": 0.3}, {"query_shape": (2, 5, 4), "value_shape": (2, 5, 4)}, {"use_causal_mask": True}),
    ("MultiHeadAttention", {"num_heads": 2, "key_dim": 3, "sliding_window": 2, "output_shape": 7, "kernel_regularizer": "l2"}, {"query_shape": (2, 5, 4), "value_shape": (2, 5, 4)}),
    ("MultiHeadAttention", {"num_heads": 2, "key_dim": 3, "attention_axes": -2}, {"query_shape": (2, 3, 5, 4), "value_shape": (2, 3, 2, 4)}),
    ("GroupQueryAttention", {"head_dim": 3, "num_query_heads": 4, "num_key_value_heads": 2, "sliding_window": 3}, {"query_shape": (2, 5, 4), "value_shape": (2, 5, 4)}, {"use_causal_mask": True}),
    ("Attention", {"use_scale": True}, [(2, 3, 4), (2, 5, 6), (2, 5, 4)], {"use_causal_mask": True}),
    ("AdditiveAttention", {}, [(2, 3, 4), (2, 5, 6), (2, 5, 4)], {"use_causal_mask": True}),
    ("LSTM", {"units": 3, "return_sequences": True, "return_state": True, "go_backwards": True}, (2, 4, 3)),
    ("GRU", {"units": 3, "return_state": True, "reset_after": False}, (2, 4, 3)),
    ("ConvLSTM1D", {"filters": 2, "kernel_size": 2, "strides": 2, "padding": "same", "data_format": "channels_first", "return_sequences": True, "return_state": True}, (2, 3, 3, 7)),
    ("ConvLSTM1D", {"filters": 3, "kernel_size": 3, "dilation_rate": 2, "go_backwards": True, "use_bias": False}, (2, 3, 8, 2)),
    ("ConvLSTM2D", {"filters": 2, "kernel_size": (2, 3), "dilation_rate": (2, 1), "go_backwards": True, "return_sequences": True, "activation": "relu", "recurrent_activation": "hard_sigmoid", "unit_forget_bias": False}, (2, 3, 5, 6, 2)),
    ("ConvLSTM2D", {"filters": 2, "kernel_size": 3, "strides": (2, 1), "padding": "same", "data_format": "channels_first", "recurrent_dropout": 0.3, "dropout": 0.2}, (2, 3, 2, 5, 4)),
    ("ConvLSTM3D", {"filters": 2, "kernel_size": (1, 2, 2), "data_format": "channels_first", "return_state": True, "kernel_regularizer": "l2", "recurrent_regularizer": "l1"}, (2, 2, 2, 3, 3, 4)),
]


def attends_by_mask():
    x, mask = keras.Input((4, 3), name="x"), keras.Input((4, 4), name="mask")
    y = keras.layers.MultiHeadAttention(2, 3)(x, x, attention_mask=mask)
    y = keras.layers.LayerNormalization()(keras.layers.Add()([x, y]))
    return keras.Model([x, mask], keras.layers.Dense(2)(y))


def attends_with_key():
    x, y, z = keras.Input((5, 4), name="x"), keras.Input((3, 6), name="y"), keras.Input((3, 2), name="z")
    return keras.Model([x, y, z], keras.layers.MultiHeadAttention(3, 2, value_dim=4, output_shape=(2, 3), dropout=0.1)(x, y, key=z))


def states():
    """States that come from outside, from other layers, and go out."""
    x, h0, c0 = keras.Input((5, 3), name="x"), keras.Input((4,), name="h"), keras.Input((4,), name="c")
    y, h, c = L.LSTM(4, return_sequences=True, return_state=True)(x, initial_state=[h0, c0])
    y, h = L.GRU(4, return_sequences=True, return_state=True, go_backwards=True)(y, initial_state=h)
    y, g = L.RNN(L.SimpleRNNCell(4), return_sequences=True, return_state=True)(y, initial_state=[c])
    return keras.Model([x, h0, c0], [L.RNN(L.LSTMCell(4))(y, initial_state=[h, g]), h, c])


def both_ways():
    x, a, b = keras.Input((5, 3), name="x"), keras.Input((2,), name="a"), keras.Input((2,), name="b")
    y, *s = L.Bidirectional(L.LSTM(2, return_sequences=True, return_state=True))(x, initial_state=[a, b, b, a])
    y, z, g, h = L.Bidirectional(L.GRU(2, return_sequences=True, return_state=True), merge_mode=None)(y, initial_state=[s[0], s[3]])
    return keras.Model([x, a, b], [L.Bidirectional(L.SimpleRNN(2), merge_mode="sum")(L.Concatenate()([y, z]), initial_state=[g, h]), s[1]])


def images():
    x, h, c = keras.Input((3, 4, 5, 2), name="x"), keras.Input((4, 5, 3), name="h"), keras.Input((4, 5, 3), name="c")
    y, h1, c1 = L.ConvLSTM2D(3, 3, padding="same", return_sequences=True, return_state=True)(x, initial_state=[h, c])
    return keras.Model([x, h, c], L.Bidirectional(L.ConvLSTM2D(3, 2), merge_mode="ave")(L.LayerNormalization()(y)))


def masked_states(x, y):
    """An encoder and a decoder of masked sequences: states, outputs' masks and attention."""
    e, h, c = L.LSTM(3, return_sequences=True, return_state=True)(x)
    d = L.LSTM(3, return_sequences=True)(y, initial_state=[h, c])
    return L.GlobalAveragePooling1D()(L.Concatenate()([L.Attention()([d, e]), L.Dense(2)(d)]))


def masked_ways(x, y):
    e, *s = L.Bidirectional(L.GRU(3, return_sequences=True, return_state=True, go_backwards=True), backward_layer=L.GRU(3, return_sequences=True, return_state=True))(x)
    d, g = L.SimpleRNN(3, return_state=True, zero_output_for_mask=True)(y, initial_state=s[1])
    return L.Concatenate()([L.GlobalAveragePooling1D()(e), L.GRU(2, go_backwards=True)(e), s[0], d, g])


def chain(layers):
    return lambda: keras.Sequential([keras.Input((5,), name="x"), keras.layers.Embedding(4, 3, mask_zero=True), *layers()])


def graph(build):
    """What build makes of sequences, of which the one called z isn't masked."""
    def model():
        names = inspect.signature(build).parameters
        xs = [keras.Input((5,), name=n) for n in names]
        return keras.Model(xs, build(*[L.Embedding(4, 3, mask_zero=n != "z")(x) for n, x in zip(names, xs)]))
    return model


def nested(x, y):
    inner = keras.Input((None, 3))
    keeps = keras.Model(inner, L.Dense(3)(L.Dropout(0.0)(inner)))
    drops = keras.Sequential([L.Dense(3), L.RMSNormalization()])
    return L.GlobalAveragePooling1D()(L.Concatenate()([L.LSTM(3, return_sequences=True)(keeps(x)), drops(y)]))


def residual(x):
    h = L.Add()([x, L.MultiHeadAttention(2, 3)(x, x)])
    return L.GlobalAveragePooling1D()(L.LayerNormalization()(h))


def blocks(x, y):
    """An encoder and a decoder, whose attention takes masks off at different times."""
    def block(q, v, **how):
        return L.LayerNormalization()(L.Add()([q, L.MultiHeadAttention(2, 3)(q, v, **how)]))
    y = block(y, y)
    x = block(block(x, x, use_causal_mask=True), y)
    return L.Concatenate()([L.LSTM(2)(x), L.GlobalAveragePooling1D()(y), L.GlobalAveragePooling1D()(L.Dense(2)(x))])


L = keras.layers
TOKENS = [[1, 2, 0, 3, 0], [0, 0, 1, 2, 3], [3, 0, 0, 0, 0]], [[1, 1, 1, 0, 0], [2, 0, 1, 0, 3], [0, 1, 2, 3, 0]], [[3, 2, 1, 0, 1], [2, 0, 0, 1, 1], [0, 0, 0, 2, 2]]
TOKENS = [np.asarray(x, "float32") for x in TOKENS]

# What masks do. A layer at the end that looks at a mask shows which one came to it.
MASKED = {
    "rnn": chain(lambda: [L.LSTM(3, return_sequences=True), L.GRU(3, return_sequences=True), L.SimpleRNN(2)]),
    "rnn zeros": chain(lambda: [L.GRU(3, return_sequences=True, zero_output_for_mask=True), L.LSTM(2, go_backwards=True, zero_output_for_mask=True)]),
    "rnn backwards": chain(lambda: [L.LSTM(3, return_sequences=True, go_backwards=True), L.GRU(3, reset_after=False)]),
    "rnn of cells": chain(lambda: [L.RNN([L.LSTMCell(3), L.GRUCell(2)], return_sequences=True), L.RNN(L.SimpleRNNCell(2))]),
    "rnn ends": chain(lambda: [L.LSTM(3), L.Dense(2)]),
    "bidirectional": chain(lambda: [L.Bidirectional(L.LSTM(3, return_sequences=True)), L.Bidirectional(L.GRU(2), merge_mode="sum"), L.Dense(2)]),
    "bidirectional of cells": chain(lambda: [L.Bidirectional(L.RNN(L.LSTMCell(3), return_sequences=True), merge_mode="ave"), L.LSTM(2)]),
    "time distributed": chain(lambda: [L.TimeDistributed(L.Dense(3, activation="relu")), L.GlobalAveragePooling1D()]),
    "kept": chain(lambda: [L.Dense(3), L.Activation("tanh"), L.LayerNormalization(), L.Dropout(0.0), L.SpatialDropout1D(0.0), L.UnitNormalization(), L.PReLU(), L.Rescaling(2.0), L.ActivityRegularization(), L.Identity(), L.ReLU(), L.GlobalAveragePooling1D()]),
    "lost": chain(lambda: [L.RMSNormalization(), L.GlobalAveragePooling1D(keepdims=True)]),
    "lost in EinsumDense": chain(lambda: [L.EinsumDense("abc,cd->abd", output_shape=(None, 2)), L.LSTM(2)]),
    "lost in Reshape": chain(lambda: [L.Reshape((3, 5)), L.LSTM(2)]),
    "batch normalization": chain(lambda: [L.BatchNormalization(), L.GlobalAveragePooling1D()]),
    "masking": lambda: keras.Sequential([keras.Input((5, 2), name="x"), L.Masking(mask_value=1.0), L.LSTM(3, return_sequences=True), L.GlobalAveragePooling1D()]),
    "merging": graph(lambda x, y: L.GlobalAveragePooling1D()(L.Maximum()([x, L.Add()([x, y])]))),
    "merging without": graph(lambda x, y, z: L.GlobalAveragePooling1D()(L.Add()([x, L.Multiply()([y, z])]))),
    "joining": graph(lambda x, y: L.GlobalAveragePooling1D()(L.Concatenate()([x, L.Concatenate()([y, x])]))),
    "joining steps": graph(lambda x, y, z: L.LSTM(2)(L.Concatenate(axis=1)([x, z, y]))),
    "attention": graph(lambda x, y, z: L.GlobalAveragePooling1D()(L.Concatenate()([L.Attention()([x, y]), L.AdditiveAttention()([z, x], use_causal_mask=True)]))),
    "heads": graph(lambda x, y, z: L.GlobalAveragePooling1D()(L.Concatenate(axis=1)([L.MultiHeadAttention(2, 3)(z, x, use_causal_mask=True), L.GroupQueryAttention(3, 2, 1)(y, x, z)]))),
    "heads take masks": graph(residual),
    "nested": graph(nested),
    "states": graph(masked_states),
    "states both ways": graph(masked_ways),
    "blocks": graph(blocks),
}


INDICES = np.asarray([[0, 3, 3], [5, 1, 7]])
L2, DENSE = {"activity_regularizer": "l2"}, {"units": 3, "activation": "tanh"}
PREPARING = [
    ("Normalization", {"axis": 1}, (2, 3, 4)),
    ("Normalization", {"axis": (1, -1)}, (2, 3, 2, 4)),
    ("Normalization", {"axis": None}, (2, 3, 4)),
    ("Normalization", {"axis": None, "mean": 0.5, "variance": 4.0}, (2, 3)),
    ("Normalization", {"axis": (1, 2), "mean": [[0.5, 1.0], [0.0, -1.0], [2.0, 0.25]], "variance": [[4.0, 1.0], [0.0, 2.0], [0.5, 1.0]], "invert": True}, (2, 3, 2)),
    ("Normalization", {"axis": (1, 2), "mean": [0.5, 1.0], "variance": [4.0, 0.25]}, (2, 3, 2)),
    ("CategoryEncoding", {"num_tokens": 6}, INDICES),
    ("CategoryEncoding", {"num_tokens": 6, "output_mode": "one_hot"}, INDICES),
    ("CategoryEncoding", {"num_tokens": 6, "output_mode": "one_hot"}, INDICES[:, :1]),
    ("CategoryEncoding", {"num_tokens": 8, "output_mode": "count"}, INDICES),
    ("CategoryEncoding", {"num_tokens": 6, "output_mode": "count"}, INDICES.astype("float32")),
    ("Discretization", {"bin_boundaries": [-0.5, 0.25, 1.0], "output_mode": "one_hot"}, (2, 3)),
    ("Discretization", {"bin_boundaries": [-0.5, 0.25, 1.0], "output_mode": "multi_hot"}, np.asarray([[-0.5, 0.25, -3.0], [np.nan, 1.0, 9.0]], "float32")),
    ("Discretization", {"bin_boundaries": [0.0], "output_mode": "count"}, (2, 5)),
    ("Discretization", {"bin_boundaries": [-0.5, 0.25, 1.0]}, np.asarray([[-0.5, 0.25, -3.0], [np.nan, 1.0, 9.0]], "float32")),
    ("Dense", {**DENSE, **L2, "trainable": False}, (2, 4)),
    ("Dense", {**DENSE, "activity_regularizer": keras.regularizers.L1L2(0.1, 0.2), "kernel_regularizer": "l2"}, (2, 3, 4)),
    ("Conv2D", {"filters": 3, "kernel_size": 2, "activity_regularizer": "l1"}, (2, 4, 4, 2)),
    ("LSTM", {"units": 3, "return_sequences": True, **L2}, (2, 4, 3)),
    ("Bidirectional", {"layer": keras.layers.GRU(3), **L2}, (2, 4, 3)),
    ("Embedding", {"input_dim": 8, "output_dim": 3, **L2}, INDICES),
    ("MaxPooling1D", L2, (2, 4, 3)),
    ("MultiHeadAttention", {"num_heads": 2, "key_dim": 3, **L2}, {"query_shape": (2, 4, 3), "value_shape": (2, 5, 3)}),
    ("ReLU", L2, (2, 4)),
    ("Dropout", {"rate": 0.5, "noise_shape": (None, 1, 3)}, (2, 4, 3)),
    ("AlphaDropout", {"rate": 0.5, "noise_shape": (None, 1)}, (2, 4)),
    ("BatchNormalization", {"axis": 1}, (2, 3, 4, 5)),
    ("BatchNormalization", {"axis": -2, "momentum": 0.9, "scale": False}, (2, 3, 4)),
    ("BatchNormalization", {"axis": 1, "renorm": True, "renorm_momentum": 0.8, "renorm_clipping": {"rmax": 1.5, "dmax": 0.5}, "center": False, "epsilon": 0.01}, (2, 3, 4)),
    ("BatchNormalization", {"renorm": True, "scale": False, "moving_variance_initializer": keras.initializers.Constant(4.0)}, (3, 4)),
    ("LayerNormalization", {"axis": 1}, (2, 3, 4)),
    ("LayerNormalization", {"axis": [1, 3], "beta_initializer": "ones"}, (2, 3, 4, 5)),
    ("LayerNormalization", {"axis": [2, 1], "rms_scaling": True, "scale": False}, (2, 3, 4)),
    ("RMSNormalization", {"axis": [-2, -1]}, (2, 3, 4, 5)),
    ("Rescaling", {"scale": [1.0, 2.0, 0.5], "offset": 1.0}, (2, 4, 3)),
    ("Rescaling", {"scale": 0.5, "offset": np.asarray([1.0, -1.0])}, (2, 4, 2)),
    ("SpectralNormalization", {"layer": keras.layers.Conv2D(3, 2, kernel_regularizer="l2"), "power_iterations": 3}, (2, 4, 5, 2)),
    ("SpectralNormalization", {"layer": keras.layers.DepthwiseConv1D(2, use_bias=False)}, (2, 4, 3)),
    ("Conv1D", {"filters": 4, "kernel_size": 2, "groups": 2, "lora_rank": 3, "lora_alpha": 1.5}, (2, 5, 4)),
    ("EinsumDense", {"equation": "abc,cde->abde", "output_shape": (None, 2, 3), "bias_axes": "e", "lora_rank": 2, "lora_alpha": 8, "kernel_regularizer": "l1"}, (2, 3, 4)),
    ("Dense", {"units": 3, "lora_rank": 2, "lora_alpha": 8}, (2, 4)),
    ("Activation", {"activation": "glu"}, (2, 3, 6)),
    ("Activation", {"activation": "sparsemax"}, (3, 7)),
    ("Activation", {"activation": "sparsemax"}, np.asarray([[0.1, 0.1, -0.2, 0.1], [5.0, 0.0, 4.5, 4.5]], "float32")),
    ("Dense", {"units": 5, "activation": "sparsemax"}, (2, 3, 4)),
    ("ReversibleEmbedding", {"input_dim": 8, "output_dim": 3, "tie_weights": False, "embeddings_regularizer": "l2"}, INDICES),
    ("ReversibleEmbedding", {"input_dim": 8, "output_dim": 3, "logit_soft_cap": 0.5}, (2, 4, 3), {"reverse": True}),
    ("ReversibleEmbedding", {"input_dim": 8, "output_dim": 3, "tie_weights": False}, (2, 3), {"reverse": True}),
    ("Softmax", {"axis": 1}, (2, 4, 3)),
    ("Softmax", {"axis": [1, 2]}, (2, 4, 3)),
    ("Softmax", {"axis": [3, 1]}, (2, 4, 2, 3)),
    ("Softmax", {"axis": [1]}, (2, 4, 3)),
    ("Softmax", {"axis": 2}, (2, 4, 3)),
    ("Softmax", {"axis": -2, "activity_regularizer": "l2"}, (2, 4, 3)),
]
OWN += PREPARING


# Several layers, for what one alone doesn't show.
OWN_MODELS = [
    ("attends by a mask", attends_by_mask, [filled((2, 4, 3), 0, -1, 3).astype("float32"), (filled((2, 4, 4), 1, 0, 1) > 0.3).astype("float32")]),
    ("attends with a key", attends_with_key, [filled((2, n, k), i, -1, 3).astype("float32") for i, (n, k) in enumerate([(5, 4), (3, 6), (3, 2)])]),
    ("states", states, [filled(shape, i, -1, 3).astype("float32") for i, shape in enumerate([(2, 5, 3), (2, 4), (2, 4)])]),
    ("states both ways", both_ways, [filled(shape, i, -1, 3).astype("float32") for i, shape in enumerate([(2, 5, 3), (2, 2), (2, 2)])]),
    ("states of images", images, [filled(shape, i, -1, 3).astype("float32") for i, shape in enumerate([(2, 3, 4, 5, 2), (2, 4, 5, 3), (2, 4, 5, 3)])]),
    *[("masks: " + name, build, TOKENS) for name, build in MASKED.items()],
]


# What is most likely to be read comes first; the file is written after each, so that a long run may be ended.
FOLDERS = ["reshaping", "regularization", "normalization", "activations", "core", "merging", "pooling", "rnn", "convolutional", "attention", "preprocessing"]


def test_modules():
    root = pathlib.Path(keras.__file__).parent / "src" / "layers"
    known = {f: i for i, f in enumerate(FOLDERS)}
    for path in sorted(root.rglob("*_test.py"), key=lambda p: (known.get(p.relative_to(root).parts[0], -1), str(p))):
        if "run_layer_test" in path.read_text():
            yield ".".join(("keras", "src", "layers") + path.relative_to(root).with_suffix("").parts)


def calls(method):
    """Whether a test calls run_layer_test, itself or through a function inside of it."""
    def in_code(code):
        return "run_layer_test" in code.co_names or any(in_code(c) for c in code.co_consts if inspect.iscode(c))
    return in_code(inspect.unwrap(method).__code__)


def stand_in():
    names = ["tensorflow", "tensorflow.data", "tensorflow.python", "grain", "torch", "conftest"]
    return mock.patch.dict(sys.modules, {n: mock.MagicMock(__spec__=None) for n in names})


def main(path):
    recorder, skipped = Recorder(), {}
    test_case.TestCase.run_layer_test = lambda self, *a, **k: recorder.record(self, *a, **k)
    random_initializers.random = Drawn()
    only = os.environ.get("ONLY", "")
    for name in test_modules():
        if only not in name:
            continue
        try:
            with stand_in():
                module = importlib.import_module(name)
        except Exception as e:
            skipped[name] = f"{type(e).__name__}: {e}"
            continue
        for case in unittest.defaultTestLoader.loadTestsFromModule(module):
            for test in case:
                if not calls(getattr(type(test), test._testMethodName)):
                    continue
                result = unittest.TestResult()
                test.run(result)
                for _, text in result.errors:
                    print(test.id(), text.splitlines()[-1], file=sys.stderr)
        if not only:
            write(path, recorder, skipped)
    last = int(os.environ.get("LAST", 0))
    for cls, arguments, shape, *given in OWN[-last:]:
        if only in "own":
            how = {"input_data": shape} if isinstance(shape, np.ndarray) else {"input_shape": shape}
            recorder.record(mock.Mock(id=lambda: "own"), getattr(keras.layers, cls), arguments, call_kwargs=given[0] if given else None, **how)
    for name, build, data in OWN_MODELS:
        if only in "own" and not last:
            record_model(recorder, name, build, data)
    if only and os.path.exists(path):
        skipped = merge(path, only, recorder)
    write(path, recorder, skipped)
    for name, why in skipped.items():
        print("skipped", name, why, file=sys.stderr)
    print(len(recorder.cases), "calls,", sum("error" in c for c in recorder.cases), "of which Keras doesn't run", file=sys.stderr)


def merge(path, only, recorder):
    """With ONLY, what the file has of the others stays; then all are numbered anew."""
    with gzip.open(path) as f:
        old = json.load(f)
    def module(case):
        return "own" if case["test"] == "own" else "keras.src.layers." + ".".join(case["test"].split(".")[:-2])

    order = list(test_modules()) + ["own"]
    cases = [c for c in old["cases"] if os.environ.get("LAST") or only not in module(c)] + recorder.cases
    cases.sort(key=lambda c: order.index(module(c)))
    count = {}
    for c in cases:
        if "/" in c.get("name", "/"):
            count[c["class"]] = count.get(c["class"], -1) + 1
            c["name"] = f"{c['class']}/{count[c['class']]}"
    recorder.cases = cases
    return dict.fromkeys(old["skipped"], "before")


def write(path, recorder, skipped):
    top = {"keras": keras.__version__, "skipped": sorted(skipped), "cases": recorder.cases}
    with open(path, "wb") as raw, gzip.GzipFile(fileobj=raw, mode="wb", mtime=0, filename="") as f:
        f.write(json.dumps(top, separators=(",", ":"), sort_keys=True).encode())


if __name__ == "__main__":
    main(sys.argv[1])
