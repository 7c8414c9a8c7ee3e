"""Finds out what a forward pass has drawn, dropout's masks and noise, from where the generators stood before it.

Nothing is looked at while the user's model runs: its operations would take other ways then, and give other last digits. The
exported program's own drawing operations are run again, with tensors of zeros in the shapes that they had, and the generators must
stand where the forward pass left them.
"""

from __future__ import annotations

import io
import operator
import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.utils import _pytree as pytree
from torch.utils._python_dispatch import TorchDispatchMode

from ..errors import UnstuckError
from .untouched import random_state
from .watched import Forward, Step

_MOST_BYTES = 2 << 20
"""What the draws of one step may take: 16 million masked values, or 500,000 of noise."""


_CPU = torch.device("cpu")
_ELSEWHERE = (
    "drawn again by the exported model's operations they leave the generator elsewhere: other operations have drawn, too, or others than at the export"
)


class Generators:
    """Where the generators stand that a model draws from: the CPU's, and its own device's."""

    def __init__(self, model: nn.Module, of: torch.device | None = None) -> None:
        device = next((p.device for p in model.parameters()), _CPU) if of is None else of
        self.model, self.device = model, device
        self.cpu = torch.default_generator.get_state()
        self.other: torch.Tensor | None = None
        if device == _CPU:
            return
        if device.type == "cuda":
            self.other = torch.cuda.get_rng_state(device)
        elif device.type == "mps":
            self.other = torch.mps.get_rng_state()

    def same(self, as_: Generators) -> bool:
        """Report whether nothing was drawn in between."""
        if self.cpu.numpy().tobytes() != as_.cpu.numpy().tobytes():  # bytes are compared in one go
            return False
        return self.other is None or as_.other is None or torch.equal(self.other, as_.other)

    def put_back(self) -> None:
        """Put the generators where they stood. Whoever calls puts them back behind it, see random_state."""
        torch.set_rng_state(self.cpu)
        if self.other is not None and self.device.type == "cuda":
            torch.cuda.set_rng_state(self.other, self.device)
        elif self.other is not None:
            torch.mps.set_rng_state(self.other)


@dataclass
class _Drawing:
    """A call by which an operation of the program draws."""

    of: str  # the operation, by the name of what it gives
    function: Any
    arguments: Any  # with _Like in the place of tensors
    masks: bool

    def again(self) -> torch.Tensor:
        """Draw, from where the generators stand."""
        args, named = pytree.tree_map(_filled, self.arguments)
        result: torch.Tensor = _drawn_of(self.function(*args, **named))
        return result


class Draws:
    """What the steps of a recording have drawn, of the program that was exported of their model."""

    def __init__(self, content: bytes = b"") -> None:
        self.content = content
        self.program: Any = None
        self.drawings: dict[Any, list[_Drawing]] = {}  # by the inputs' shapes
        self.refused: dict[Any, str] = {}  # why not, likewise

    def keep(self, step: Step, forward: Forward) -> None:
        """Keep what the forward pass of a step has drawn, or say in the step why not."""
        if forward.random is None:
            return
        before, behind = forward.random
        shape = tuple((t.shape, t.dtype, t.stride()) for t in forward.inputs)
        now = Generators(before.model)
        try:
            if shape in self.refused:
                raise UnstuckError(self.refused[shape])
            kept = self._drawn(shape, forward, before)
            if not behind.same(Generators(before.model)):
                step.told["draws_unkept"] = _ELSEWHERE
                return
        except UnstuckError as error:
            step.told["draws_unkept"] = self.refused[shape] = str(error)
        except Exception as error:  # a training must not end because it is watched
            reason = f"running its drawing operations again gives {type(error).__name__}: {error}"[:500]
            step.told["draws_unkept"] = self.refused[shape] = reason
        else:
            step.told["drawn"] = [told for told, _ in kept]
            step.arrays |= {told["array"]: torch.from_numpy(values) for told, values in kept}
        finally:
            now.put_back()

    def _drawn(self, shape: Any, forward: Forward, before: Generators) -> list[tuple[dict[str, Any], np.ndarray]]:
        if not self.content:
            raise UnstuckError("the model isn't exported")
        if shape not in self.drawings:
            with random_state(), torch.set_grad_enabled(forward.gradients), warnings.catch_warnings():
                warnings.simplefilter("ignore")
                if self.program is None:
                    self.program = _on(before.device, torch.export.load(io.BytesIO(self.content)))
                before.put_back()
                self.drawings[shape] = _drawings(self.program, forward.inputs)
        before.put_back()
        found: list[tuple[dict[str, Any], np.ndarray]] = []
        size = 0
        for drawing in self.drawings[shape]:
            told, values = _told(drawing, drawing.again(), len(found))
            size += values.nbytes
            if size > _MOST_BYTES:
                raise UnstuckError(f"what it draws takes more than {_MOST_BYTES >> 20} MiB a step")
            found.append((told, values))
        return found


