"""Callbacks that watch the loops of Lightning, of Hugging Face's Trainer and of fastai. None of them is imported ahead of its use."""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Mapping
from typing import Any

from .errors import UnstuckError
from .watching import watch


def LightningWatch(folder: str | os.PathLike[str] = "run", *, loss: Any = None, steps: int = 12) -> Any:
    """Return a callback for Lightning's Trainer, which watches as ``watch`` does: Trainer(callbacks=[unstuck.LightningWatch("run", loss="mse")]).

    Watched is the module that is trained, or the one part of it that has all its parameters where it has no forward of its own. A
    batch must be a pair of inputs and targets, or a tuple whose last part are the targets. Raises UnstuckError without Lightning.
    """
    bases = tuple(sys.modules[name].Callback for name in ("lightning.pytorch", "pytorch_lightning") if sys.modules.get(name) is not None)
    if not bases:
        bases = (_imported(("lightning.pytorch", "pytorch_lightning"), "Lightning").Callback,)
    return type("LightningWatch", (_Lightning, *bases), {})(folder, loss, steps)


def TrainerWatch(folder: str | os.PathLike[str] = "run", *, loss: Any = None, steps: int = 12) -> Any:
    """Return a callback for Hugging Face's Trainer, which watches as ``watch`` does: Trainer(…, callbacks=[unstuck.TrainerWatch("run", loss="cross_entropy")]).

    Inputs are what the model is given, targets its labels, outputs its logits, and the loss is the one that the model returns: one
    that the Trainer computes itself isn't seen. Raises UnstuckError without transformers.
    """
    base = _imported(("transformers",), "transformers").TrainerCallback
    return type("TrainerWatch", (_Trainer, base), {})(folder, loss, steps)


def FastaiWatch(folder: str | os.PathLike[str] = "run", *, loss: Any = None, steps: int = 12) -> Any:
    """Return a callback for fastai's Learner, which watches as ``watch`` does: learn.fit(5, cbs=unstuck.FastaiWatch("run", loss="mse")).

    fastai's own optimizers aren't computed again: what they make of the gradients isn't checked. Raises UnstuckError without fastai.
    """
    base = _imported(("fastai.callback.core",), "fastai").Callback
    return type("FastaiWatch", (_Fastai, base), {"order": 1000})(folder, loss, steps)


def _imported(names: tuple[str, ...], what: str) -> Any:
    for name in names:
        try:
            return importlib.import_module(name)
        except ImportError:
            continue
    raise UnstuckError(f"{what} isn't installed, and this callback is for it")


class _Watching:
    """What the callbacks have in common: a watch, from the training's beginning to its end."""

    def __init__(self, folder: Any, loss: Any, steps: int) -> None:
        super().__init__()
        self.unstuck_given: dict[str, Any] = {"folder": folder, "loss": loss, "steps": steps}
        self.unstuck_watch: Any = None
        self.unstuck_batch: Any = None

    def unstuck_begin(self, model: Any, optimizers: Any) -> None:
        self.unstuck_end()
        self.unstuck_watch = watch(model, optimizers, **self.unstuck_given)

    def unstuck_end(self) -> None:
        if self.unstuck_watch is not None:
            self.unstuck_watch.close()
        self.unstuck_watch = self.unstuck_batch = None

    def unstuck_divided(self, batch: Any) -> tuple[Any, Any]:
        if isinstance(batch, (tuple, list)) and len(batch) > 1:
            inputs = tuple(batch[:-1])
            return inputs[0] if len(inputs) == 1 else inputs, batch[-1]
        return batch, None


