"""Writes a recording of a loop in PyTorch: recording.json, the journal of its steps, and the model as ``save`` writes it."""

from __future__ import annotations

import io
import json
import math
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.utils import _pytree as pytree

from ..arrays import to_array
from ..errors import UnstuckError
from ..journal import Entry
from ..npz import packed
from ..recorded import Recorded, as_json, named
from . import optimizer as optimizers_
from .copies import Copies
from .drawn import Draws
from .folder import files
from .hook import Hook
from .loss import Loss
from .modes import acts_by_mode
from .not_finite import origin
from .seen import Parameter
from .twin import twin
from .untouched import random_state
from .used import used
from .watched import Forward, Step, array, number

class Recording(Recorded):
    """The folder that is written to."""

    def __init__(self, folder: str, model: nn.Module, optimizers: list[Any], parameters: list[Parameter], loss: Any, steps: int) -> None:
        self.loss = None if loss is None else Loss(loss)
        self.given_loss = loss
        self.optimizers = optimizers
        self.parameters = parameters
        self.plain = True  # the loss is computed of the model's outputs as they are
        self.twin: nn.Module | None = None
        self.first: Any = None  # x of the first step
        self.draws = Draws()
        self.batches: list[list[torch.Tensor]] = []  # the arrays of each, x's and then y's, which are copies: a loop may fill its own again
        self.settings: bytes | None = None
        self.types: dict[str, np.dtype[Any]] = {}
        super().__init__(folder, "torch", torch.__version__.split("+")[0], steps, sum(p.numel() for _, p, _ in parameters), {
            "parameters": [
                {"name": name, "shape": list(p.shape), "trainable": p.requires_grad, "model": ours} for name, p, ours in parameters
            ],
            "mode_modules": [name for name, m in model.named_modules() if acts_by_mode(m)],
            "optimizers": [self._described(o, model) for o in optimizers],
            "settings_by_step": True,
            **({} if self.loss is None else self.loss.described()),
        })  # fmt: skip

    def _described(self, one: Any, model: nn.Module) -> dict[str, Any]:
        index = {id(p): i for i, (_, p, _) in enumerate(self.parameters)}
        described = optimizers_.describe(one, model)
        described["holds"] = [[index[id(p)] for p in group["params"]] for group in one.param_groups]
        described["has_memory"] = any(_stepped(state) for state in one.state.values())
        return described

    def start(self, model: nn.Module) -> None:
        """Keep the model as it is before the first step, and which of its numbers have 16 bits."""
        short = [str(p.dtype).removeprefix("torch.") if p.dtype in (torch.bfloat16, torch.float16) else "" for _, p, _ in self.parameters]
        if any(short):  # only now: a loop may cast a model behind the watch
            self.told["parameters"] = [told | ({"dtype": kind} if kind else {}) for told, kind in zip(self.told["parameters"], short)]
        try:
            with random_state():
                self.twin = twin(model)
                for module in self.twin.modules():
                    module._forward_hooks = _without_ours(module._forward_hooks)
                    module._forward_pre_hooks = _without_ours(module._forward_pre_hooks)
        except UnstuckError as error:
            self.told["notes"].append(str(error))

    def again(self) -> None:
        """Begin anew with the first step, of which nothing was written."""
        self.batches = []
        for told, one in zip(self.told["optimizers"], self.optimizers):
            told["has_memory"] = any(_stepped(state) for state in one.state.values())

    def batch(self, step: Step, x: Any, y: Any, forward: Forward | None) -> None:
        """Keep, under no_grad, the batch of a step, and what a loss of the user's is of the model's outputs, with its gradient there."""
        if _simple(x) and _simple(y):
            step.arrays["x"], step.arrays["y"] = x.clone(), y.clone()
        else:
            try:
                arrays = named("x", x) | ({} if y is None else named("y", y))
            except UnstuckError as error:
                step.told["unread"] = str(error)
                return
            step.arrays |= {name: torch.from_numpy(values).clone() for name, values in arrays.items()}
        if y is not None:
            self.batches.append([t for name, t in step.arrays.items() if name.split("/")[0] in ("x", "y")])
        if self.twin is not None and step.number == 1:
            self.first = pytree.tree_map(lambda t: t.detach().cpu().clone() if isinstance(t, torch.Tensor) else t, x)
            self._export(x, y)
        if self.loss is not None and self.loss.own and forward is not None and y is not None:
            self._claimed(step, y, forward)

    def _claimed(self, step: Step, y: Any, forward: Forward) -> None:
        """Keep what the loss is of the outputs, and where the loop has shuffled x and targets alike behind the batch, the batch in that order."""
        told, arrays = self._claim(y, forward)
        if (order := step.told.get("x_order")) and isinstance(loss := step.told["loss"], float) and isinstance(y, (torch.Tensor, np.ndarray)):
            other, others = self._claim(y[order], forward)
            off, by_order = (abs(one.get("claimed") - loss) if one.get("claimed") is not None else math.inf for one in (told, other))
            if by_order <= min(off, 1e-4 * abs(loss)):
                told, arrays = other | {"x_is_input": True, "x_reordered": False, "x_order": []}, others
                step.arrays |= {name: t[order] for name, t in step.arrays.items() if name.split("/")[0] in ("x", "y")}
        step.told |= told
        step.arrays |= arrays

    def _claim(self, y: Any, forward: Forward) -> tuple[dict[str, Any], dict[str, torch.Tensor]]:
        """Return what a loss of the user's is of the outputs and these targets, with its gradient by the outputs."""
        told: dict[str, Any] = {}
        try:
            with random_state(), torch.enable_grad():
                outputs = [t.clone().requires_grad_(t.is_floating_point()) for t in forward.outputs]
                value = self.loss(outputs[0] if len(outputs) == 1 else tuple(outputs), y)  # type: ignore[misc]
                told["claimed"] = number(value)
                if isinstance(value, torch.Tensor) and value.requires_grad and value.numel() == 1 and all(t.requires_grad for t in outputs):
                    gradients = torch.autograd.grad(value.reshape(()), outputs, allow_unused=True)
                    return told, {f"claim/{i}": torch.zeros_like(t) if g is None else g for i, (t, g) in enumerate(zip(outputs, gradients))}
        except Exception as error:  # whatever a loss of the user's raises
            told["claimed_error"] = f"{type(error).__name__}: {error}"[:500]
        return told, {}

    def _export(self, x: Any, y: Any) -> None:
        loss, model, bare = self.given_loss, self.twin, None
        x, y = _two_rows(x), _two_rows(y)
        assert model is not None
        try:
            if not self.plain:
                raise UnstuckError("")
            targets = y if y is not None else np.zeros(len(next(t for t in pytree.tree_leaves(x) if hasattr(t, "shape"))), np.float32)
            written = files(
                model, x, targets, loss=loss, loss_weights=None, optimizer_=None, scheduler_=None, scheduler_every=None, clip_grad_norm=None,
                clip_grad_value=None, rows=None, settings={}, as_it_goes=True,
            )  # fmt: skip
        except Exception as error:  # a training must not end because it is watched
            first = error
            try:  # the loss may be what doesn't go
                written = files(
                    model, x, np.zeros(len(next(t for t in pytree.tree_leaves(x) if hasattr(t, "shape"))), np.float32), loss=None, loss_weights=None,
                    optimizer_=None, scheduler_=None, scheduler_every=None, clip_grad_norm=None, clip_grad_value=None, rows=None, settings={},
                    as_it_goes=True,
                )  # fmt: skip
                written.pop("data.npz")
                bare = written.pop("training.json")
                if self.plain:
                    self.told["notes"].append(f"the loss can't be computed of the outputs and targets of a batch: {first}")
            except Exception as second:
                self.told["notes"].append(f"the model isn't exported: {second}")
                return
        self.draws = Draws(written["model.pt2"])
        self.settings = written.pop("training.json", None)
        if note := json.loads(self.settings or bare or b"{}").get("batch_note"):
            self.told["notes"].append(f"the model as it is exported: {note}")
        if "data.npz" in written:
            with np.load(io.BytesIO(written.pop("data.npz"))) as arrays:
                self.types = {name: arrays[name].dtype for name in arrays.files}
        for name, content in written.items():
            self.file(name, content)
        self.tell()

    def used(self, but: set[int]) -> list[int]:
        """Return which of the model's other trained parameters, by index, its outputs depend on. What can't be tried isn't among them."""
        names = {name: i for i, (name, p, ours) in enumerate(self.parameters) if ours and p.requires_grad and i not in but}
        if self.twin is None or self.first is None or not names:
            return []
        try:
            return [names[name] for name in used(self.twin, self.first, list(names))]
        except Exception:  # whatever a forward of the user's raises
            return []

    def not_finite(self, step: int, weights: list[torch.Tensor], x: Any, last: Any) -> None:
        """Note where in the model numbers stop being finite, of a step whose loss isn't: with the weights at its beginning, or, where these
        aren't finite either, on the way back of the step before, as far as the weights at the loop's beginning show it."""
        if self.twin is None or "not_finite" in self.told:
            return
        fine = all(bool(w.isfinite().all()) for w in weights)
        kept = {name: p.detach().clone() for name, p in self.twin.named_parameters()}
        try:
            if fine:
                _load(self.twin, {name: w for (name, _, _), w in zip(self.parameters, weights)})
            found = origin(self.twin, pytree.tree_map(lambda t: t.detach().cpu().clone() if isinstance(t, torch.Tensor) else t, x if fine else last))
        except Exception:  # whatever a forward of the user's raises
            found = None
        finally:
            _load(self.twin, kept)
        if found is not None and found["back"] != fine:  # else it is in the loss, or of other weights
            self.told["not_finite"] = {"step": step if fine else step - 1, **found}

    def write(self, step: Step, own: Copies | None) -> None:
        """Write, under no_grad, a step that nobody changes any more; own is the memory of its gradients."""
        forward = next((f for f in reversed(step.forwards) if f.cotangents), None)
        step.forwards = []  # they hold the loop's own tensors
        cotangents = {} if forward is None else forward.cotangents
        tensors = dict(step.arrays)
        if step.number > self.most:  # it is only waited for a step of the optimizer's
            step.own, step.start, step.stepped, step.after = {}, {}, {}, None
            tensors = {}
        joined: list[Entry] = []
        if not self.short and own is not None and own.joined and len(step.own) == len(own.each) and all(step.own[i] is t for i, t in enumerate(own.each)):
            joined += own.entries("own")
        else:
            tensors |= {f"own/{i}": t for i, t in sorted(step.own.items())}
        if step.start or step.stepped:
            tensors |= {f"start/{i}": t for i, t in step.start.items()} | {f"grad/{i}": t for i, t in step.stepped.items()}
        if step.after is not None and self.short:  # of a difference 16 bits tell more than of a weight
            assert step.before is not None
            for index, (before, after) in enumerate(zip(step.before.each, step.after.each)):
                tensors[f"delta/{index}"] = torch.sub(after, before, out=before)  # which nobody needs any more
        elif step.after is not None and step.after.joined:
            joined += step.after.entries("after")
        elif step.after is not None:
            tensors |= {f"after/{i}": t for i, t in enumerate(step.after.each)}
        tensors |= {f"cotangent/{i}": t for i, t in cotangents.items()}
        if len(step.tasks) > 1:
            step.told["passes"] = [sorted(set(reached)) for reached in step.tasks.values()]
        self.step(step.number, step.told | {
            "events": step.events, "closure": step.closure, "absent": sorted(step.absent),
            "backwards": step.deepest, "stepped": sorted(step.seen),
        }, ((name, array(t)) for name, t in tensors.items()), joined)  # fmt: skip

    def full(self) -> None:
        """Write data.npz and training.json, of all batches that were kept, for the ordinary diagnosis."""
        batches, self.batches, self.twin, self.first, self.draws = self.batches, [], None, None, Draws()
        if not batches or self.settings is None:
            return
        settings = json.loads(self.settings)
        names = settings["inputs"] + settings["targets"]
        if any(len(part) != len(names) for part in batches):
            self.told["notes"].append("the batches aren't kept as data: they have other parts than the first one")
            return
        try:
            joined = [np.concatenate([to_array(part[i], name) for part in batches]).astype(self.types[name]) for i, name in enumerate(names)]
        except ValueError as error:  # sequences of other lengths
            self.told["notes"].append(f"the batches aren't kept as data: {error}")
            return
        self.file("data.npz", packed(zip(names, joined)))
        if len(self.optimizers) == 1:
            settings["optimizer"] = {key: v for key, v in self.told["optimizers"][0].items() if key not in ("holds", "has_memory")}
        settings |= {"batch_size": len(batches[0][0]), "rows": {"kept": len(joined[0]), "of": len(joined[0])}, "recorded": True}
        self.file("training.json", as_json(settings))
        self.tell()

    def end(self, steps: int, rates: list[list[float]]) -> None:
        """Note how many steps there were."""
        if not self.ours:
            return
        self.full()
        super().end(steps, rates)


@torch.no_grad()
def _load(model: nn.Module, weights: dict[str, torch.Tensor]) -> None:
    for name, parameter in model.named_parameters():
        parameter.copy_(weights[name])


def _simple(value: Any) -> bool:
    """Report whether a tensor is kept as it is."""
    return type(value) is torch.Tensor and value.dtype is torch.float32 and value.layout is torch.strided and value.is_cpu


def _stepped(state: dict[str, Any]) -> bool:
    """Report whether an optimizer has made a step: Adagrad has its sums, of zero steps, from the beginning."""
    steps = state.get("step")
    return bool(state) if steps is None else float(steps) > 0


def _without_ours(hooks: Any) -> Any:
    kept = type(hooks)()
    for key, hook in hooks.items():
        if not isinstance(hook, Hook):
            kept[key] = hook
    return kept


def _two_rows(values: Any) -> Any:
    """Return a batch of one row twice: of one row it can't be told which axis is the batch."""
    if any(getattr(t, "ndim", 0) == 0 or len(t) != 1 for t in pytree.tree_leaves(values)):
        return values
    return pytree.tree_map(lambda t: torch.cat([t, t]) if isinstance(t, torch.Tensor) else np.concatenate([t, t]), values)
