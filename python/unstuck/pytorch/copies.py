"""Copies of a model's weights, or of their gradients, in memory that is taken once."""

from __future__ import annotations

from typing import Any

import torch

from ..journal import Entry

_TOGETHER = 200_000
"""Numbers up to which weights are copied to be compared as one tensor: of more the copy costs more than the calls."""


class Copies:
    """Copies of tensors: one behind another where all are float32 and on one device, so that a small model's take a call and not one each."""

    def __init__(self, tensors: list[torch.Tensor]) -> None:
        self.joined = bool(tensors) and all(
            t.dtype is torch.float32 and t.layout is torch.strided and t.device == tensors[0].device and t.is_contiguous() and t.numel() for t in tensors
        )
        if not self.joined:
            self.each = [torch.empty_like(t, requires_grad=False) for t in tensors]
            return
        counts = [t.numel() for t in tensors]
        self.flat = torch.empty(sum(counts), device=tensors[0].device)
        self.memory = memoryview(self.flat.numpy()).cast("B") if self.flat.is_cpu else None
        self.each = [part.view(t.shape) for part, t in zip(self.flat.split(counts), tensors)]
        self.together = len(self.flat) <= _TOGETHER
        self.layouts: dict[str, list[Entry]] = {}

    def take(self, tensors: list[torch.Tensor]) -> None:
        """Copy tensors of the same shapes."""
        if tensors:
            torch._foreach_copy_(self.each, tensors)

    def changed(self, tensors: list[torch.Tensor], scratch: Copies) -> list[int]:
        """Return which tensors, by index, aren't as they were copied. The scratch's copies are lost."""
        if self.joined and self.together:
            scratch.take(tensors)
            if self.alike(scratch):
                return []
        return [i for i, (copy, tensor) in enumerate(zip(self.each, tensors)) if not same(copy, tensor)]

    def alike(self, other: Copies) -> bool:
        """Report whether joined copies have the same numbers, bit for bit: NaN is the same as NaN."""
        if self.memory is None or other.memory is None:
            return torch.equal(self.flat.view(torch.int32), other.flat.view(torch.int32))
        return self.memory.tobytes() == other.memory.tobytes()  # bytes are compared in one go, which a small model notices

    def entries(self, kind: str) -> list[Entry]:
        """Return the joined copies as a journal takes them, as one piece of memory: "after/0", "after/1", …"""
        known = self.layouts.get(kind)
        if known is None or self.memory is None:
            plain = memoryview(self.flat.cpu().numpy()).cast("B") if self.memory is None else self.memory
            known = [(f"{kind}/{i}", "f4", tuple(t.shape) or (1,), [] if i else [plain]) for i, t in enumerate(self.each)]
            self.layouts[kind] = known
        return known


def same(a: torch.Tensor, b: torch.Tensor) -> bool:
    """Report whether two tensors have the same numbers, NaN being the same as NaN."""
    if torch.equal(a, b):
        return True
    if a.dtype is not torch.float32 or b.dtype is not torch.float32 or a.shape != b.shape:
        return False
    return torch.equal(a.view(torch.int32), b.view(torch.int32))
