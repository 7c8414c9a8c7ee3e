"""Writes own/NAME/: trainings with a loss of the user's own as unstuck.save has them, and losses.json with what PyTorch loses over
the steps of an epoch of SGD(0.05), the last of which has fewer rows, and before them of all rows in evaluation mode.

    python make_own_losses.py [NAME ...]

Those named refused_… must be told by module or line, not read.
"""

import copy
import json
import pathlib
import sys

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

here = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(here.parents[3] / "python"))
from without_paths import without_paths  # noqa: E402

import unstuck  # noqa: E402

ROWS, BATCH = 44, 8
cases = {}


def case(model, x, y):
    """Register a loss for a model; x and y make data of a generator."""

    def add(loss):
        cases[loss.__name__] = (model, x, y, loss)
        return loss

    return add


def numbers(*shape):
    return lambda draw: draw.normal(size=(ROWS, *shape)).astype(np.float32)


def classes(n, *shape):
    return lambda draw: draw.integers(0, n, (ROWS, *shape))


def truths(*shape):
    return lambda draw: draw.integers(0, 2, (ROWS, *shape)).astype(np.float32)


def shares(*shape):
    return lambda draw: draw.uniform(0, 1, (ROWS, *shape)).astype(np.float32)


def linear(n, out):
    return lambda: nn.Sequential(nn.Linear(n, 6), nn.Tanh(), nn.Linear(6, out))


