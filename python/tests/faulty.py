"""Models that can't be saved, each with what must be said of it."""

import random

import numpy as np
import torch
from torch import nn


class Base(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(4, 3)


class Branch(Base):
    says = "decides by the values of a tensor", "if h.sum() > 0:", "torch.where"

    def forward(self, x):
        h = self.fc(x)
        if h.sum() > 0:
            h = h * 2
        return h


class Loop(Base):
    says = "decides by the values of a tensor", "for _ in range(int(x[0, 0].abs())):", "torch.where"

    def forward(self, x):
        h = self.fc(x)
        for _ in range(int(x[0, 0].abs())):
            h = h + 1
        return h


class Assert(Base):
    says = "decides by the values of a tensor", "assert not torch.isnan(h).any()", "is_exporting"

    def forward(self, x):
        h = self.fc(x)
        assert not torch.isnan(h).any()
        return h


class Item(Base):
    says = "takes a number out of a tensor", "return h / h.max().item()", ".detach()"

    def forward(self, x):
        h = self.fc(x)
        return h / h.max().item()


class ToList(Base):
    says = "takes a number out of a tensor", "return h * sum(h[0].tolist())", "keep it a tensor"

    def forward(self, x):
        h = self.fc(x)
        return h * sum(h[0].tolist())


class Numpy(Base):
    says = "NumPy computes on a tensor", "np.tanh(h.detach().numpy())", "torch.tanh for np.tanh"

    def forward(self, x):
        h = self.fc(x)
        return h + torch.from_numpy(np.tanh(h.detach().numpy()))


class Mask(Base):
    says = "shape of a result depends on the values", "h[h[:, 0] > 0]", "torch.where(mask, x, 0)"

    def forward(self, x):
        h = self.fc(x)
        return h - h[h[:, 0] > 0].mean(0)


class Nonzero(Base):
    says = "shape of a result depends on the values", "torch.nonzero(x[:, 0] > 0)", "torch.where(mask, x, 0)"

    def forward(self, x):
        rows = torch.nonzero(x[:, 0] > 0)[:, 0]
        return self.fc(x).index_fill(0, rows, 0.0)


class Packed(nn.Module):
    says = "packed sequences", "self.lstm(packed)", "torch.gather"

    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM(4, 3, batch_first=True)

    def forward(self, x):
        lengths = torch.full((x.size(0),), 2)
        packed = nn.utils.rnn.pack_padded_sequence(x[:, None].expand(-1, 2, -1), lengths, batch_first=True)
        out, _ = nn.utils.rnn.pad_packed_sequence(self.lstm(packed)[0], batch_first=True)
        return out[:, -1]


class Chance(Base):
    says = "draws random numbers from Python or NumPy", "torch.rand(()) < p", "torch.where"

    def forward(self, x):
        h = self.fc(x)
        return h * 2 if random.random() < 0.5 else h


class Noise(Base):
    says = Chance.says

    def forward(self, x):
        return self.fc(x) + float(np.random.normal())


class Straight(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return x.sign()

    @staticmethod
    def backward(ctx, gradient):
        return gradient


class OwnGradient(Base):
    says = "Straight, a torch.autograd.Function", "gradient of its own", ".detach()"

    def forward(self, x):
        return Straight.apply(self.fc(x))


class Inner(Base):
    def forward(self, x):
        return self.fc(x).view(-1, 4)


class InPlace(Base):
    says = "the gradient can't be computed", "modified by an inplace operation", "h = h + …"

    def forward(self, x):
        h = torch.sigmoid(self.fc(x))
        h += 1
        return h


class Shapes(Base):
    says = "the model fails on the data, x [32, 4]", "in inner.fc (Linear)", "mat1 and mat2 shapes cannot be multiplied"

    def __init__(self):
        super().__init__()
        self.inner = Inner()
        self.inner.fc = nn.Linear(5, 3)

    def forward(self, x):
        return self.fc(self.inner(x))


class Device(Base):
    says = "forward names a device", "x.to('cuda')", "x.device"

    def forward(self, x):
        return self.fc(x.to('cuda'))  # fmt: skip


class Index(nn.Module):
    says = "the model fails on the data", "expected scalar type|Expected tensor for argument", "x.astype\\('int64'\\)"

    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(9, 3)

    def forward(self, x):
        return self.embedding(x).mean(1)


WITHOUT_A_LINE = [Chance, Noise, OwnGradient, InPlace]  # known by what they did
FAULTY = [Branch, Loop, Assert, Item, ToList, Numpy, Mask, Nonzero, Packed, Chance, Noise, OwnGradient, InPlace, Shapes, Device, Index]
