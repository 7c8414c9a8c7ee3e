"""Records a few steps of a training loop, for ``unstuck diagnose`` to replay."""

from __future__ import annotations

import os
from typing import Any

from .errors import UnstuckError
from .settings import integer


def watch(model: Any, optimizer: Any = None, *, loss: Any = None, folder: str | os.PathLike[str] = "run", steps: int = 12) -> Any:
    """Watch a training loop in PyTorch or a custom one in Keras, and return what is to be called once a step, anywhere after the loss.

        watch = unstuck.watch(model, optimizer, loss="mse", folder="run")  # before the loop
        for x, y in batches:
            loss = loss_fn(model(x), y)
            watch(x, y, loss)
            ...

    Then ``unstuck diagnose run`` replays the steps and says where they leave the path from a loss to a smaller one.

    The first ``steps`` steps are recorded, with batch, weights, gradients, rate and the order of calls; of later ones the rate
    alone. Nothing of the training changes: losses are bit for bit the same. The recording takes at most 64 MiB, its model included;
    of a larger model the weights and gradients of fewer steps are kept, or of none, and the diagnosis then says that it can't
    tell. Weights and gradients of more than 100,000 numbers are kept with 16 bits. A step is written as it ends: a loop that
    crashes or is killed leaves the steps before.

    optimizer: one of torch.optim, for Keras of keras.optimizers, or a list of them; None for updates by hand. A model of Keras
        whose optimizer is one of torch.optim is watched as one of PyTorch.
    loss: what is meant to be minimized, as for ``save``: a loss of torch.nn or keras.losses, a name such as "mse", or a function
        of outputs and targets (where Keras' optimizer trains, of targets and outputs); None: it isn't checked.
    folder: where to; a recording that is there is replaced.

    Raises UnstuckError for what can't be watched at all. A model that can't be exported is recorded without it.
    """
    steps = integer("steps", steps, 2) or 12
    kinds = {(kind.__module__.split(".")[0], kind.__name__) for kind in type(model).__mro__}
    if ("keras", "Model") in kinds and not (("torch", "Module") in kinds and of_torch(optimizer)):  # on its torch backend it is both
        from .keras_loop.watch import Watch as KerasWatch

        return KerasWatch(model, optimizer, loss, os.fspath(folder), steps)
    if ("torch", "Module") not in kinds:
        raise UnstuckError(f"model is a {type(model).__name__}; watch takes a torch.nn.Module or a keras.Model")
    from .pytorch.watch import Watch

    return Watch(model, optimizer, outputs_first(loss), os.fspath(folder), steps)


def of_torch(optimizer: Any) -> bool:
    """Whether PyTorch's optimizers alone are given."""
    given = optimizer if isinstance(optimizer, (list, tuple)) else [optimizer]
    return bool(given) and all(("torch.optim.optimizer", "Optimizer") in {(kind.__module__, kind.__name__) for kind in type(one).__mro__} for one in given)


def outputs_first(loss: Any) -> Any:
    """Return a loss of Keras, which takes targets and outputs and may be one of each row, as PyTorch has it; any other as it is."""
    whose = loss.__module__ if hasattr(loss, "__name__") else type(loss).__module__
    if not callable(loss) or str(whose).split(".")[0] != "keras":
        return loss

    def claimed(outputs: Any, targets: Any) -> Any:
        return loss(targets, outputs).mean()

    claimed.__name__ = getattr(loss, "__name__", type(loss).__name__)
    return claimed


def KerasWatch(folder: str | os.PathLike[str] = "run", *, steps: int = 12) -> Any:  # named as Keras names callbacks
    """Return a callback of Keras that watches ``model.fit`` as ``watch`` watches a loop.

        model.fit(x, y, callbacks=[unstuck.KerasWatch("run")])

    Loss and optimizer are those of ``compile``. On PyTorch, and with ``compile(run_eagerly=True)``, everything is recorded; of a
    compiled fit, on TensorFlow and JAX, batches, losses, rates and weights, but no gradients: nothing is put into its graph.
    """
    from .keras_loop.fit import FitWatch

    return FitWatch(os.fspath(folder), integer("steps", steps, 2) or 12)
