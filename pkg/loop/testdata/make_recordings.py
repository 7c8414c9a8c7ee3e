"""Writes the recordings that the tests read, one small loop for each cause: python pkg/loop/testdata/make_recordings.py, with PyTorch."""

import pathlib
import shutil
import sys
import tempfile

import torch
from torch import nn
from torch.nn import functional as F

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parents[2] / "python"), str(HERE.parents[1] / "exchange" / "torch" / "testdata")]
from packed_recording import packed

import unstuck


class Net(nn.Module):
    def __init__(self, fault, normalize):
        super().__init__()
        self.fault = fault
        self.first, self.second = nn.Linear(3, 6), nn.Linear(6, 1)
        self.norm = nn.BatchNorm1d(6) if normalize else nn.Identity()

    def forward(self, x):
        h = torch.tanh(self.norm(self.first(x)))
        return self.second(h.detach() if self.fault == "loop-detached" else h)


def run(fault, folder, oddity=None):
    torch.manual_seed(3)
    x = torch.randn(24, 3)
    y = x[:, :1] - 2 * x[:, 1:2]
    model = Net(fault, fault == "loop-eval-mode" or oddity == "normalized")
    if fault == "loop-eval-mode":
        model.eval()
    start = {name: t.clone() for name, t in model.state_dict().items()}
    optimizer = torch.optim.Adam(model.parameters(), lr=0.05)
    if fault == "loop-wrong-parameters":
        optimizer = torch.optim.Adam(Net(fault, False).parameters(), lr=0.05)
    if oddity == "frozen":
        model.first.requires_grad_(False)
        optimizer = torch.optim.SGD(model.second.parameters(), lr=0.05, momentum=0.9)
    watch = unstuck.watch(model, optimizer, loss="mse", folder=folder, steps=4)
    for step in range(24):
        order = torch.arange(24) if fault == "loop-same-batch" else torch.randperm(24)
        rows = order[:12]
        xb, yb = x[rows], y[rows]
        if fault == "loop-broadcast":
            yb = yb[:, 0]
        if fault == "loop-misaligned-targets":
            yb = y[torch.randperm(24)[:12]]
        loss = F.l1_loss(model(xb), yb) if fault == "loop-other-loss" else F.mse_loss(model(xb), yb)
        watch(xb, yb, loss)
        if oddity == "accumulated":
            (loss / 2).backward()
            if step % 2:
                optimizer.step()
                optimizer.zero_grad()
            continue
        if fault != "loop-gradients-accumulate":
            optimizer.zero_grad()
        loss.backward()
        if fault == "loop-gradients-cleared":
            optimizer.zero_grad()
        if fault == "loop-gradients-changed":
            nn.utils.clip_grad_norm_(model.parameters(), 1e-6)
        if oddity == "clipped":
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        if fault != "loop-no-update":
            optimizer.step()
        if fault == "loop-weights-overwritten":
            model.load_state_dict(start)
        if fault == "loop-rate-changed":
            optimizer.param_groups[0]["lr"] *= 0.1
    watch.close()


def main():
    causes = "wrong-parameters no-update detached eval-mode gradients-accumulate gradients-cleared gradients-changed other-loss broadcast"
    causes += " rate-changed weights-overwritten misaligned-targets same-batch correct"
    recordings = [("loop-" + cause, None) for cause in causes.split()] + [("loop-correct", o) for o in ("accumulated", "clipped", "frozen", "normalized")]
    for fault, oddity in recordings:
        folder = pathlib.Path(tempfile.mkdtemp())
        run(fault, folder, oddity)
        name = fault if oddity is None else f"{fault}-{oddity}"
        (HERE / f"{name}.tar.gz").write_bytes(packed(folder, HERE))
        shutil.rmtree(folder)


main()