class VAE(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder, self.mu, self.logvar, self.decoder = nn.Linear(6, 5), nn.Linear(5, 2), nn.Linear(5, 2), nn.Linear(2, 6)

    def forward(self, x):
        h = torch.relu(self.encoder(x))
        mu, logvar = self.mu(h), self.logvar(h)
        return torch.sigmoid(self.decoder(mu)), mu, logvar


class TwoHeads(nn.Module):
    def __init__(self):
        super().__init__()
        self.body, self.kind, self.value = nn.Linear(4, 6), nn.Linear(6, 3), nn.Linear(6, 1)

    def forward(self, x):
        h = torch.tanh(self.body(x))
        return {"kind": self.kind(h), "value": self.value(h).squeeze(-1)}


class Tagger(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding, self.rnn, self.out = nn.Embedding(7, 5), nn.GRU(5, 6, batch_first=True), nn.Linear(6, 4)

    def forward(self, x):
        return self.out(self.rnn(self.embedding(x))[0])


@case(linear(4, 2), numbers(4), numbers(2))
def weighted_square(outputs, targets):
    return ((outputs - targets) ** 2 * targets.abs()).mean()


@case(VAE, shares(6), shares(6))
def elbo(outputs, x):
    reconstructed, mu, logvar = outputs
    reconstruction = F.binary_cross_entropy(reconstructed, x, reduction="sum")
    divergence = -0.5 * torch.sum(1 + logvar - mu.pow(2) - logvar.exp())
    return (reconstruction + 0.5 * divergence) / x.size(0)


@case(VAE, shares(6), shares(6))
def elbo_of_rows(outputs, x):
    reconstructed, mu, logvar = outputs
    divergence = -0.5 * (1 + logvar - mu**2 - torch.exp(logvar)).sum(dim=1)
    return F.mse_loss(reconstructed, x) + 0.1 * divergence.mean(dim=0)


@case(TwoHeads, numbers(4), lambda draw: {"kind": classes(3)(draw), "value": numbers()(draw)})
def two_heads(outputs, targets):
    return F.cross_entropy(outputs["kind"], targets["kind"].long()) + 0.3 * F.mse_loss(outputs["value"], targets["value"])


@case(linear(4, 1), numbers(4), numbers(1))
def root(outputs, targets):
    return torch.sqrt(F.mse_loss(outputs, targets) + 1e-8)


@case(linear(4, 3), numbers(4), classes(3))
def focal(outputs, targets):
    entropy = F.cross_entropy(outputs, targets, reduction="none", weight=torch.tensor([1.0, 2.0, 0.5]))
    return ((1 - torch.exp(-entropy)) ** 2 * entropy).mean()


@case(linear(4, 3), numbers(4), classes(3))
def weighted_smooth(outputs, targets):
    return F.cross_entropy(outputs, targets, weight=torch.tensor([1.0, 2.0, 0.5]), label_smoothing=0.1, ignore_index=2)


@case(linear(4, 3), numbers(4), truths(3))
def dice(outputs, targets):
    p = torch.sigmoid(outputs)
    return 1 - (2 * (p * targets).sum() + 1) / (p.sum() + targets.sum() + 1)


@case(linear(4, 3), numbers(4), truths(3))
def bce_and_dice(outputs, targets):
    p = outputs.sigmoid()
    overlap = (p * targets).sum(dim=1)
    return F.binary_cross_entropy_with_logits(outputs, targets, pos_weight=torch.tensor([2.0, 1.0, 3.0])) + (1 - 2 * overlap / (p.sum(1) + targets.sum(1) + 1e-6)).mean()


@case(linear(4, 3), numbers(4), numbers(3))
def masked(outputs, targets):
    mask = (targets > 0).float()
    return ((outputs - targets).abs() * mask).sum() / mask.sum().clamp(min=1)


@case(linear(4, 1), numbers(4), numbers(1))
def correlation(outputs, targets):
    a, b = outputs - outputs.mean(), targets - targets.mean()
    return 1 - (a * b).sum() / (a.norm() * b.norm() + 1e-8)


@case(linear(4, 2), numbers(4), numbers(1))
def gaussian(outputs, targets):
    return F.gaussian_nll_loss(outputs[:, :1], targets, F.softplus(outputs[:, 1:]) + 1e-3)


@case(linear(4, 3), numbers(4), numbers(1))
def quantiles(outputs, targets):
    q = torch.tensor([0.1, 0.5, 0.9])
    error = targets - outputs
    return torch.maximum(q * error, (q - 1) * error).sum(dim=1).mean()


@case(linear(4, 2), numbers(4), numbers(2))
def log_cosh(outputs, targets):
    error = outputs - targets
    return torch.mean(error + F.softplus(-2.0 * error) - 0.6931472)


@case(linear(4, 3), numbers(4), numbers(3))
def distillation(outputs, targets):
    return F.kl_div(F.log_softmax(outputs / 2, dim=-1), F.softmax(targets / 2, dim=-1), reduction="batchmean") * 4


@case(Tagger, classes(7, 5), classes(4, 5))
def tags(outputs, targets):
    return F.cross_entropy(outputs.reshape(-1, outputs.size(-1)), targets.reshape(-1), ignore_index=0)


@case(Tagger, classes(7, 5), classes(4, 5))
def tags_turned(outputs, targets):
    return F.nll_loss(F.log_softmax(outputs.transpose(1, 2), dim=1), targets)


@case(linear(4, 2), numbers(4), numbers(2))
def spread(outputs, targets):
    return F.smooth_l1_loss(outputs, targets) + 0.1 * (outputs.std(dim=0) - targets.std(dim=0)).abs().sum() + 0.01 * outputs.pow(2).sum(dim=1).sqrt().mean()


@case(linear(4, 3), numbers(4), numbers(3))
def alike(outputs, targets):
    return (1 - F.cosine_similarity(outputs, targets, dim=1)).mean()


@case(linear(4, 1), numbers(4), numbers())
def flat(outputs, targets):
    return F.huber_loss(outputs.squeeze(1), targets, delta=0.5, reduction="sum")


@case(linear(4, 3), numbers(4), numbers(3))
def refused_contrast(outputs, targets):
    return F.cross_entropy(outputs @ targets.T, torch.arange(outputs.size(0)))


def main():
    torch.set_num_threads(1)
    for name, (make, x, y, loss) in cases.items():
        if sys.argv[1:] and name not in sys.argv[1:]:
            continue
        folder = here / "own" / name
        draw = np.random.default_rng(3)
        torch.manual_seed(2)
        model, x, y = make(), x(draw), y(draw)
        optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
        unstuck.save(folder, model, x=x, y=y, loss=loss, optimizer=optimizer, batch_size=BATCH, epochs=1, shuffle=False, validation_split=0, seed=1)
        for part in folder.glob("*.pt2"):
            part.write_bytes(without_paths(part.read_bytes()))
        settings = folder / "training.json"  # which quotes the line that can't be exported
        settings.write_text(settings.read_text().replace(str(here.parents[3]) + "/", ""))
        def first(to, begin=0):
            take = lambda a: torch.from_numpy(a[begin:to])  # noqa: E731
            return take(x), {key: take(a) for key, a in y.items()} if isinstance(y, dict) else take(y)
        inputs, targets = first(ROWS)
        with torch.no_grad():
            golden = {"eval": loss(copy.deepcopy(model).eval()(inputs), targets).item(), "steps": []}
        for begin in range(0, ROWS, BATCH):
            inputs, targets = first(begin + BATCH, begin)
            optimizer.zero_grad()
            value = loss(model(inputs), targets)
            value.backward()
            optimizer.step()
            golden["steps"].append(value.item())
        (folder / "losses.json").write_text(json.dumps(golden) + "\n")
        print(name, sorted(p.name for p in folder.iterdir() if p.suffix == ".pt2"), golden["eval"], golden["steps"])


main()
