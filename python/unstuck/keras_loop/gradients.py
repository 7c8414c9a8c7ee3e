"""Sees gradients as they are computed: by TensorFlow's tape, or in the weights on Keras' PyTorch backend."""

from __future__ import annotations

import functools
from typing import Any

import keras

from .step import Step
from .tensors import concrete, number, numbers

_watches: list[Any] = []  # those that see the tape
_originals: dict[str, Any] = {}
_depth = 0  # of tapes that record


def begin(watch: Any) -> None:
    """Let watch see gradients."""
    if keras.backend.backend() == "tensorflow":
        _watches.append(watch)
        _patch()


def end(watch: Any) -> None:
    """Leave everything as it was."""
    if watch in _watches:
        _watches.remove(watch)
    if not _watches and _originals:
        import tensorflow as tf

        for name, original in _originals.items():
            setattr(tf.GradientTape, name, original)
        _originals.clear()


def recorded() -> bool:
    """Report whether what is computed now is recorded for a gradient, as far as that is known."""
    kind = keras.backend.backend()
    if kind == "tensorflow":
        return _depth > 0
    if kind == "torch":
        import torch

        return torch.is_grad_enabled()
    return True


def differentiated(model: Any) -> bool:
    """Report whether a call of model that isn't computed now, but traced, is one that gradients by its weights are taken of."""
    if keras.backend.backend() != "jax":
        return recorded()
    # Evaluation and prediction are traced as well, and building a model: their weights aren't what a derivative is taken by.
    return any(type(v.value).__name__ in ("JVPTracer", "LinearizeTracer") for v in model.trainable_variables)


def _patch() -> None:
    import tensorflow as tf

    if _originals:
        return
    tape = tf.GradientTape
    originals = {name: tape.__dict__[name] for name in ("gradient", "__enter__", "__exit__")}
    _originals.update(originals)

    def enter(self: Any) -> Any:
        global _depth
        _depth += 1
        return originals["__enter__"](self)

    def leave(self: Any, *arguments: Any) -> Any:
        global _depth
        _depth -= 1
        return originals["__exit__"](self, *arguments)

    @functools.wraps(originals["gradient"])
    def gradient(self: Any, target: Any, sources: Any, output_gradients: Any = None, unconnected_gradients: Any = tf.UnconnectedGradients.NONE) -> Any:
        plain = functools.partial(originals["gradient"], self, target, output_gradients=output_gradients, unconnected_gradients=unconnected_gradients)
        watch = next((w for w in _watches if w.step is not None and w.asks(sources)), None)
        if watch is None or not tf.executing_eagerly():
            return plain(sources)
        return _seen(watch, plain, target, sources)

    tape.__enter__, tape.__exit__, tape.gradient = enter, leave, gradient


def _seen(watch: Any, plain: Any, target: Any, sources: Any) -> Any:
    """Compute a tape's gradients along with those of all weights and of the outputs, which a tape gives once."""
    step: Step = watch.step
    forwards = [(f, i, t) for f in step.forwards if f.gradients for i, t in enumerate(f.tensors)]
    weights = [(i, v) for i, (_, v, ours, _) in enumerate(watch.parameters) if ours and v.trainable]
    try:
        given, of_outputs, of_weights = plain([sources, [t for _, _, t in forwards], [v.value for _, v in weights]])
    except Exception:  # a part that the loop doesn't ask for has no gradient
        given, of_outputs, of_weights = plain(sources), [None] * len(forwards), [None] * len(weights)
    watch.safely(_keep, watch, step, target, sources, given, zip(forwards, of_outputs), zip(weights, of_weights))
    return given


def _keep(watch: Any, step: Step, target: Any, sources: Any, given: Any, outputs: Any, weights: Any) -> None:
    watch.backward()
    step.told.setdefault("differentiated", _sum_of(target))
    for (forward, i, _), cotangent in outputs:
        if cotangent is not None:
            cotangent = numbers(cotangent)
            forward.cotangents[i] = forward.cotangents[i] + cotangent if i in forward.cotangents else cotangent
    some = False
    for source, gradient in zip(keras.tree.flatten(sources), keras.tree.flatten(given)):
        index = watch.index(source)
        if gradient is not None and index is not None:
            step.add(index, numbers(gradient))
            some = True
    for (i, _), gradient in weights:
        if gradient is not None:
            some = True
            if i not in step.own:
                step.unasked[i] = numbers(gradient)
    step.told["loss_graph"] = "graph" if some else "cut"


def _sum_of(target: Any) -> float | None:
    values = [number(t) for t in keras.tree.flatten(target) if getattr(t, "shape", None) == ()]
    return None if not values or None in values else float(sum(v for v in values if v is not None))


def hooks(watch: Any) -> list[Any]:
    """Hook the weights on the PyTorch backend; return what removes each hook."""
    if keras.backend.backend() != "torch":
        return []
    return [v.value.register_hook(_arrives(watch, i, v)) for i, (_, v, ours, _) in enumerate(watch.parameters) if ours and v.value.requires_grad]


def _arrives(watch: Any, index: int, variable: Any) -> Any:
    def arrives(gradient: Any) -> None:
        step: Step | None = watch.step
        if step is None or not concrete(gradient):
            return
        seen = step.told.setdefault("_passes", {})
        seen[index] = seen.get(index, 0) + 1
        if seen[index] > step.backwards:
            watch.backward()
        first = index not in step.own
        step.add(index, numbers(gradient))
        before = variable.value.grad
        if first and before is not None:
            held = numbers(before)
            if held.any():
                step.start[index] = held

    def safe(gradient: Any) -> None:
        watch.safely(arrives, gradient)

    return safe


def cotangents(forward: Any) -> None:
    """Hook the outputs on the PyTorch backend, for their gradients."""
    if keras.backend.backend() != "torch":
        return
    for i, output in enumerate(forward.tensors):
        if getattr(output, "requires_grad", False):
            output.register_hook(lambda gradient, i=i: forward.cotangents.__setitem__(i, numbers(gradient)))
