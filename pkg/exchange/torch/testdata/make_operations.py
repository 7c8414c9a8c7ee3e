"""Writes operations.zip: small models over PyTorch's operations, each as torch.export.save has it, and operations.json.gz with what
they give for four rows, before and after a step of SGD(0.1) on the mean square of the output.

    python make_operations.py
"""

import copy
import gzip
import io
import json
import pathlib
import zipfile

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn
from without_paths import without_paths

here = pathlib.Path(__file__).resolve().parent
cases = {}


def case(*shape, whole=0):
    """Register a module class by its name, for inputs of rows of that shape; whole: indices below it."""

    def add(cls):
        cases[cls.__name__] = (cls, shape, whole)
        return cls

    return add


def function(name, shape, f, whole=0):
    """Register a function behind a linear layer, so that gradients are looked at."""

    class Model(nn.Module):
        def __init__(self):
            super().__init__()
            self.linear = nn.Linear(shape[-1], shape[-1])

        def forward(self, x):
            return f(self.linear(x))

    Model.__name__ = name
    cases[name] = (Model, shape, whole)


function("Activations", (5,), lambda x: F.relu(x) + torch.tanh(x) + torch.sigmoid(x) + F.silu(x) + F.gelu(x) + F.elu(x) + F.leaky_relu(x, 0.2) + F.softplus(x) + F.selu(x) + F.mish(x) + F.hardswish(x) + F.hardtanh(x) + F.relu6(x) + F.logsigmoid(x) + F.hardsigmoid(x))
function("Arithmetic", (5,), lambda x: (2 * x - 1) / (x.abs() + 3) + x**2 - (1 - x) + torch.exp(-x) * 0.1)
function("Functions", (5,), lambda x: torch.sin(x) + torch.cos(x) + torch.sqrt(x.abs() + 1) + torch.log(x * x + 1) + torch.rsqrt(x.square() + 2) + torch.erf(x) + torch.log1p(x.abs()) - torch.reciprocal(x.abs() + 1) + torch.expm1(x * 0.1))
function("Reductions", (4, 5), lambda x: torch.cat([x.mean(dim=1), x.sum(dim=-1), x.amax(dim=(1,)), x.max(dim=2).values, torch.logsumexp(x, dim=2), x.var(dim=1, unbiased=False)], dim=1))
function("KeepDims", (4, 5), lambda x: (x - x.mean(dim=-1, keepdim=True)) / x.amax(dim=1, keepdim=True).abs().clamp(min=0.5))
function("Softmax", (4, 5), lambda x: F.softmax(x, dim=1) * F.log_softmax(x, dim=2))
function("Views", (4, 6), lambda x: x.view(x.size(0), 4, 2, 3).permute(0, 2, 1, 3).reshape(x.size(0), 2, 12).transpose(1, 2).flatten(1))
function("Folded", (4, 6), lambda x: torch.tanh(x.reshape(-1, 6)[:, :]).view(x.size(0), 4, 6))
function("Slices", (4, 6), lambda x: torch.cat([x[:, 1:3], x[:, ::2], x[:, -1:], x[:, 0].unsqueeze(1)], dim=1))
function("Chunks", (4, 6), lambda x: sum(part * i for i, part in enumerate(x.chunk(3, dim=2), 1)) + x.split([2, 4], dim=2)[0])
function("Stack", (4, 6), lambda x: torch.stack([x, x * 2, x.flip(1)], dim=1).sum(dim=1))
function("Unbind", (3, 5), lambda x: (lambda a, b, c: a * b + c)(*x.unbind(dim=1)))
function("Where", (5,), lambda x: torch.where(x > 0, x, x * 0.1) + x.masked_fill(x < 0, 0.5) + (x > 0.1).float() * x)
function("Comparisons", (5,), lambda x: x * ((x >= 0) & (x <= 1)).float() + x * (~(x < 0.5)).to(torch.float32))
function("Minimum", (5,), lambda x: torch.maximum(x, -x) + torch.minimum(x, x * 0.5) + torch.clamp(x, -0.3, 0.4))
function("Einsum", (4, 6), lambda x: torch.einsum("btc,bsc->bts", x, x))
function("Matmul", (4, 6), lambda x: x @ x.transpose(1, 2) / 6**0.5)
function("Bmm", (4, 6), lambda x: torch.bmm(x, x.transpose(-1, -2)))
function("Pad", (2, 4, 4), lambda x: F.pad(x, (1, 2, 0, 1)))
function("Pooling", (2, 6, 6), lambda x: F.max_pool2d(x, 3, 2, 1) + F.avg_pool2d(x, 2, 2, 0) + F.adaptive_avg_pool2d(x, 3) + F.adaptive_max_pool2d(x, 3))
function("Upsample", (2, 4, 4), lambda x: F.interpolate(x, scale_factor=2) + F.interpolate(x, size=(8, 8), mode="bilinear", align_corners=False))
function("Normalized", (5,), lambda x: F.normalize(x, dim=1) + F.layer_norm(x, (5,)))
function("Expand", (4, 1), lambda x: x.expand(-1, 4, 3) + x.expand(x.size(0), 4, 3).mean(dim=1, keepdim=True))
function("Squeeze", (1, 5), lambda x: x.squeeze(1).unsqueeze(-1).squeeze(2))
function("TimeFirst", (4, 6), lambda x: torch.cumsum(x.permute(1, 0, 2), dim=0).permute(1, 0, 2))
function("Constants", (4, 6), lambda x: x + torch.arange(6, dtype=torch.float32) * torch.linspace(0, 1, 6) + torch.ones(4, 1) * 2)
function("CausalMask", (4, 6), lambda x: (x @ x.transpose(1, 2)).masked_fill(torch.triu(torch.ones(4, 4), 1) == 1, float("-inf")).softmax(-1) @ x)
function("GLU", (6,), lambda x: F.glu(x, dim=-1))
function("Gather", (4, 6), lambda x: x[:, torch.tensor([0, 2, 2])])
function("Repeat", (4, 3), lambda x: x.repeat(1, 2, 1) + x.repeat_interleave(2, dim=1))
function("Norms", (4, 3), lambda x: torch.norm(x, dim=2) + torch.linalg.vector_norm(x, dim=2))
function("Std", (4, 3), lambda x: x.std(dim=1) + x.var(dim=2).sum(dim=1, keepdim=True))


