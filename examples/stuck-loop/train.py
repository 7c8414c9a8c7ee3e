"""Writes this folder: six steps of a loop that is stuck, as unstuck.watch records them.

    pip install ./python torch
    python examples/stuck-loop/train.py
"""

import pathlib

import torch
import torch.nn.functional as F
from torch import nn

import unstuck


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(4, 16), nn.ReLU())
        self.head = nn.Linear(16, 10)

    def forward(self, x):
        return self.head(self.body(x))


torch.manual_seed(0)
x = torch.randn(240, 4)
y = (x[:, 0] > 0).long() + (x[:, 1] > 0).long()  # class 0, 1 or 2
model = Net()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
model.head = nn.Linear(16, 3)  # as many as there are classes
watch = unstuck.watch(model, optimizer, loss="cross_entropy", folder=pathlib.Path(__file__).parent, steps=6)
loader = torch.utils.data.DataLoader(torch.utils.data.TensorDataset(x, y), batch_size=24, shuffle=True)
for epoch in range(5):
    for xb, yb in loader:
        optimizer.zero_grad()
        loss = F.cross_entropy(model(xb), yb)
        loss.backward()
        optimizer.step()
        watch(xb, yb, loss)
