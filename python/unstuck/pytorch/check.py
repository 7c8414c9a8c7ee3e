"""Computes one step without taking it, and compares what it gives with what a step needs."""

from __future__ import annotations

import contextlib
import warnings
from collections.abc import Iterator
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.utils import _pytree as pytree

from ..checking import Check, Fault
from ..errors import UnstuckError
from . import call, seen
from .loss import Loss, describe
from .twin import bare

_BY_MODE = (nn.modules.dropout._DropoutNd, nn.modules.batchnorm._NormBase)


def check_step(model: nn.Module, optimizer: Any, x: Any, y: Any, loss: Any) -> Check:
    """Do what ``unstuck.check`` says."""
    model = bare(model)
    optimizers = list(optimizer) if isinstance(optimizer, (list, tuple)) else [optimizer]
    for one in optimizers:
        if not isinstance(one, torch.optim.Optimizer):
            raise UnstuckError(f"optimizer is a {type(one).__name__}; one of torch.optim that is made is needed, or a list of them")
    step = _Step(model, optimizers, x, y)
    step.compute(loss)
    step.held()
    step.modes()
    step.pairs()
    step.reached()
    step.rates()
    return Check(step.faults, step.notes, step.unchecked)


class _Step:
    def __init__(self, model: nn.Module, optimizers: list[Any], x: Any, y: Any) -> None:
        self.model, self.optimizers = model, optimizers
        device = next((p.device for p in model.parameters()), torch.device("cpu"))
        self.x, self.y = _tensors(x, device), _tensors(y, device)
        self.faults: list[Fault] = []
        self.notes: list[str] = []
        self.unchecked: list[str] = []
        self.parameters = seen.parameters(model, optimizers)
        self.held_ids = {id(p) for one in optimizers for group in one.param_groups for p in group["params"]}
        self.called: set[nn.Module] = set()
        self.outputs: Any = None
        self.loss: torch.Tensor | None = None
        self.each: bool | None = None  # each output is compared with every target, where one is (n) and the other (n, 1); None: not known
        self.claimed: Any = None  # the loss of torch.nn, where it is one
        self.gradients: dict[str, torch.Tensor | None] = {}

    def fault(self, cause: str, evidence: str, change: str) -> None:
        self.faults.append(Fault(cause, evidence, change))

    def compute(self, loss: Any) -> None:
        """Call the model and the loss, and differentiate."""
        with _untouched(self.model), _calls(self.model, self.called), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            bound = call.bind(self.model, self.x)
            with torch.enable_grad():
                self.outputs = self.model(*bound.args, **bound.kwargs)
                self.loss = loss if isinstance(loss, torch.Tensor) else self._lost(loss)
        if self.loss is None:
            return
        if self.loss.numel() != 1:
            shape = list(self.loss.shape)
            self.fault("loop-no-update", f"the loss has the shape {shape}, and backward() takes one number", "loss = loss.mean()")
            self.loss = None
            return
        if isinstance(loss, torch.Tensor) and self._apart():
            self.each = self._of_each(self.loss)
        if not bool(torch.isfinite(self.loss)):
            self.fault("numerically-unstable-loss", f"the loss of this batch is {self.loss.item()}", "Look at the batch, at divisions and logarithms, and at the weights.")
        wanted = [(name, p) for name, p, _ in self.parameters if p.requires_grad]
        if wanted and self.loss.requires_grad:
            found = torch.autograd.grad(self.loss, [p for _, p in wanted], retain_graph=isinstance(loss, torch.Tensor), allow_unused=True)
            self.gradients = {name: gradient for (name, _), gradient in zip(wanted, found)}

    def _lost(self, given: Any) -> torch.Tensor | None:
        loss = Loss(given)
        if not loss.several:
            self.claimed = describe(loss.parts[0])["class"]
        try:
            value = loss(self.outputs, self.y)
            if loss.own and self._apart():
                self.each = self._regardless(value, loss)
        except (IndexError, RuntimeError, ValueError) as error:
            with contextlib.suppress(IndexError, RuntimeError, ValueError):
                if self._apart() and not loss.own:  # the loop gives both one shape, or stops here with PyTorch's own error
                    return loss(self.outputs, self.y.reshape(self.outputs.shape))
            self.fault("loss-output-mismatch", f"the loss can't be computed: {str(error).splitlines()[0]}{self._classes()}", "Give the loss targets of the kind and the shape that it takes.")
            return None
        return value if isinstance(value, torch.Tensor) else torch.as_tensor(value)

    def _apart(self) -> bool:
        """Report whether one of outputs and targets is (n) and the other (n, 1)."""
        o, y = self.outputs, self.y
        if not (isinstance(o, torch.Tensor) and isinstance(y, torch.Tensor) and o.ndim):
            return False
        n = len(o)
        return n > 1 and {tuple(o.shape), tuple(y.shape)} == {(n,), (n, 1)}

    def _regardless(self, value: Any, loss: Loss) -> bool | None:
        """Ask whether a loss of the user's, a function of outputs and targets, stays the same where targets change their rows, as the mean over all pairs does."""
        if bool((self.y == self.y.flatten()[0]).all()):
            return None
        with torch.no_grad():
            turned = loss(self.outputs, self.y.roll(1, 0))
        return bool(torch.allclose(torch.as_tensor(value), torch.as_tensor(turned), rtol=2e-6, atol=0))

    def _of_each(self, value: torch.Tensor) -> bool | None:
        """Tell of a loss that the loop computed whether it is that of each output with every target; None: it is none of those tried."""
        o, y = self.outputs.detach().reshape(-1).double(), self.y.detach().reshape(-1).double()
        pairs = torch.broadcast_tensors(o[:, None], y[None, :])
        found = None
        for of in (nn.functional.mse_loss, nn.functional.l1_loss, nn.functional.smooth_l1_loss):
            for reduction in ("mean", "sum"):
                if torch.allclose(of(o, y, reduction=reduction), value.detach().double(), rtol=1e-4, atol=0):
                    return False
                if torch.allclose(of(*pairs, reduction=reduction), value.detach().double(), rtol=1e-4, atol=0):
                    found = True
        return found

    def _classes(self) -> str:
        if self.claimed in ("CrossEntropyLoss", "NLLLoss") and isinstance(self.outputs, torch.Tensor) and isinstance(self.y, torch.Tensor) and self.y.numel():
            classes = self.outputs.shape[1 if self.outputs.ndim > 1 else 0]
            return f"; the outputs are of {classes} classes, the labels from {self.y.min().item():g} to {self.y.max().item():g}"
        return ""

    def held(self) -> None:
        """Compare the optimizers' parameters with the model's."""
        strangers = [name for name, _, own in self.parameters if not own]
        idle = [name for name in strangers if self.gradients.get(name) is None]
        missing = [n for n, p, own in self.parameters if own and self.gradients.get(n) is not None and id(p) not in self.held_ids]
        if idle or missing:
            parts = []
            if idle:
                parts.append(f"the optimizer holds {len(idle)} tensors that aren't this model's and that the loss doesn't depend on")
            if missing:
                parts.append(f"it doesn't hold {_listed(missing)}, which the loss depends on")
            self.fault("loop-wrong-parameters", "; ".join(parts), "Create the optimizer after all changes to the model, with model.parameters(). Freeze what is to stay as it is with requires_grad_(False).")
        if frozen := [n for n, p, own in self.parameters if own and not p.requires_grad]:
            self.notes.append(f"{_listed(frozen)} {'is' if len(frozen) == 1 else 'are'} frozen (requires_grad is False)")

    def modes(self) -> None:
        """Look for layers that act as in use and not as in training."""
        asleep = [name or "the model" for name, m in self.model.named_modules() if isinstance(m, _BY_MODE) and not m.training]
        if asleep and not self.model.training:
            self.fault("loop-eval-mode", f"the model is in evaluation mode, and {_listed(asleep)} {'acts' if len(asleep) == 1 else 'act'} otherwise in training", "model.train()")
        elif asleep:
            self.notes.append(f"{_listed(asleep)} {'is' if len(asleep) == 1 else 'are'} in evaluation mode, the model is not")

    def pairs(self) -> None:
        """Compare shapes and kinds of outputs and targets."""
        outputs, y = self.outputs, self.y
        if not (isinstance(outputs, torch.Tensor) and isinstance(y, torch.Tensor)):
            return
        shapes = f"the outputs have the shape {list(outputs.shape)} and the targets {list(y.shape)}"
        if self._apart() and self.loss is not None and (y.is_floating_point() or self.claimed in ("MSELoss", "L1Loss", "HuberLoss", "SmoothL1Loss")):
            change = "y = y.unsqueeze(-1)" if outputs.ndim == 2 else "y = y.squeeze(-1)"
            if self.each:
                self.fault("loop-broadcast", f"{shapes}: each output is compared with every target", change)
            elif self.each is None:  # a loss by its name doesn't tell what the loop gives it
                self.notes.append(f"{shapes}: where the loop gives the loss both as they are, each output is compared with every target, or PyTorch refuses them; "
                                  f"then {change} belongs before the loss. Where it gives them one shape by itself, nothing is wrong. Given the loss that it computes of this batch, a tensor, this check tells")  # fmt: skip
        if self.claimed == "CrossEntropyLoss" and outputs.ndim > 1 and not y.is_floating_point() and outputs.shape[1] > 1:
            flat = outputs.detach().float()
            if bool((flat >= 0).all()) and bool(torch.allclose(flat.sum(1), torch.ones_like(flat.sum(1)), atol=1e-4)):
                self.fault("loss-output-mismatch", "the outputs are probabilities, and CrossEntropyLoss takes logits: it applies a softmax of its own", "Take the softmax away from the model's end.")
        if self.claimed == "BCEWithLogitsLoss" and outputs.grad_fn is not None and outputs.grad_fn.name().startswith("SigmoidBackward"):
            self.fault("loss-output-mismatch", "the outputs come from a sigmoid, and BCEWithLogitsLoss applies one of its own", "Take the sigmoid away from the model's end, or use nn.BCELoss().")

    def reached(self) -> None:
        """Ask which parameters the loss's gradient reaches."""
        if self.loss is None:
            return
        if not any(p.requires_grad for _, p, own in self.parameters if own):
            self.fault("loop-no-update", "no parameter of the model requires a gradient", "Leave requires_grad on for what is to learn.")
            return
        if not self.loss.requires_grad:
            self.fault("loop-no-update", "the loss doesn't depend on any weight: it was made of numbers, of detached tensors or under no_grad", "Compute the loss of the model's outputs, without item(), detach(), numpy() or torch.tensor() in between.")
            return
        own = {name: self.gradients[name] for name, _, own in self.parameters if own and name in self.gradients}
        without = [name for name, gradient in own.items() if gradient is None]
        if len(without) == len(own):
            self.fault("loop-no-update", "the loss depends on none of this model's weights", "Compute the loss of this model's outputs.")
            return
        modules = dict(self.model.named_modules())
        cut = [name for name in without if modules.get(name.rpartition(".")[0]) in self.called]
        if cut:
            self.fault("loop-detached", f"no gradient reaches {_listed(cut)}, whose modules are called", "Take detach(), no_grad(), argmax, round or item() away between them and the loss.")
        if unused := [name for name in without if name not in cut]:
            self.notes.append(f"{_listed(unused)} {'is' if len(unused) == 1 else 'are'} used by nothing that the loss depends on")
        zero = [name for name, gradient in own.items() if gradient is not None and gradient.numel() and not bool(gradient.any())]
        if len(zero) + len(without) == len(own):
            self.fault("vanishing-gradient", f"the gradient is exactly 0 in {_listed(zero)}", "unstuck.save(…) and `unstuck diagnose` say where it gets lost.")
        elif zero:
            self.notes.append(f"the gradient of this batch is exactly 0 in {_listed(zero)}")

    def rates(self) -> None:
        """Look at what the optimizer would begin with."""
        groups = [group for one in self.optimizers for group in one.param_groups]
        if groups and all(float(group.get("lr", 1)) == 0 for group in groups):
            self.fault("learning-rate-too-low", "the learning rate is 0", "Give the optimizer a rate above 0; of a schedule look at its first value.")
        left = [name for name, p, own in self.parameters if own and p.grad is not None and bool(p.grad.any())]
        if left:
            self.notes.append(f"gradients of before are still there ({_listed(left)}): zero_grad() belongs before backward()")
        if not isinstance(self.outputs, torch.Tensor):
            self.unchecked.append("shapes and kinds of outputs and targets, as the model gives more than one tensor")