class _Lightning(_Watching):
    def on_train_start(self, trainer: Any, pl_module: Any) -> None:
        self.unstuck_begin(_own(pl_module), list(trainer.optimizers))

    def on_train_batch_start(self, trainer: Any, pl_module: Any, batch: Any, batch_idx: int, *_: Any) -> None:
        self.unstuck_batch = batch

    def on_before_backward(self, trainer: Any, pl_module: Any, loss: Any) -> None:
        if self.unstuck_watch is not None:
            self.unstuck_watch(*self.unstuck_divided(self.unstuck_batch), loss)

    def on_train_end(self, trainer: Any, pl_module: Any) -> None:
        self.unstuck_end()

    def on_exception(self, trainer: Any, pl_module: Any, exception: BaseException) -> None:
        self.unstuck_end()


def _own(module: Any) -> Any:
    """Return the module whose forward is called: itself, or its one part with parameters where it has no forward."""
    if not str(getattr(type(module).forward, "__module__", "")).startswith(("lightning.", "pytorch_lightning.", "torch.")):
        return module
    parts = [child for child in module.children() if any(True for _ in child.parameters())]
    return parts[0] if len(parts) == 1 and len(list(parts[0].parameters())) == len(list(module.parameters())) else module


class _Trainer(_Watching):
    unstuck_handles: tuple[Any, ...] = ()

    def on_train_begin(self, args: Any, state: Any, control: Any, model: Any = None, optimizer: Any = None, **_: Any) -> None:
        while hasattr(optimizer, "optimizer"):  # accelerate's is around PyTorch's
            optimizer = optimizer.optimizer
        self.unstuck_begin(model, optimizer)
        self.unstuck_watch.take(_logits)
        from .pytorch.hook import Hook, Spared

        self.unstuck_handles = Spared(model), model.register_forward_hook(Hook(self._seen), with_kwargs=True)

    def _seen(self, module: Any, given: Any, named: dict[str, Any], outputs: Any) -> None:
        loss = outputs.get("loss") if isinstance(outputs, Mapping) else None
        if self.unstuck_watch is not None and module.training and loss is not None and loss.requires_grad:
            inputs = {name: value for name, value in named.items() if name != "labels" and getattr(value, "ndim", 0) > 0}
            x = next(iter(inputs.values())) if len(inputs) == 1 else inputs
            self.unstuck_watch(x, named.get("labels"), loss)

    def on_train_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        for handle in self.unstuck_handles:
            handle.remove()
        self.unstuck_end()


def _logits(outputs: Any) -> Any:
    if isinstance(outputs, Mapping):
        return outputs["logits"] if "logits" in outputs else {name: value for name, value in outputs.items() if name != "loss"}
    return outputs


class _Fastai(_Watching):
    run_valid = False

    def before_fit(self) -> None:
        opt: Any = self.learn.opt  # type: ignore[attr-defined]
        if hasattr(self.learn, "lr_finder") or opt is None:  # type: ignore[attr-defined]
            return
        self.unstuck_opt = getattr(opt, "opt", None)  # PyTorch's, where OptimWrapper has one
        self.unstuck_outside = self.unstuck_opt is None
        if self.unstuck_outside:
            from .pytorch.outside import Outside

            self.unstuck_opt = Outside(opt)
        self.unstuck_begin(self.learn.model, self.unstuck_opt)  # type: ignore[attr-defined]

    def before_backward(self) -> None:
        if self.unstuck_watch is None:
            return
        learn: Any = self.learn  # type: ignore[attr-defined]
        if self.unstuck_outside:
            self.unstuck_opt.follow()
        self.unstuck_watch(_plain(learn.xb), _plain(learn.yb), learn.loss_grad)

    def before_step(self) -> None:
        if self.unstuck_watch is not None and self.unstuck_outside:
            self.unstuck_watch.step_begins(self.unstuck_opt)

    def after_step(self) -> None:
        if self.unstuck_watch is not None and self.unstuck_outside:
            self.unstuck_watch.step_ends()

    def after_fit(self) -> None:
        self.unstuck_end()


def _plain(parts: Any) -> Any:
    """Return fastai's tensors as PyTorch's."""
    import torch

    plain = tuple(part.as_subclass(torch.Tensor) if isinstance(part, torch.Tensor) else part for part in parts)
    return plain[0] if len(plain) == 1 else plain
