"""Correct loops over nine architectures, to compare the replay with PyTorch's numbers."""

import torch
from architectures import architectures
from loops import LOOPS
from torch import nn


def _draws(model):
    """Make of a model that was written to draw nothing, or next to nothing, one that draws."""
    for module in model.modules():
        if isinstance(module, nn.Dropout):
            module.p = 0.3
        elif isinstance(module, (nn.LSTM, nn.MultiheadAttention)):
            module.dropout = 0.2
    if hasattr(model, "fc_logvar"):
        model.fc_logvar.reset_parameters()


def _of(name, drawing=False):
    def run(watch, folder):
        case = architectures()[name]
        torch.manual_seed(3)
        model = case.model()
        if drawing:
            _draws(model)
        optimizer = case.optimizer(model.parameters())
        w = watch(model, optimizer, loss=case.loss, folder=folder, steps=4)
        x, y = torch.from_numpy(case.x), torch.from_numpy(case.y)
        for step in range(6):
            rows = torch.randperm(64)[:16]
            loss = case.loss(model(x[rows]), y[rows])
            w(x[rows], y[rows], loss)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()

    run.__name__ = name + "_drawing" * drawing
    run.__module__ = __name__
    return run


_DRAWING = ("mlp", "lstm", "transformer", "vae")

LOOPS += [(name, "loop-correct", _of(name)) for name in architectures()]
LOOPS += [(name + "_drawing", "loop-correct", _of(name, True)) for name in _DRAWING]
