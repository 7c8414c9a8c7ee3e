"""Writes operations.zip: small models over PyTorch's operations, each as torch.export.save has it, and operations.json.gz with what
they give for four rows, before and after a step of SGD(0.1) on the mean square of the output.

    python make_operations.py [NAME ...]
"""

import copy
import gzip
import io
import json
import pathlib
import sys
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
function("CosineSimilarity", (4, 6), lambda x: F.cosine_similarity(x, x.flip(2), dim=2) + F.cosine_similarity(x[:, 0], x[:, 1], dim=-1).unsqueeze(1))
function("MaskedFills", (4, 6), lambda x: x.masked_fill(x > 0.3, -1.0).masked_fill_(x < -1, 2.0) * torch.where(x.abs() > 1, torch.zeros_like(x), torch.ones(())))
function("Triangles", (4, 4), lambda x: torch.tril(x) + torch.triu(x, diagonal=1) * 2)
function("Cumulative", (4, 6), lambda x: torch.cumsum(x, dim=-1) + x.tanh().cumprod(dim=1))
function("TopValues", (4, 6), lambda x: x.topk(3, dim=-1).values)
function("Sorted", (4, 6), lambda x: x.sort(dim=1, descending=True).values + x.sort(dim=2)[0])
function("PixelShuffle", (8, 3, 4), lambda x: F.pixel_unshuffle(F.pixel_shuffle(x, 2), 2) + F.pixel_shuffle(x, 2).sum(dim=1, keepdim=True).mean(dim=(2, 3), keepdim=True))
function("Windows", (4, 6), lambda x: x.unfold(2, 3, 2).sum(dim=-1))
function("ImagePatches", (2, 6, 6), lambda x: F.unfold(x, kernel_size=3, stride=3))
function("LocalResponse", (6, 4, 4), lambda x: F.local_response_norm(x, 3))
function("MoreActivations", (5,), lambda x: F.celu(x, 0.7) + F.softsign(x) + F.tanhshrink(x) + F.softshrink(x, 0.3) + F.hardshrink(x, 0.2) + F.threshold(x, 0.1, 0.2) + F.logsigmoid(x) + F.softplus(x, beta=2) + F.gelu(x, approximate="tanh") + F.softmin(x, dim=1))
function("Rolls", (4, 6), lambda x: x.roll(1, dims=1) + torch.roll(x, (2, -1), dims=(1, 2)) + x.rot90(2, (1, 2)))
function("Flips", (4, 6), lambda x: x.flip([1, 2]) + x.repeat_interleave(2, dim=1)[:, ::2])
function("MoreNorms", (4, 6), lambda x: x.norm(dim=2) + x.norm(p=1, dim=2) + torch.linalg.norm(x, ord=float("inf"), dim=2) + x.norm(p=3, dim=2) + F.normalize(x, p=1, dim=2).sum(2))
function("Moments", (4, 6), lambda x: x.std(dim=(1, 2), keepdim=True) + x.var(dim=2, correction=0, keepdim=True) + torch.var_mean(x, dim=2, keepdim=True)[1] + x.prod(dim=2, keepdim=True))
function("Selections", (4, 6), lambda x: x.index_select(2, torch.tensor([3, 1])) + torch.narrow(x, 2, 1, 2) + x.select(1, -1).unsqueeze(1)[:, :, :2] + x.movedim(1, 2)[:, :4, :2].movedim(1, -1)[:, :1, :2])
function("Splits", (4, 6), lambda x: torch.stack(x.tensor_split(3, dim=2), dim=1).sum(dim=1) + torch.hstack([p for p in x.split(2, dim=1)])[:, :, 0:2] + torch.vstack([x[0:1].unsqueeze(0)] * 1).squeeze(0)[:, :, 2:4] * 0 + torch.cat(x.chunk(2, 1), 1)[..., :2])
function("Products", (4, 6), lambda x: torch.baddbmm(x[:, :, :4], x, x.transpose(1, 2), alpha=0.5) + torch.einsum("bij,bkj->bik", x, x) + torch.einsum("bij->bi", x).unsqueeze(-1))
function("OuterProducts", (6,), lambda x: torch.einsum("bi,bj->bij", x, x) + x.unsqueeze(2) * x.unsqueeze(1))
function("OneHot", (5,), lambda x: F.one_hot(x.argmax(dim=1), 5) * x + torch.eye(5)[x.argmax(dim=1)])
function("GatherPlaces", (4, 6), lambda x: torch.gather(x, 2, x.argmax(dim=2, keepdim=True)) + x.gather(1, torch.zeros(x.size(0), 1, 6, dtype=torch.long)).sum(2, keepdim=True))
function("TakeAlong", (4, 6), lambda x: torch.take_along_dim(x, x.argsort(dim=2), dim=2))
function("Scatter", (4, 6), lambda x: torch.zeros_like(x).scatter(2, x.argmax(dim=2, keepdim=True), 1.0) * x)
function("Signs", (5,), lambda x: torch.sign(x) * x + torch.floor(x) * 0.1 + x.round() + torch.trunc(x) + torch.frac(x) + torch.fmod(x, 0.7) + torch.remainder(x, 0.6) + torch.div(x, 0.3, rounding_mode="floor") + torch.div(x, 0.3, rounding_mode="trunc"))
function("Trigonometry", (5,), lambda x: torch.sinh(x) + torch.cosh(x * 0.5) + torch.atan(x) + torch.asinh(x) + torch.tan(x * 0.3) + torch.asin(x.tanh() * 0.9) + torch.acos(x.tanh() * 0.9) + torch.atan2(x, x.abs() + 1) + torch.exp2(x) + torch.logaddexp(x, -x) + torch.hypot(x, x + 3) + torch.lerp(x, -x, 0.3) + torch.addcmul(x, x, x, value=0.5) + torch.addcdiv(x, x, x.abs() + 1) + torch.logit(x.sigmoid()) + torch.erfc(x) + torch.nan_to_num(x) + torch.sinc(x + 5) + torch.special.expit(x) + torch.clamp(x, max=0.3) + torch.clip(x, min=-0.2))
function("LogCumulative", (4, 6), lambda x: torch.logcumsumexp(x, dim=1) + x.cummax(dim=1).values)
function("AdaptiveOdd", (2, 7, 6), lambda x: F.adaptive_avg_pool2d(x, (3, 4)) + F.adaptive_max_pool2d(x, (3, 4)) + F.adaptive_avg_pool2d(x, (None, 4))[:, :, :3])
function("Pooling1d", (3, 9), lambda x: F.max_pool1d(x, 3, stride=2, padding=1) + F.avg_pool1d(x, 3, stride=2, padding=1, count_include_pad=False) + F.lp_pool1d(x.abs() + 1, 2, 2)[..., :1] + F.max_pool1d(x, 2, ceil_mode=True) + F.max_pool1d(x, 2, stride=2, dilation=2, padding=1)[..., :1])
function("Padded", (3, 6), lambda x: F.pad(x, (1, 1), mode="replicate") + F.pad(x, (2, 0), mode="circular") + F.pad(x, (1, 1), mode="reflect") + F.pad(x, (0, 2), value=0.5))
function("Cropped", (3, 6), lambda x: F.pad(x, (-1, -2)) * F.pad(x, (0, -3, 0, 0)))
function("Interpolated", (2, 4, 6), lambda x: F.interpolate(x, scale_factor=2, mode="bilinear", align_corners=True) + F.interpolate(x, size=(8, 12), mode="nearest-exact"))
function("Interpolated1d", (2, 6), lambda x: F.interpolate(x, scale_factor=2, mode="linear") + F.interpolate(x, scale_factor=2, mode="nearest") + F.interpolate(x, size=12, mode="linear", align_corners=True))
function("Broadcasts", (4, 6), lambda x: torch.broadcast_to(x.mean(dim=1, keepdim=True), x.shape) + torch.add(x, torch.ones(6), alpha=2) - x.new_full((4, 1), 0.5) + torch.full_like(x, 0.3) + x.new_zeros(6))
function("Distances", (4, 6), lambda x: torch.cdist(x, x) + (x.unsqueeze(2) - x.unsqueeze(1)).pow(2).sum(-1))
function("Pairwise", (6,), lambda x: F.pairwise_distance(x, x.roll(1, 1), keepdim=True) + (x @ torch.ones(6, 1)).sum(-1, keepdim=True) + torch.mv(torch.ones(1, 6), torch.ones(6)))
function("Median", (4, 5), lambda x: x.median(dim=2).values + x.quantile(0.5, dim=2) + x.aminmax(dim=2).max - x.amin(dim=2))
function("Diagonals", (4, 4), lambda x: torch.diagonal(x, dim1=1, dim2=2) + torch.diag_embed(x[:, 0]).sum(1))
function("Meshes", (4, 4), lambda x: x * torch.stack(torch.meshgrid(torch.arange(4.0), torch.linspace(0, 1, 4), indexing="ij")).sum(0) + torch.outer(torch.arange(4.0), torch.ones(4)) + torch.eye(4))
function("InPlace", (4, 6), lambda x: in_place(x))
function("InPlaceOfParts", (4, 6), lambda x: in_place_of_parts(x))
function("InPlaceThroughViews", (4, 6), lambda x: x.view(x.size(0), 24).mul_(2).sum(1, keepdim=True) + x.flatten(1))
function("Assigned", (4, 6), lambda x: assigned(x))