@case(3, 8, 8)
class Convolutions(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Conv2d(3, 6, 3, stride=2, padding=1)
        self.b = nn.Conv2d(6, 6, 3, padding=2, dilation=2, groups=3)
        self.c = nn.ConvTranspose2d(6, 2, 3, stride=2, padding=1)

    def forward(self, x):
        return self.c(torch.relu(self.b(self.a(x))))


@case(3, 10)
class Convolution1d(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Conv1d(3, 4, 3, padding="same")
        self.b = nn.Conv1d(4, 2, 2, stride=2, bias=False)
        self.pool = nn.MaxPool1d(2)
        self.norm = nn.BatchNorm1d(4)

    def forward(self, x):
        return self.pool(self.b(self.norm(self.a(x))))


@case(2, 4, 4, 4)
class Convolution3d(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Conv3d(2, 3, 3, padding=1)

    def forward(self, x):
        return F.avg_pool3d(F.relu(self.a(x)), 2)


@case(4, 6)
class SelfAttention(nn.Module):
    def __init__(self):
        super().__init__()
        self.attention = nn.MultiheadAttention(6, 2, batch_first=True)

    def forward(self, x):
        return self.attention(x, x, x, need_weights=False)[0]


@case(4, 6)
class AttentionTimeFirst(nn.Module):
    def __init__(self):
        super().__init__()
        self.attention = nn.MultiheadAttention(6, 3)

    def forward(self, x):
        x = x.transpose(0, 1)
        y, weights = self.attention(x, x, x)
        return y.transpose(0, 1) + weights.sum(dim=1).unsqueeze(-1)


@case(5, 3)
class Recurrent(nn.Module):
    def __init__(self):
        super().__init__()
        self.rnn = nn.RNN(3, 4, nonlinearity="relu", batch_first=True)
        self.gru = nn.GRU(4, 3, num_layers=2, bidirectional=True, batch_first=True)
        self.lstm = nn.LSTM(6, 4, bias=False, batch_first=True)

    def forward(self, x):
        x, _ = self.rnn(x)
        x, h = self.gru(x)
        x, (h2, c) = self.lstm(x)
        return x[:, -1] + h2[-1] * c[0] + h.sum(dim=0).sum(dim=1, keepdim=True)


@case(4, whole=7)
class Embeddings(nn.Module):
    def __init__(self):
        super().__init__()
        self.table = nn.Embedding(7, 5, padding_idx=0)
        self.positions = nn.Parameter(torch.randn(1, 4, 5) * 0.1)
        self.token = nn.Parameter(torch.randn(1, 1, 5))

    def forward(self, index):
        x = self.table(index) + self.positions
        return torch.cat([self.token.expand(x.size(0), -1, -1), x], dim=1)


@case(5)
class BareParameters(nn.Module):
    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(5, 3))
        self.scale = nn.Parameter(torch.ones(3))
        self.gain = nn.Parameter(torch.tensor(0.5))

    def forward(self, x):
        return x @ self.weight * self.scale + self.gain


@case(4, 6)
class MaskedAttention(nn.Module):
    def __init__(self):
        super().__init__()
        self.attention = nn.MultiheadAttention(6, 2, batch_first=True)

    def forward(self, x):
        later = torch.triu(torch.ones(x.size(1), x.size(1), dtype=torch.bool), 1)
        return x + self.attention(x, x, x, attn_mask=later)[0]


@case(4, 5)
class SumsOfParameters(nn.Module):
    def __init__(self):
        super().__init__()
        self.rows, self.columns, self.bias = nn.Parameter(torch.randn(4, 1)), nn.Parameter(torch.randn(5)), nn.Parameter(torch.randn(3))
        self.weight = nn.Parameter(torch.randn(5, 3))

    def forward(self, x):
        x = x * (self.rows + self.columns).unsqueeze(0)
        return torch.baddbmm(self.bias, x, self.weight.expand(x.size(0), 5, 3), beta=0.5, alpha=2)


@case(4, 5)
class VectorsAndTemperatures(nn.Module):
    def __init__(self):
        super().__init__()
        self.query, self.temperature = nn.Parameter(torch.randn(5)), nn.Parameter(torch.tensor(0.3))
        self.linear = nn.Linear(5, 2)

    def forward(self, x):
        weights = torch.softmax(x @ self.query / self.temperature.exp(), dim=1)
        return self.linear((weights.unsqueeze(-1) * x).sum(dim=1))


@case(6, 4, 4)
class Norms2d(nn.Module):
    def __init__(self):
        super().__init__()
        self.group, self.layer, self.instance = nn.GroupNorm(3, 6), nn.LayerNorm([6, 4, 4]), nn.InstanceNorm2d(6, affine=True)
        self.prelu = nn.PReLU()

    def forward(self, x):
        return self.prelu(self.layer(self.group(x))) + self.instance(x)


@case(5)
class SharedModule(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(5, 5)

    def forward(self, x):
        return self.fc(torch.relu(self.fc(x)))


@case(5)
class FrozenBase(nn.Module):
    def __init__(self):
        super().__init__()
        self.base, self.head = nn.Linear(5, 4), nn.Linear(4, 2)
        self.base.requires_grad_(False)

    def forward(self, x):
        return self.head(torch.tanh(self.base(x)))


def main():
    torch.set_num_threads(1)
    golden = {}
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, (cls, shape, whole) in cases.items():
            torch.manual_seed(1)
            model = cls().train()
            draw = np.random.default_rng(5)
            x = draw.integers(0, whole, (4, *shape)) if whole else draw.normal(size=(4, *shape)).astype(np.float32)
            x = torch.from_numpy(x)
            try:
                program = torch.export.export(copy.deepcopy(model), (x,), dynamic_shapes=({0: torch.export.Dim("batch", min=2)},))
            except Exception as e:
                print(name, "can't be exported:", str(e).splitlines()[0])
                continue
            file = io.BytesIO()
            torch.export.save(program, file)
            info = zipfile.ZipInfo(name + ".pt2", (1980, 1, 1, 0, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, without_paths(file.getvalue()))
            optimizer = torch.optim.SGD([p for p in model.parameters() if p.requires_grad] or [torch.zeros(1)], lr=0.1)
            y = model(x)
            y.square().mean().backward()
            optimizer.step()
            y = y.detach()
            with torch.no_grad():
                stepped = copy.deepcopy(model)(x)
            golden[name] = {"shape": list(x.shape), "x": x.flatten().tolist(), "out": list(y.shape), "y": y.flatten().tolist(), "stepped": stepped.flatten().tolist()}
    (here / "operations.zip").write_bytes(buffer.getvalue())
    with open(here / "operations.json.gz", "wb") as f, gzip.GzipFile(fileobj=f, mode="wb", mtime=0, filename="") as z:
        z.write(json.dumps(golden, sort_keys=True).encode())
    print(len(golden), "models")


main()