class _Like:
    """A tensor's shape and place, without its numbers."""

    def __init__(self, tensor: torch.Tensor) -> None:
        self.size, self.stride, self.dtype, self.device = tensor.shape, tensor.stride(), tensor.dtype, tensor.device
        self.trained = tensor.requires_grad


def _filled(value: Any) -> Any:
    if not isinstance(value, _Like):
        return value
    tensor = torch.empty_strided(value.size, value.stride, dtype=value.dtype, device=value.device).zero_()
    # An operation in place is refused on a leaf that is trained, and what a result of one draws is the same.
    return tensor.requires_grad_().clone(memory_format=torch.preserve_format) if value.trained else tensor


def _drawings(program: Any, inputs: list[torch.Tensor]) -> list[_Drawing]:
    """Run a program, and those of its operations that draw once more, to see by which calls they do."""
    found: list[tuple[str, Any, Any]] = []

    class Run(torch.fx.Interpreter):
        def call_function(self, target: Any, args: Any, kwargs: Any) -> Any:
            likes = pytree.tree_map_only(torch.Tensor, _Like, (args, kwargs))
            stood = _states(inputs)
            result = super().call_function(target, args, kwargs)
            if any(not torch.equal(a, b) for a, b in zip(stood, _states(inputs))):
                found.append((self.named, target, likes))
            return result

        def run_node(self, n: torch.fx.Node) -> Any:
            self.named = _first_output(n)
            return super().run_node(n)

    given = iter(inputs)
    values = []
    for spec in program.graph_signature.input_specs:
        if spec.kind is torch.export.graph_signature.InputKind.USER_INPUT:
            values.append(next(given).detach())
        elif spec.target in program.state_dict:
            values.append(program.state_dict[spec.target])
        else:
            values.append(program.constants[spec.target])
    Run(program.graph_module).run(*values)
    drawings: list[_Drawing] = []
    for name, target, likes in found:
        args, named = pytree.tree_map(_filled, likes)
        with _Collect(name) as collected:
            target(*args, **named)
        drawings += collected.drawings
    return drawings


def _first_output(node: torch.fx.Node) -> str:
    """Return the name that a file gives what an operation returns, or the first of several."""
    if not isinstance(node.meta.get("val"), (tuple, list)):
        return node.name
    first = (user.name for user in node.users if user.target is operator.getitem and user.args[1] == 0)
    return next(first, f"{node.name}_unused_0")


def _states(inputs: list[torch.Tensor]) -> list[torch.Tensor]:
    states = [torch.get_rng_state()]
    if any(t.device.type == "cuda" for t in inputs):
        states.append(torch.cuda.get_rng_state(next(t.device for t in inputs if t.device.type == "cuda")))
    elif any(t.device.type == "mps" for t in inputs):
        states.append(torch.mps.get_rng_state())
    return states


def _on(device: torch.device, program: Any) -> Any:
    if device.type == "cpu":
        return program
    from torch.export.passes import move_to_device_pass

    return move_to_device_pass(program, device)


class _Collect(TorchDispatchMode):
    """Collects the calls by which an operation draws."""

    def __init__(self, of: str) -> None:
        super().__init__()
        self.of = of
        self.drawings: list[_Drawing] = []

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        if torch.Tag.nondeterministic_seeded not in func.tags:
            return func(*args, **(kwargs or {}))
        likes = pytree.tree_map_only(torch.Tensor, _Like, (args, kwargs or {}))
        result = func(*args, **(kwargs or {}))
        name = func._schema.name.removeprefix("aten::")
        dropped = name in ("native_dropout", "_fused_dropout")
        if not dropped:
            shaped = name.endswith(("_", "_like")) or func._overloadname == "p"  # the first argument gives the shape alone
            by_values = any(isinstance(a, torch.Tensor) for a in args[int(shaped) :])
            if by_values or not isinstance(result, torch.Tensor):
                raise UnstuckError(f"{name} draws inside itself, or by numbers that it is given")
        if _drawn_of(result).numel():
            self.drawings.append(_Drawing(self.of, func, likes, dropped or name.startswith("bernoulli")))
        return result


def _drawn_of(result: Any) -> Any:
    """Return what was drawn of what a drawing function returns: a fused dropout gives its mask behind its result."""
    return result[1] if isinstance(result, tuple) else result


def _told(drawing: _Drawing, drawn: torch.Tensor, at: int) -> tuple[dict[str, Any], np.ndarray]:
    """Return what is told of a draw, and its numbers: of masks a bit for each, in the tensor's order."""
    values = drawn.detach().float().contiguous().cpu().numpy().reshape(-1)
    told = {"of": drawing.of, "shape": list(drawn.shape), "array": f"draw-{at}", "bits": drawing.masks}
    told["operation"] = drawing.function._schema.name.removeprefix("aten::").removesuffix("_")
    return told, np.packbits(values != 0) if drawing.masks else values
