"""Nine small architectures, written as people write them: functional calls, views, residuals, several ways of pooling.

``architectures`` gives each with data, loss and optimizer. Nothing in them draws random numbers while it trains, so that
losses can be compared; the VAE's noise has a deviation of 1e-13, which no sum in float32 shows.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn


class MLP(nn.Module):
    def __init__(self, features=6, hidden=16, classes=3):
        super().__init__()
        self.fc1 = nn.Linear(features, hidden)
        self.fc2 = nn.Linear(hidden, hidden)
        self.out = nn.Linear(hidden, classes)
        self.dropout = nn.Dropout(0.0)

    def forward(self, x):
        x = F.relu(self.fc1(x))
        x = self.dropout(torch.tanh(self.fc2(x)))
        return self.out(x)


class CNN(nn.Module):
    def __init__(self, classes=4):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 6, kernel_size=3, padding=1)
        self.bn1 = nn.BatchNorm2d(6)
        self.conv2 = nn.Conv2d(6, 8, kernel_size=3, padding=1)
        self.bn2 = nn.BatchNorm2d(8)
        self.fc = nn.Linear(8 * 3 * 3, classes)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.bn1(self.conv1(x))), 2)
        x = F.avg_pool2d(F.leaky_relu(self.bn2(self.conv2(x)), 0.1), 2, stride=1)
        x = torch.flatten(x, 1)
        return F.log_softmax(self.fc(x), dim=1)


class LSTMClassifier(nn.Module):
    def __init__(self, vocabulary=17, classes=2):
        super().__init__()
        self.embedding = nn.Embedding(vocabulary, 6, padding_idx=0)
        self.lstm = nn.LSTM(6, 5, num_layers=2, batch_first=True, bidirectional=True)
        self.fc = nn.Linear(10, classes)

    def forward(self, tokens):
        out, (hidden, _) = self.lstm(self.embedding(tokens))
        last = torch.cat([hidden[-2], hidden[-1]], dim=1)
        return self.fc(last + out.mean(dim=1))


class GRUForecaster(nn.Module):
    def __init__(self, features=3, hidden=7):
        super().__init__()
        self.gru = nn.GRU(features, hidden)
        self.norm = nn.LayerNorm(hidden)
        self.head = nn.Linear(hidden, 1)

    def forward(self, x):
        x = x.permute(1, 0, 2)  # time first, as nn.GRU has it by default
        h0 = torch.zeros(1, x.size(1), self.gru.hidden_size, device=x.device)
        out, _ = self.gru(x, h0)
        return self.head(self.norm(out[-1])).squeeze(-1)


class PositionalEncoding(nn.Module):
    def __init__(self, width, length):
        super().__init__()
        position = torch.arange(length).unsqueeze(1)
        rate = torch.exp(torch.arange(0, width, 2) * (-math.log(10000.0) / width))
        pe = torch.zeros(length, width)
        pe[:, 0::2] = torch.sin(position * rate)
        pe[:, 1::2] = torch.cos(position * rate)
        self.register_buffer("pe", pe)

    def forward(self, x):
        return x + self.pe[: x.size(1)]


class TransformerClassifier(nn.Module):
    def __init__(self, vocabulary=13, width=8, classes=3):
        super().__init__()
        self.width = width
        self.embedding = nn.Embedding(vocabulary, width)
        self.position = PositionalEncoding(width, 10)
        layer = nn.TransformerEncoderLayer(width, nhead=2, dim_feedforward=12, dropout=0.0, batch_first=True)
        self.encoder = nn.TransformerEncoder(layer, num_layers=1, enable_nested_tensor=False)
        self.head = nn.Linear(width, classes)

    def forward(self, tokens):
        padding = tokens == 0
        x = self.position(self.embedding(tokens) * math.sqrt(self.width))
        x = self.encoder(x, src_key_padding_mask=padding)
        keep = (~padding).unsqueeze(-1).float()
        return self.head((x * keep).sum(dim=1) / keep.sum(dim=1).clamp(min=1.0))


class CausalSelfAttention(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.c_attn = nn.Linear(width, 3 * width)
        self.c_proj = nn.Linear(width, width)

    def forward(self, x):
        B, T, C = x.size()
        q, k, v = self.c_attn(x).split(C, dim=2)
        q = q.view(B, T, self.heads, C // self.heads).transpose(1, 2)
        k = k.view(B, T, self.heads, C // self.heads).transpose(1, 2)
        v = v.view(B, T, self.heads, C // self.heads).transpose(1, 2)
        y = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        return self.c_proj(y.transpose(1, 2).contiguous().view(B, T, C))


class Block(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.ln_1 = nn.LayerNorm(width)
        self.attn = CausalSelfAttention(width, heads)
        self.ln_2 = nn.LayerNorm(width)
        self.mlp = nn.ModuleDict({"c_fc": nn.Linear(width, 2 * width), "c_proj": nn.Linear(2 * width, width)})

    def forward(self, x):
        x = x + self.attn(self.ln_1(x))
        return x + self.mlp["c_proj"](F.gelu(self.mlp["c_fc"](self.ln_2(x)), approximate="tanh"))


class GPT(nn.Module):
    def __init__(self, vocabulary=11, width=8, length=6, heads=2, layers=2):
        super().__init__()
        self.wte = nn.Embedding(vocabulary, width)
        self.wpe = nn.Embedding(length, width)
        self.h = nn.ModuleList([Block(width, heads) for _ in range(layers)])
        self.ln_f = nn.LayerNorm(width)
        self.lm_head = nn.Linear(width, vocabulary, bias=False)
        self.lm_head.weight = self.wte.weight  # tied

    def forward(self, idx):
        positions = torch.arange(idx.size(1), device=idx.device)
        x = self.wte(idx) + self.wpe(positions)
        for block in self.h:
            x = block(x)
        return self.lm_head(self.ln_f(x)).transpose(1, 2)  # (rows, vocabulary, time), as cross entropy takes them


class BasicBlock(nn.Module):
    def __init__(self, planes_in, planes, stride=1):
        super().__init__()
        self.conv1 = nn.Conv2d(planes_in, planes, 3, stride=stride, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(planes)
        self.conv2 = nn.Conv2d(planes, planes, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(planes)
        self.shortcut = nn.Sequential()
        if stride != 1 or planes_in != planes:
            self.shortcut = nn.Sequential(nn.Conv2d(planes_in, planes, 1, stride=stride, bias=False), nn.BatchNorm2d(planes))

    def forward(self, x):
        out = F.relu(self.bn1(self.conv1(x)), inplace=True)
        out = self.bn2(self.conv2(out))
        out += self.shortcut(x)
        return F.relu(out)


class ResNet(nn.Module):
    def __init__(self, classes=3):
        super().__init__()
        self.stem = nn.Conv2d(3, 4, 3, padding=1, bias=False)
        self.bn = nn.BatchNorm2d(4)
        self.layers = nn.Sequential(BasicBlock(4, 4), BasicBlock(4, 8, stride=2))
        self.pool = nn.AdaptiveAvgPool2d((1, 1))
        self.fc = nn.Linear(8, classes)

    def forward(self, x):
        x = self.layers(torch.relu(self.bn(self.stem(x))))
        x = self.pool(x)
        return self.fc(x.view(x.shape[0], -1))


class DoubleConv(nn.Module):
    def __init__(self, channels_in, channels):
        super().__init__()
        self.net = nn.Sequential(
            nn.Conv2d(channels_in, channels, 3, padding=1), nn.GroupNorm(2, channels), nn.ReLU(inplace=True),
            nn.Conv2d(channels, channels, 3, padding=1), nn.SiLU(),
        )  # fmt: skip

    def forward(self, x):
        return self.net(x)


class UNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.down1, self.down2 = DoubleConv(1, 4), DoubleConv(4, 8)
        self.up = nn.ConvTranspose2d(8, 4, 2, stride=2)
        self.conv = DoubleConv(8, 4)
        self.head = nn.Conv2d(4, 1, 1)

    def forward(self, x):
        skip = self.down1(x)
        x = self.down2(F.max_pool2d(skip, 2))
        x = self.up(x)
        height, width = skip.size(2) - x.size(2), skip.size(3) - x.size(3)
        x = F.pad(x, [width // 2, width - width // 2, height // 2, height - height // 2])
        x = self.conv(torch.cat([skip, x], dim=1))
        x = F.interpolate(F.interpolate(x, scale_factor=2, mode="nearest"), size=skip.shape[2:], mode="bilinear", align_corners=False)
        return self.head(x)


class VAE(nn.Module):
    def __init__(self, features=12, hidden=10, latent=3):
        super().__init__()
        self.fc1 = nn.Linear(features, hidden)
        self.fc_mu = nn.Linear(hidden, latent)
        self.fc_logvar = nn.Linear(hidden, latent)
        self.fc3 = nn.Linear(latent, hidden)
        self.fc4 = nn.Linear(hidden, features)
        nn.init.zeros_(self.fc_logvar.weight)
        nn.init.constant_(self.fc_logvar.bias, -60.0)  # a deviation of 1e-13

    def encode(self, x):
        h = F.elu(self.fc1(x))
        return self.fc_mu(h), self.fc_logvar(h)

    def reparameterize(self, mu, logvar):
        if not self.training:
            return mu
        std = torch.exp(0.5 * logvar)
        return mu + torch.randn_like(std) * std

    def decode(self, z):
        return torch.sigmoid(self.fc4(F.softplus(self.fc3(z))))

    def forward(self, x):
        mu, logvar = self.encode(x.view(x.size(0), -1))
        return self.decode(self.reparameterize(mu, logvar))


class Architecture(NamedTuple):
    model: Callable[[], nn.Module]  # draws weights from PyTorch's generator
    x: np.ndarray
    y: np.ndarray
    loss: Callable[[Any, Any], torch.Tensor]
    optimizer: Callable[[Any], torch.optim.Optimizer]


def architectures(rows: int = 64) -> dict[str, Architecture]:
    """Return the architectures by name, with data of that many rows, the same each time."""
    draw = np.random.default_rng(7)

    def normal(*shape: int) -> np.ndarray:
        return draw.normal(size=(rows, *shape)).astype(np.float32)

    def indices(below: int, *shape: int) -> np.ndarray:
        return draw.integers(0, below, (rows, *shape))

    def adam(parameters: Any) -> torch.optim.Optimizer:
        return torch.optim.Adam(parameters, lr=1e-3)

    def adamw(parameters: Any) -> torch.optim.Optimizer:
        return torch.optim.AdamW(parameters, lr=3e-4, weight_decay=0.1)

    def sgd(parameters: Any) -> torch.optim.Optimizer:
        return torch.optim.SGD(parameters, lr=0.05, momentum=0.9)

    pictures, series, text, vectors = normal(1, 8, 8), normal(5, 3), indices(11, 7), draw.random((rows, 12), dtype=np.float32)
    lengths = draw.integers(3, 8, rows)
    padded = np.where(np.arange(7) < lengths[:, None], indices(12, 7) + 1, 0)
    return {
        "mlp": Architecture(MLP, normal(6), indices(3), nn.CrossEntropyLoss(), adam),
        "cnn": Architecture(CNN, pictures, indices(4), nn.NLLLoss(), sgd),
        "lstm": Architecture(LSTMClassifier, indices(17, 6), indices(2), nn.CrossEntropyLoss(), adam),
        "gru": Architecture(GRUForecaster, series, series.sum((1, 2)), nn.MSELoss(), adam),
        "transformer": Architecture(TransformerClassifier, padded, indices(3), nn.CrossEntropyLoss(label_smoothing=0.1), adamw),
        "gpt": Architecture(GPT, text[:, :-1], text[:, 1:], nn.CrossEntropyLoss(), adamw),
        "resnet": Architecture(ResNet, normal(3, 8, 8), indices(3), nn.CrossEntropyLoss(), sgd),
        "unet": Architecture(UNet, normal(1, 9, 9), (normal(1, 9, 9) > 0).astype(np.float32), nn.BCEWithLogitsLoss(), adam),
        "vae": Architecture(VAE, vectors, vectors, nn.MSELoss(), adam),
    }
