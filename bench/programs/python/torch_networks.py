"""The tasks' larger networks in PyTorch. Images come with channels in front, as PyTorch wants them."""

import torch
from torch import nn


def lenet():
    return nn.Sequential(
        nn.Conv2d(1, 6, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(),
        nn.Linear(400, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(), nn.Linear(84, 10),
    )


def convolution(inputs, filters, size=3, stride=1):
    return nn.Sequential(
        nn.Conv2d(inputs, filters, size, stride, padding=size // 2, bias=False), nn.BatchNorm2d(filters, eps=1e-3, momentum=0.01)
    )


class Block(nn.Module):
    def __init__(self, inputs, filters, stride):
        super().__init__()
        self.first, self.second = convolution(inputs, filters, stride=stride), convolution(filters, filters)
        self.around = nn.Identity() if stride == 1 else convolution(inputs, filters, 1, stride)

    def forward(self, x):
        return torch.relu(self.second(torch.relu(self.first(x))) + self.around(x))


def resnet():
    return nn.Sequential(
        convolution(3, 16), nn.ReLU(), Block(16, 16, 1), Block(16, 32, 2), Block(32, 64, 2),
        nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(64, 10),
    )


class Mean(nn.Module):
    """The mean over the steps."""

    def forward(self, x):
        return x.mean(1)


def transformer():
    layer = lambda: nn.TransformerEncoderLayer(64, 4, 256, dropout=0, layer_norm_eps=1e-3, batch_first=True)
    return nn.Sequential(layer(), layer(), Mean(), nn.Linear(64, 10))


NETWORKS = {"lenet": lenet, "resnet": resnet, "transformer": transformer}
