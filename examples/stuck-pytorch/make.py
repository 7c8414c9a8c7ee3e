"""Writes this folder: a training of PyTorch that is stuck, as unstuck.save writes it.

    pip install ./python torch
    python examples/stuck-pytorch/make.py
"""

import pathlib

import torch
import torch.nn.functional as F
from torch import nn

import unstuck


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc1 = nn.Linear(2, 32)
        self.fc2 = nn.Linear(32, 3)

    def forward(self, x):
        x = F.relu(self.fc1(x))
        return F.softmax(self.fc2(x), dim=1)


torch.manual_seed(0)
x = torch.randn(300, 2)
y = (x[:, 0] * x[:, 1] > 0).long() + (x.norm(dim=1) > 1.2).long()  # class 0, 1 or 2
model = Net()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-5)
unstuck.save(pathlib.Path(__file__).parent, model, x=x, y=y, loss=nn.CrossEntropyLoss(), optimizer=optimizer, epochs=30, batch_size=32, seed=0)
