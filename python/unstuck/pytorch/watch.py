"""Watches a loop: hooks on model, weights and optimizer for a few steps, then nothing."""

from __future__ import annotations

import atexit
import functools
import warnings
from typing import Any

import torch
from torch import nn

from ..errors import UnstuckError
from ..interrupts import interrupts
from ..recorded import LATER, WAIT
from . import gradients, seen
from .copies import Copies
from .drawn import Generators
from .groups import Groups
from .hook import Hook, Spared
from .hooks import on_gradients
from .modes import Modes
from .recording import Recording
from .stretched import stretched
from .twin import bare, compiled
from .watched import Forward, Step, dense, not_finite, number


def _safely(method: Any) -> Any:
    """Make of an error in watching a warning and the end of the recording: a training must not end because it is watched."""

    @functools.wraps(method)
    def safe(self: Watch, *arguments: Any, **named: Any) -> None:
        try:
            method(self, *arguments, **named)
        except BaseException as error:
            self._failed(error)

    return safe


class Watch:
    """Called once a step with the batch and its loss."""

    def __init__(self, model: nn.Module, optimizer: Any, loss: Any, folder: str, steps: int) -> None:
        self.model = bare(model)
        self.called_as = compiled(model) or self.model
        given = optimizer if isinstance(optimizer, (list, tuple)) else [] if optimizer is None else [optimizer]
        for one in given:
            if not isinstance(one, torch.optim.Optimizer):
                raise UnstuckError(f"optimizer is a {type(one).__name__}; one of torch.optim that is made is needed, or a list of them")
        self.optimizers: list[Any] = list(given)
        self.parameters = seen.parameters(self.model, self.optimizers)
        self.groups = Groups(self.optimizers)
        self.modes = Modes(self.model, self.parameters, self.called_as is not self.model)
        self.recording = Recording(folder, self.model, self.optimizers, self.parameters, loss, steps)
        self.most = self.recording.most
        self.count = 0
        self.last_x: Any = None
        self.step: Step | None = None
        self.latest: Copies | None = None  # weights at the end of the last step
        self.after: Copies | None = None  # memory for those behind this one
        self.own: Copies | None = None  # and for its gradients
        self.hands: dict[Any, tuple[Any, int]] = {}  # what was at hand, by x's shape, and how often in a row
        self.named = list(self.model.named_modules())
        self.recorded = 0
        self.inside: Any = None  # the optimizer whose step is running
        self.draws: Any = None
        self.called: set[int] = set()  # modules whose forward has run
        self.reached: set[int] = set()  # parameters that a gradient has reached
        self.strangers: list[tuple[torch.Tensor, int]] = []
        self.outputs: Any = None  # what of the model's outputs the loss is of; None: all
        self.stepped = self.broken = False
        self.handles: list[Any] = []
        self._hook()
        atexit.register(self.close)

    @_safely
    def __call__(self, x: Any, y: Any = None, loss: Any = None) -> None:
        self.count += 1
        if not self.handles:
            if not self.broken:
                self._later(loss)
            return
        with torch.no_grad():
            self._watched(x, y, loss)

    def _later(self, loss: Any) -> None:
        """Note now and then what a step behind the recorded ones has to tell."""
        if self.count in LATER:
            self.recording.rate(self.count, self.groups.rates(), number(loss), self.modes.taken())
        if self.count + 1 in LATER:
            self.modes.look()
        else:
            self.modes.end()

    def take(self, outputs: Any) -> None:
        """Take what a function gives of the model's outputs for what the loss is computed of."""
        self.outputs, self.recording.plain = outputs, False

    @_safely
    def close(self) -> None:
        """End the recording. It is done at the end of the program, too."""
        atexit.unregister(self.close)
        self.modes.end()
        if not self.recording.ours:  # a forked process ends, and the loop is its parent's
            self._unhook()
            return
        if self.handles:
            with torch.no_grad():
                self._finish()
            if self.handles:
                self._notice()
            self._unhook()
        if not self.broken:
            self.recording.end(self.count, self.groups.rates())

    def _failed(self, error: BaseException) -> None:
        """End the recording, or of what interrupts the loop the step alone: whoever goes on behind it has a recording that goes on."""
        if not interrupts(error):
            self._give_up(error)
            return
        step, self.step, self.inside = self.step, None, None
        if step is not None and self.recording.journal.count == 0:
            self.recording.again()
        elif step is not None and (step.ended or "backward" in step.events or "step" in step.events):
            self.recorded = step.number  # a gap, if it isn't written
        self.latest = self.after = self.own = None  # what of them is half done isn't known
        raise error

    def _give_up(self, error: BaseException) -> None:
        self._unhook()
        self.recording.release()
        self.broken = True
        warnings.warn(f"unstuck.watch has stopped recording: {type(error).__name__}: {error}", stacklevel=3)

    # The hooks.

    def _hook(self) -> None:
        self.handles.append(Spared(self.called_as))
        for module in self.model.modules():
            if module is not self.model:
                self.handles.append(module.register_forward_pre_hook(Hook(self._part_begins(module))))
        self.handles.append(self.called_as.register_forward_pre_hook(Hook(lambda *_: self._forward_begins(self.model))))
        self.handles.append(self.called_as.register_forward_hook(Hook(lambda _, *more: self._forward_ends(self.model, *more)), with_kwargs=True))
        for index, (_, parameter, _) in enumerate(self.parameters):
            if parameter.requires_grad:
                self.handles.append(parameter.register_hook(self._gradient(index)))
        for optimizer in self.optimizers:
            self.handles.append(optimizer.register_step_pre_hook(self._before_step))
            self.handles.append(optimizer.register_step_post_hook(self._step_ends))

    def _unhook(self) -> None:
        for handle in self.handles:
            handle.remove()
        self.handles = []
        self.step, self.latest, self.after, self.own, self.last_x = None, None, None, None, None

    @_safely
    def _forward_begins(self, module: nn.Module, *_: Any) -> None:
        if module is self.model:
            self.draws = Generators(self.model, self.parameters[0][1].device if self.parameters else None)
        self.called.add(id(module))
        if not torch.is_grad_enabled() or seen.transforming():
            return
        if self.step is None or (self.step.watched and self.inside is None):
            self._begin()
        if self.inside is not None and self.step is not None:
            self.step.closure = True

    def _part_begins(self, module: nn.Module) -> Any:
        """Return the hook of a module within the model, which only in the first step has something to do."""
        known = id(module)

        def begins(*_: Any) -> None:
            step = self.step
            if step is None or step.watched or self.inside is not None or known not in self.called:
                self._forward_begins(module)

        return begins

    @_safely
    def _forward_ends(self, module: nn.Module, args: Any, kwargs: Any, out: Any) -> None:
        if module is not self.model or self.step is None or seen.transforming():
            return
        outputs = seen.leaves(out if self.outputs is None else self.outputs(out))
        inputs = seen.leaves(args[0] if len(args) == 1 and not kwargs else (args, kwargs))
        forward = Forward(inputs, [t.detach() for t in outputs], module.training, torch.is_grad_enabled())
        if self.inside is not None:  # one of several calls in a closure, of which the loss that is returned may be any
            forward.nodes = [output.grad_fn for output in outputs]
        if self.step.number <= 2:
            forward.made = [seen.made_by(output) for output in outputs]
            forward.ends = [output.grad_fn for output in seen.leaves(out) if output.grad_fn is not None]
        for i, output in enumerate(outputs):
            if output.requires_grad:
                output.register_hook(lambda gradient, i=i: forward.cotangents.__setitem__(i, dense(gradient).clone()))
        if not forward.training and self.modes.parts_training():
            self.step.told["parts_training"] = True
        if forward.gradients or not self.step.forwards:
            self.step.forwards.append(forward)
            self.step.events.append("forward" if forward.gradients else "forward without gradients")
        if self.draws is not None and not self.draws.same(behind := Generators(self.model, self.draws.device)):
            self.step.told["draws"], forward.random = True, (self.draws, behind)
        if seen.autocast():
            self.step.told["autocast"] = seen.autocast()

    def _gradient(self, index: int) -> Any:
        parameter = self.parameters[index][1]

        def safe(gradient: torch.Tensor) -> None:
            try:
                if self.step is not None:
                    gradients.arrives(self.step, index, parameter, gradient, self.own)
            except BaseException as error:
                self._failed(error)

        return safe

    def _before_step(self, optimizer: Any, args: Any, named: Any) -> Any:
        """Look at the gradients at the optimizer's step, or behind its closure where it has one: that computes them."""
        at = next((i for i, a in enumerate(args) if callable(a) and a is not optimizer), None)
        closure = named.get("closure") if at is None else args[at]
        if closure is None or isinstance(optimizer, torch.optim.LBFGS):
            if closure is not None and self.step is not None and self.step.watched and "step" in self.step.events:
                self._begin()  # watched behind the last one, whose closure called the model
            self.step_begins(optimizer, closure is not None)
            return None
        times = 0

        def wrapped() -> Any:
            nonlocal times
            self.inside, times = optimizer if times else None, times + 1
            result = closure()
            self.step_begins(optimizer, times > 1)
            return result

        return (args, {**named, "closure": wrapped}) if at is None else ((*args[:at], wrapped, *args[at + 1 :]), named)

    @_safely
    def step_begins(self, optimizer: Any, closure: bool = False) -> None:
        """Look at the gradients as an optimizer finds them."""
        if not self.handles:
            return
        if self.step is None:
            self._begin()
        if self.step is None:
            return
        self.inside, self.stepped = optimizer, True
        self.step.events.append("step")
        if "step_line" not in self.step.told:
            self.step.told["step_line"] = seen.line()
        self.groups.note(self.step.told, optimizer)
        self.step.closure = self.step.closure or closure
        gradients.found(self.step, self.parameters, optimizer, self.own, self.after)

    def _step_ends(self, *_: Any) -> None:
        self.step_ends()

    @_safely
    def step_ends(self) -> None:
        """Look at the weights as an optimizer leaves them."""
        self.inside = None
        if self.step is not None and self.after is not None:
            with torch.no_grad():
                self.after.take([p for _, p, _ in self.parameters])
            self.step.before, self.step.after = self.latest, self.after

    # The steps.

    def _begin(self) -> None:
        with torch.no_grad():
            self._finish()
            if not self.handles:
                return
            step = self.step = Step(self.recorded + 1)
            now = [p for _, p, _ in self.parameters]
            if self.latest is None or self.after is None:  # only now: a model may be brought to its device behind the watch
                self.latest, self.after, self.own = Copies(now), Copies(now), Copies(now)
                changed = range(len(now))
            else:
                changed = self.latest.changed(now, self.after)
            for i in changed:
                step.arrays[f"before/{i}"] = now[i].clone()
                self.latest.each[i].copy_(now[i])
        if step.number == 1:
            self.recording.start(self.model)

    def _watched(self, x: Any, y: Any, loss: Any) -> None:
        if self.step is None or self.step.watched:
            self._begin()
        step = self.step
        if step is None:
            return
        step.watched = True
        step.events.append("watch")
        told = step.told
        told["loss"] = number(loss)
        told["loss_not_finite"] = told["loss"] is None and not_finite(loss)
        told |= {"loss_graph": seen.graph_of(loss), "line": seen.line()}
        told.setdefault("rates", self.groups.rates())
        told |= seen.batch(x, self.last_x)
        told |= self._at_hand(x, y)
        if told["loss_not_finite"] and self.latest is not None:
            self.recording.not_finite(step.number, self.latest.each, x, self.last_x)
        self.last_x = x
        if step.number <= 2 and isinstance(loss, torch.Tensor) and loss.grad_fn is not None:
            reached, strangers = seen.reach(loss, self.parameters)
            told |= {"reached": reached, "strangers": [list(s.shape) for s in strangers]}
            told["stretched"] = stretched(loss, [end for f in step.forwards for end in f.ends], seen.rows(x))
            self.strangers = self.strangers or [(s, s._version) for s in strangers]
        for one in step.forwards:
            one.ends = []  # they hold the graph
        forward = seen.call_of(step.forwards, x, loss)
        if forward is not None:
            told |= seen.call(forward, step.forwards, x)
            step.arrays |= {f"out/{i}": t.clone() for i, t in enumerate(forward.outputs)}
            if forward.made:
                told["made_by"] = forward.made
        else:
            told |= {"training": self.model.training, "forwards": 0}
        told["eval_modules"] = [name for name, m in self.named if name and not m.training] if self.model.training else []
        self.recording.batch(step, x, y, forward)
        if forward is not None and step.number <= self.recording.most:
            self.recording.draws.keep(step, forward)

    def _at_hand(self, x: Any, y: Any) -> dict[str, Any]:
        """Look at what the loop's code holds, until two steps with x of this shape have found the same."""
        shape = getattr(x, "shape", None)
        known, times = self.hands.get(shape, (None, 0))
        if shape is None or times < 2:
            found = seen.at_hand(x, y)
            self.hands[shape] = found, times + 1 if found == known else 1
            return found
        return known or {}

    def _finish(self) -> None:
        """Write the step that has ended, under no_grad."""
        step = self.step
        if step is None or not step.watched:
            self.step = None
            return
        step.ended = True
        self.reached.update(step.passes)
        if step.number == 1 or step.number >= self.most:
            self._look()
        moved = step.after is not None
        self.recording.write(step, self.own)
        self.recorded, self.step = step.number, None
        if moved:
            self.latest, self.after = self.after, self.latest
        if self.recorded >= self.most and (self.stepped or not self.optimizers or self.recorded >= WAIT):
            self._notice()
            self._unhook()
            self.recording.release()
            self.recording.full()

    def _look(self) -> None:
        """Keep the places of the program, while its loop is running."""
        found = seen.program(self, self.model, self.optimizers)
        if found and (found["names"]["x"] or "program" not in self.recording.told):  # behind the loop its names aren't known any more
            self.recording.told["program"] = found
        self.recording.told |= {"gradient_hooks": on_gradients(self.model, self.parameters), "loss_scales": seen.scales()}

    def _notice(self) -> None:
        """Note what only the end of a recording shows."""
        owners = {id(p) for m in self.model.modules() if id(m) in self.called for p in m.parameters(recurse=False)}
        called = [i for i, (_, p, _) in enumerate(self.parameters) if id(p) in owners]
        self.recording.told |= {
            "called": called,
            "used": self.recording.used(self.reached.union(called)),
            "strangers_moved": any(s._version != version for s, version in self.strangers),
        }


__all__ = ["Watch"]
