"""Correct loops over nine architectures, to compare the replay with PyTorch's numbers."""

import torch
from architectures import architectures
from loops import LOOPS


def _of(name):
    def run(watch, folder):
        case = architectures()[name]
        torch.manual_seed(3)
        model = case.model()
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

    run.__name__ = name
    run.__module__ = __name__
    return run


LOOPS += [(name, "loop-correct", _of(name)) for name in architectures()]