def _tensors(given: Any, device: torch.device) -> Any:
    def tensor(leaf: Any) -> Any:
        if isinstance(leaf, np.ndarray):
            leaf = torch.as_tensor(leaf)
        return leaf.to(device) if isinstance(leaf, torch.Tensor) else leaf

    return pytree.tree_map(tensor, given)


def _listed(names: list[str]) -> str:
    return ", ".join(names[:4]) + (f" and {len(names) - 4} more" if len(names) > 4 else "")


@contextlib.contextmanager
def _calls(model: nn.Module, called: set[nn.Module]) -> Iterator[None]:
    handles = [m.register_forward_pre_hook(lambda module, _: called.add(module)) for m in model.modules()]
    try:
        yield
    finally:
        for handle in handles:
            handle.remove()


@contextlib.contextmanager
def _untouched(model: nn.Module) -> Iterator[None]:
    """Let the model work on copies of its buffers, and put random states back."""
    devices = sorted({p.device.index or 0 for p in model.parameters() if p.device.type == "cuda"})
    own = [(module._buffers, name, buffer) for module in model.modules() for name, buffer in module._buffers.items() if buffer is not None]
    with torch.random.fork_rng(devices=devices):
        for buffers, name, buffer in own:
            buffers[name] = buffer.detach().clone()
        try:
            yield
        finally:
            for buffers, name, buffer in own:
                buffers[name] = buffer