def in_place(x):
    y = x * 2
    z = y
    y += 1
    F.relu(y, inplace=True)
    return y + z.tanh() + x.add_(0.5)


def in_place_of_parts(x):
    y = x * 2
    y[:, 0].mul_(3)
    return y


def assigned(x):
    x = x.clone()
    x[:, 0] = x[:, 1] * 2
    x[:, 2, 1:3] = 0.0
    return x


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


@case(4, 6)
class Centred(nn.Module):
    def __init__(self):
        super().__init__()
        self.scale = nn.Parameter(torch.ones(6))

    def forward(self, x):
        return x * self.scale - (x * self.scale).mean(0, keepdim=True)


@case(3, 7)
class TransposedConvolutions(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.ConvTranspose1d(3, 4, 3, stride=2, padding=1, output_padding=1)
        self.b = nn.ConvTranspose1d(4, 6, 4, stride=2, groups=2, dilation=2)

    def forward(self, x):
        return self.b(torch.relu(self.a(x)))


@case(4, 5, 5)
class TransposedGroups(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.ConvTranspose2d(4, 4, 3, stride=2, padding=1, output_padding=1, groups=4, bias=False)
        self.b = nn.ConvTranspose2d(4, 2, 2, stride=2)

    def forward(self, x):
        return self.b(F.leaky_relu(self.a(x)))


@case(2, 3, 3, 3)
class TransposedConvolution3d(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.ConvTranspose3d(2, 3, 3, stride=2, padding=1, output_padding=(1, 0, 1))

    def forward(self, x):
        return self.a(x)


@case(3, 9)
class PaddedConvolutions(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Conv1d(3, 4, 3, padding=1, padding_mode="circular")
        self.b = nn.Conv1d(4, 4, 3, padding=2, padding_mode="reflect", dilation=2)
        self.c = nn.Conv1d(4, 2, 3, padding=1, padding_mode="replicate", stride=2)

    def forward(self, x):
        return self.c(torch.tanh(self.b(self.a(x))))


@case(5, whole=7)
class BidirectionalText(nn.Module):
    def __init__(self):
        super().__init__()
        self.table = nn.Embedding(7, 4)
        self.lstm = nn.LSTM(4, 3, num_layers=2, bidirectional=True, batch_first=True)
        self.out = nn.Linear(6, 2)

    def forward(self, x):
        _, (h, c) = self.lstm(self.table(x))
        return self.out(torch.cat([h[-2], h[-1]], dim=1)) + c.mean(dim=(0, 2)).unsqueeze(1)


@case(4, 3)
class LearnedStates(nn.Module):
    def __init__(self):
        super().__init__()
        self.start = nn.Parameter(torch.randn(1, 1, 5) * 0.3)
        self.gru = nn.GRU(3, 5, batch_first=True)

    def forward(self, x):
        return self.gru(x, self.start.expand(-1, x.size(0), -1).contiguous())[0]


@case(4, 3)
class EncoderDecoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder, self.decoder, self.out = nn.LSTM(3, 5, batch_first=True), nn.LSTM(3, 5, batch_first=True), nn.Linear(5, 3)

    def forward(self, x):
        _, state = self.encoder(x)
        return self.out(self.decoder(x.flip(1), state)[0])


@case(4, 3)
class Cells(nn.Module):
    def __init__(self):
        super().__init__()
        self.gru, self.lstm, self.rnn = nn.GRUCell(3, 4), nn.LSTMCell(4, 4), nn.RNNCell(4, 2)

    def forward(self, x):
        h, state, last = torch.zeros(x.size(0), 4), None, None
        for t in range(x.size(1)):
            h = self.gru(x[:, t], h)
            state = self.lstm(h, state)
            last = self.rnn(state[0], last)
        return torch.cat([h, state[1], last], dim=1)


@case(6, 4, 4)
class FrozenNorm(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv, self.norm, self.out = nn.Conv2d(6, 6, 1), nn.BatchNorm2d(6), nn.Conv2d(6, 2, 1)
        self.norm.running_mean += torch.arange(6) * 0.1
        self.norm.running_var *= 2

    def train(self, mode=True):
        super().train(mode)
        self.norm.eval()
        return self

    def forward(self, x):
        return self.out(torch.relu(self.norm(self.conv(x))))


@case(4, 5)
class NormWithoutStatistics(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc, self.norm = nn.Linear(5, 5), nn.InstanceNorm1d(4)
        self.channel = nn.LayerNorm(5, elementwise_affine=False)

    def forward(self, x):
        return self.channel(self.norm(self.fc(x))) + F.layer_norm(x, (4, 5))


@case(5)
class WeightNorm(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.utils.parametrizations.weight_norm(nn.Linear(5, 3))

    def forward(self, x):
        return self.fc(x)


@case(5)
class SpectralNorm(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.utils.parametrizations.spectral_norm(nn.Linear(5, 3))

    def forward(self, x):
        return self.fc(x)


@case(4, whole=7)
class TiedText(nn.Module):
    def __init__(self):
        super().__init__()
        self.table, self.body, self.head = nn.Embedding(7, 5), nn.Linear(5, 5), nn.Linear(5, 7, bias=False)
        self.head.weight = self.table.weight

    def forward(self, x):
        return self.head(torch.tanh(self.body(self.table(x) * 5**0.5)))


@case(4, whole=7)
class Bags(nn.Module):
    def __init__(self):
        super().__init__()
        self.bag, self.sum = nn.EmbeddingBag(7, 5), nn.EmbeddingBag(7, 5, mode="sum")

    def forward(self, x):
        return self.bag(x) + self.sum(x)


@case(4, 5, 5)
class ChannelSlopes(nn.Module):
    def __init__(self):
        super().__init__()
        self.prelu, self.drop = nn.PReLU(4), nn.Dropout2d(0.0)

    def forward(self, x):
        return self.drop(self.prelu(x)) + F.rrelu(x, training=False)


@case(5, 6)
class Bilinear(nn.Module):
    def __init__(self):
        super().__init__()
        self.bilinear = nn.Bilinear(6, 6, 3)

    def forward(self, x):
        return self.bilinear(x, x.flip(1))


@case(3, 6)
class Gated(nn.Module):
    def __init__(self):
        super().__init__()
        self.experts = nn.ModuleList([nn.Linear(6, 4) for _ in range(3)])
        self.gate = nn.Linear(6, 3)
        self.weights = nn.ParameterList([nn.Parameter(torch.randn(4, 4) * 0.3) for _ in range(2)])

    def forward(self, x):
        share = self.gate(x).softmax(-1)
        y = torch.stack([e(x) for e in self.experts], dim=-1) @ share.unsqueeze(-1)
        y = y.squeeze(-1)
        for w in self.weights:
            y = F.linear(y, w.t()) + torch.matmul(y, w)
        return y


@case(4, 6)
class DecoderLayer(nn.Module):
    def __init__(self):
        super().__init__()
        self.layer = nn.TransformerDecoderLayer(6, 2, 8, dropout=0.0, batch_first=True, norm_first=True)
        self.memory = nn.Linear(6, 6)

    def forward(self, x):
        return self.layer(x, self.memory(x), tgt_mask=nn.Transformer.generate_square_subsequent_mask(x.size(1)), tgt_is_causal=True)


@case(4, 6)
class ScaledAttention(nn.Module):
    def __init__(self):
        super().__init__()
        self.q, self.kv = nn.Linear(6, 6), nn.Linear(6, 12)

    def forward(self, x):
        k, v = self.kv(x).chunk(2, -1)
        q, k, v = (t.unflatten(-1, (2, 3)).transpose(1, 2) for t in (self.q(x), k, v))
        y = F.scaled_dot_product_attention(q, k, v, is_causal=True, scale=0.5)
        y = y + F.scaled_dot_product_attention(q, k, v, attn_mask=torch.ones(4, 4).tril().bool())
        return y.transpose(1, 2).flatten(2)


@case(4, 6)
class Rotary(nn.Module):
    def __init__(self):
        super().__init__()
        self.qk = nn.Linear(6, 12)
        angles = torch.outer(torch.arange(4.0), 10000 ** (-torch.arange(0, 6, 2) / 6))
        self.register_buffer("cos", angles.cos(), persistent=False)
        self.register_buffer("sin", angles.sin(), persistent=False)

    def turn(self, x):
        a, b = x[..., ::2], x[..., 1::2]
        return torch.stack([a * self.cos - b * self.sin, a * self.sin + b * self.cos], dim=-1).flatten(-2)

    def forward(self, x):
        q, k = self.qk(x).split(6, dim=-1)
        return self.turn(q) @ self.turn(k).mT


def main():
    torch.set_num_threads(1)
    golden = {}
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        if sys.argv[1:]:  # the others stay
            golden = {name: numbers for name, numbers in json.loads(gzip.decompress((here / "operations.json.gz").read_bytes())).items() if name not in sys.argv[1:]}
            with zipfile.ZipFile(here / "operations.zip") as old:
                for info in old.infolist():
                    if info.filename.removesuffix(".pt2") in golden:
                        archive.writestr(info, old.read(info.filename))
        for name, (cls, shape, whole) in cases.items():
            if sys.argv[1:] and name not in sys.argv[1:]:
                continue
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
