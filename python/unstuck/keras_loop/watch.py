"""Watches a loop: the calls of model, tape and optimizer for a few steps, then nothing."""

from __future__ import annotations

import atexit
import functools
import warnings
from typing import Any

import keras
import numpy as np

from .. import row_order, users_code
from ..errors import UnstuckError
from ..interrupts import interrupts
from ..recorded import LATER, WAIT
from . import batch, gradients, places
from .aside import Aside, beside
from .optimizers import Optimizers
from .recording import Recording, plain
from .step import Forward, Step
from .tensors import LIBRARIES, concrete, leaves, not_finite, number, numbers, stateless

_ACT_BY_MODE = ("Dropout", "GaussianNoise", "BatchNormalization")


class Watch:
    """Called once a step with the batch and its loss."""

    def __init__(self, model: Any, optimizer: Any, loss: Any, folder: str, steps: int) -> None:
        given = list(optimizer) if isinstance(optimizer, (list, tuple)) else [] if optimizer is None else [optimizer]
        for one in given:
            if not isinstance(one, keras.optimizers.Optimizer):
                kind = f"{type(one).__module__.split('.')[0]}.{type(one).__name__}"
                raise UnstuckError(f"optimizer is a {kind}; of a Keras model one of keras.optimizers that is made is needed, or a list of them")
        self.model = model
        self.optimizers = Optimizers(self, given)
        self.parameters: list[tuple[str, Any, bool, int | None]] = []  # name, variable, whether it is the model's, its place in model.weights
        self.recording = Recording(folder, given, loss, steps, sum(int(np.prod(v.shape)) for v in model.weights))
        self.aside = Aside(model, loss, False)
        self.most = self.recording.most
        self.count = self.recorded = 0
        self.anew = 1  # the step of which all weights are written
        self.last_x: Any = None
        self.step: Step | None = None
        self.latest: dict[int, np.ndarray] = {}  # weights at the end of the last step
        self.left: dict[int, np.ndarray] = {}  # and those when this one began
        self.called: set[int] = set()  # layers whose call has run
        self.modes: dict[str, bool] = {}  # of this step: layers that act by mode, and the training flag that they saw
        self.fitted = False  # a callback asks, of a fit
        self.ahead: dict[int, np.ndarray] | None = None  # weights as a compiled step is given them
        self.traced = self.broken = self.stepped = False
        self.compiled_training = True  # the flag that a compiled step was traced with
        self.watching = True
        self.wrapped: list[Any] = []  # layers with a call of ours
        self.handles: list[Any] = []
        if model.built and model.weights:
            self._collect()
        self._wrap()
        gradients.begin(self)
        atexit.register(self.close)

    def __call__(self, x: Any, y: Any = None, loss: Any = None, *, weights: Any = None) -> None:
        """Record a step: its batch and its loss, and for a stateless loop on JAX the trainable variables behind it."""
        self.count += 1
        if self.watching:
            self.safely(self._watched, x, y, loss, weights)
        elif self.count in LATER and not self.broken:
            self.safely(self.recording.rate, self.count, self.optimizers.rates())

    @property
    def reads(self) -> bool:
        """Report whether the next call reads the model's variables or the optimizer's."""
        return self.watching or self.count + 1 in LATER

    def close(self) -> None:
        """End the recording. It is done at the end of the program, too."""
        atexit.unregister(self.close)
        if not self.recording.ours:  # a forked process ends, and the loop is its parent's
            self._unwrap()
            return
        if self.watching:
            self.safely(self._finish)
            self.safely(self._notice)
            self._unwrap()
        if not self.broken:
            self.safely(lambda: self.recording.end(self.count, self.optimizers.rates()))

    def safely(self, function: Any, *arguments: Any) -> None:
        """Make of an error in watching a warning and the end of the recording: a training must not end because it is watched."""
        try:
            function(*arguments)
        except BaseException as error:
            if interrupts(error):
                self._interrupted()
                raise
            self._unwrap()
            self.recording.release()
            self.broken = True
            warnings.warn(f"unstuck.watch has stopped recording: {type(error).__name__}: {error}", stacklevel=4)

    def _interrupted(self) -> None:
        """Give up the step that is running: whoever goes on behind what interrupts it has a recording that goes on."""
        step, self.step, self.ahead = self.step, None, None
        if step is not None and self.recording.journal.count == 0:
            self.recording.again()
        elif step is not None and (step.ended or "backward" in step.events or "step" in step.events):
            self.recorded = step.number  # a gap, if it isn't written
        if self.watching:
            self.latest, self.anew = self.weights(), self.recorded + 1  # what of them is half done isn't known

    # What the gradients and the optimizers tell.

    def index(self, variable: Any) -> int | None:
        """Return the place of a variable among the parameters."""
        for i, (_, v, _, _) in enumerate(self.parameters):
            if v is variable or getattr(v, "_value", v) is variable:
                return i
        return None

    def known(self, variable: Any) -> int:
        """Return the place of a variable among the parameters, which one of the optimizer's joins."""
        index = self.index(variable)
        if index is None:
            self.parameters.append((f"foreign:{getattr(variable, 'path', len(self.parameters))}", variable, False, None))
            index = len(self.parameters) - 1
        return index

    def asks(self, sources: Any) -> bool:
        """Report whether the gradient by one of the model's weights is asked for."""
        return any((i := self.index(s)) is not None and self.parameters[i][2] for s in keras.tree.flatten(sources))

    def backward(self) -> None:
        """Note a backward pass."""
        assert self.step is not None
        self.step.backwards += 1
        self.step.events.append("backward")
        self.step.told.setdefault("backward_line", users_code.line(*LIBRARIES))

    def weights(self) -> dict[int, np.ndarray]:
        """Return the weights as they are."""
        return {i: numbers(v) for i, (_, v, _, _) in enumerate(self.parameters)}

    # The model's calls.

    def _collect(self) -> None:
        """Find the model's weights that may be trained; statistics of batches are none."""
        trained = {id(v) for layer in self._layers() for v in layer._trainable_variables}
        self.parameters = [(v.path, v, True, at) for at, v in enumerate(self.model.weights) if id(v) in trained]
        self.latest = self.weights()
        self.aside.look()
        self.handles = gradients.hooks(self)
        self.recording.model(self.model, self.parameters, [layer.name for layer in self._layers() if _acts_by_mode(layer)])

    def _layers(self) -> list[Any]:
        return list(self.model._flatten_layers(include_self=True, recursive=True))

    def _wrap(self) -> None:
        for layer in self._layers():
            if "call" not in layer.__dict__:
                object.__setattr__(layer, "call", self._calling(layer, layer.call))
                self.wrapped.append(layer)
        self.optimizers.wrap()

    def _unwrap(self) -> None:
        self.watching = False
        for layer in self.wrapped:
            layer.__dict__.pop("call", None)
        for handle in self.handles:
            handle.remove()
        self.optimizers.unwrap()
        gradients.end(self)
        self.wrapped, self.handles, self.step, self.latest, self.last_x = [], [], None, {}, None

    def _calling(self, layer: Any, original: Any) -> Any:
        @functools.wraps(original)
        def call(*arguments: Any, **named: Any) -> Any:
            whole = layer is self.model
            if not self.watching or stateless() or not all(concrete(t) for t in leaves((arguments, named))):
                self.called.add(id(layer))
                if whole and self.watching and gradients.differentiated(self.model):
                    self.compiled_training = bool(named.get("training"))
                return original(*arguments, **named)
            self.safely(self._begins, layer, named)
            draws = batch.draws(self.model) if whole else None
            out = original(*arguments, **named)
            if whole:
                self.safely(self._ends, arguments, named, out, draws)
            return out

        return call

    def _begins(self, layer: Any, named: dict[str, Any]) -> None:
        self.called.add(id(layer))
        if not gradients.recorded():
            return
        if layer is self.model and not self.parameters and self.model.weights:
            self._collect()
        if self.step is None or self.step.watched:
            self._begin()
        if _acts_by_mode(layer):
            self.modes[layer.name] = bool(named.get("training"))

    def _ends(self, arguments: Any, named: dict[str, Any], out: Any, draws: Any) -> None:
        step = self.step
        if step is None:
            return
        if not self.parameters:  # layers within have made their weights only now
            self._collect()
            self._before(step, self.weights())
        recorded = gradients.recorded()
        if not recorded and step.forwards:
            return
        inputs = [numbers(t) for t in leaves((arguments, {k: v for k, v in named.items() if k not in ("training", "mask")}))]
        tensors = leaves(out)
        training = named.get("training", arguments[1] if len(arguments) > 1 and isinstance(arguments[1], bool) else False)
        forward = Forward(inputs, [numbers(t) for t in tensors], tensors, bool(training), recorded)
        gradients.cotangents(forward)
        step.forwards.append(forward)
        step.events.append("forward" if recorded else "forward without gradients")
        if draws is not None and draws != batch.draws(self.model):
            step.told["draws"] = True
        if str(self.model.compute_dtype) != "float32":
            step.told["autocast"] = str(self.model.compute_dtype)

    def _random(self) -> bool:
        """Report whether a layer draws random numbers in a step that isn't seen."""
        return self.compiled_training and any(getattr(layer, "_seed_generators", []) and _acts_by_mode(layer) for layer in self._layers())

    # The steps.

    def begin(self) -> Step:
        """Return the step that goes on, or begin one."""
        if self.step is None:
            self._begin()
        assert self.step is not None
        return self.step

    def _begin(self) -> None:
        self._finish()
        if not self.watching:
            return
        self.modes = {}
        self.step, self.left = Step(self.recorded + 1), dict(self.latest)
        self._before(self.step, self.weights())

    def _before(self, step: Step, weights: dict[int, np.ndarray]) -> None:
        """Keep what weights a step begins with: those that aren't as the last one has left them."""
        for i, values in weights.items():
            if step.number == self.anew or i not in self.latest or not np.array_equal(self.latest[i], values, equal_nan=True):
                step.arrays[f"before/{i}"] = self.latest[i] = values

    def begins_with(self, weights: dict[int, np.ndarray]) -> None:
        """Take the weights of a stateless loop, which the model's variables don't have, as those that the step begins with."""
        step = self.begin()
        step.arrays = {name: values for name, values in step.arrays.items() if not name.startswith("before/")}
        self.latest |= self.left  # the variables' own values aren't what is written
        self._before(step, weights)

    def _watched(self, x: Any, y: Any, loss: Any, weights: Any) -> None:
        if not all(concrete(t) for t in leaves((x, y, loss))):
            raise UnstuckError("watch is called within a tf.function or a compiled function: call it behind, with what it returns")
        if not self.parameters:
            self._collect()
            if self.traced:  # the first step has made the weights: what they were ahead of it isn't known
                self.optimizers.began(self.recording.told["optimizers"])
                self.last_x = x
                return
        if self.step is None or self.step.watched:
            self._from_outside(weights)
        step = self.step
        if step is None:
            return
        step.watched = True
        if weights is not None and not step.after:
            trained = [i for i, (_, v, ours, _) in enumerate(self.parameters) if ours and v.trainable]
            step.after = self.latest | {i: numbers(w) for i, w in zip(trained, weights)}
        elif step.view == "weights":
            step.after = self.weights()
            step.told["weights_assumed"] = self.optimizers.stateless  # a loop may carry others, of which the model's variables know nothing
        if step.view:
            step.told["draws"] = self._random()
        if step.view == "weights":
            step.before = dict(self.latest)
            step.stepped = {}
            if self.stepped or any(not np.array_equal(values, step.before.get(i), equal_nan=True) for i, values in step.after.items()):
                step.events.append("step")
            self._outputs(step, x)
        step.events.append("watch")
        told = step.told
        if step.view == "weights":
            beside(self, step, x, y, number(loss))
        told |= {"loss": number(loss), "loss_not_finite": not_finite(loss), "line": users_code.line(*LIBRARIES)}
        told.setdefault("rates", self.optimizers.rates(1 if step.view else 0))
        told |= batch.seen(x, self.last_x) | batch.at_hand(x, y)
        self.last_x = x
        told.setdefault("loss_graph", batch.graph_of(loss) if not step.view else "tensor")
        if step.number <= 2:
            told |= batch.reach(loss, self.parameters)
        forward = batch.of(step.forwards, x)
        if forward is not None:
            told |= {"training": forward.training, "forward_gradients": forward.gradients, "forwards": sum(f.gradients for f in step.forwards)}
            told |= {"x_is_input": batch.is_input(x, forward)} | row_order.told(batch.order(x, forward))
            step.arrays |= {f"out/{i}": values for i, values in enumerate(forward.outputs)}
        else:
            told |= {"training": self.compiled_training if step.view else all(self.modes.values()), "forwards": 0}
        told["eval_modules"] = [name for name, training in self.modes.items() if not training and told["training"]]
        self.recording.batch(step, x, y)

    def _outputs(self, step: Step, x: Any) -> None:
        """Compute what a model whose call is the user's own gave in a step that wasn't seen; Keras' own calls are replayed."""
        if plain(self.model) or step.told["draws"]:
            return
        at = {id(v): values for i, (_, v, _, _) in enumerate(self.parameters) if (values := step.before.get(i)) is not None}
        trained = [at.get(id(v), v.value) for v in self.model.trainable_variables]
        try:
            mode = {"training": self.compiled_training} if self.model._call_has_training_arg else {}
            out, _ = self.model.stateless_call(trained, [v.value for v in self.model.non_trainable_variables], x, **mode)
        except Exception as error:  # whatever a call of the user's raises
            step.told["outputs_error"] = f"{type(error).__name__}: {error}"[:500]
            return
        step.arrays |= {f"out/{i}": numbers(t) for i, t in enumerate(leaves(out))}

    def _from_outside(self, weights: Any) -> None:
        """Begin a step of which nothing was seen: it is compiled, or its forward pass wasn't the model's."""
        self._finish()
        if not self.watching:
            return
        if not self.traced and weights is None:
            self._begin()
            return
        before, self.modes = self.ahead or dict(self.latest), {}
        self.step = Step(self.recorded + 1, view="weights")
        self._before(self.step, before)
        self.latest |= before
        self.ahead = None

    def _finish(self) -> None:
        step = self.step
        if step is None or not step.watched:
            self.step = None
            return
        step.ended = True
        if step.after:
            self.latest = dict(step.after)
        if step.number == 1 or step.number >= self.most:
            self._look()
        self.optimizers.note(self.recording.told["optimizers"])
        self.recording.write(step, self.parameters)
        self.recorded, self.step = step.number, None
        if self.recorded >= self.recording.most and (self.stepped or not self.optimizers.all or self.recorded >= WAIT):
            self._notice()
            self._unwrap()
            self.recording.release()
            self.recording.full()

    def _look(self) -> None:
        """Keep the places of the program, while its loop is running."""
        found = places.program(self, self.model, self.optimizers.all, self.fitted)
        if found and (found["names"]["x"] or "program" not in self.recording.told):  # behind the loop its names aren't known any more
            self.recording.told["program"] = found

    def _notice(self) -> None:
        """Note what only the end of a recording shows."""
        owners = {id(v) for layer in self._layers() if id(layer) in self.called for v in layer._trainable_variables}
        self.recording.told["called"] = [i for i, (_, v, _, _) in enumerate(self.parameters) if id(v) in owners]
        self.optimizers.note(self.recording.told["optimizers"])


def _acts_by_mode(layer: Any) -> bool:
    if not any(kind.__name__.endswith(_ACT_BY_MODE) for kind in type(layer).__mro__):
        return getattr(layer, "dropout", 0) not in (0, None) and isinstance(layer.dropout, float)
    return getattr(layer, "rate", 1) != 0


__all__ = ["Watch"]
