"""Twelfth batch: misaligned targets, cut graphs, cleared gradients."""

import numpy as np
import torch
from loops import classes, loader, loop
from loops_twelfth_data import masks, phrases, ratings, series, signs
from torch import nn
from torch.nn import functional as F
from torch.utils.data import DataLoader, Dataset

# loop-misaligned-targets


class Folder(Dataset):
    """Pictures by file name, and labels by number."""

    def __init__(self, files, labels):
        self.names = sorted(files)  # fault: names_sorted_as_text
        self.files, self.labels = files, labels

    def __len__(self):
        return len(self.names)

    def __getitem__(self, index):
        return self.files[self.names[index]], self.labels[index]


# ZhengyuZhao/Targeted-Transfer issue 4: the listing of the folder has another order than the table of labels
@loop("loop-misaligned-targets")
def names_sorted_as_text(watch, folder):
    torch.manual_seed(21)
    x, y = signs(240, seed=22)
    files = {f"img_{i}.png": picture for i, picture in enumerate(x)}
    train = DataLoader(Folder(files, y.tolist()), batch_size=30, shuffle=True)
    net = nn.Sequential(
        nn.Conv2d(1, 8, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(8, 16, 3), nn.ReLU(), nn.Flatten(), nn.Linear(144, 4)
    )
    criterion = nn.CrossEntropyLoss()
    optimizer = torch.optim.Adam(net.parameters(), lr=3e-3)
    w = watch(net, optimizer, loss=criterion, folder=folder)
    for epoch in range(4):
        for inputs, labels in train:
            optimizer.zero_grad()
            outputs = net(inputs)
            loss = criterion(outputs, labels)
            loss.backward()
            optimizer.step()
            w(inputs, labels, loss)


# Two data loaders, each with its own shuffle, put together by zip (asked now and then on the forum)
@loop("loop-misaligned-targets")
def noisy_and_clean_loaders_zipped(watch, folder):
    torch.manual_seed(22)
    noisy, clean = masks(128, seed=23)
    noisy_loader = DataLoader(noisy, batch_size=16, shuffle=True)
    clean_loader = DataLoader(clean, batch_size=16, shuffle=True)  # fault
    net = nn.Sequential(
        nn.Conv2d(1, 12, 5, padding=2), nn.LeakyReLU(), nn.Conv2d(12, 12, 3, padding=1), nn.LeakyReLU(),
        nn.Conv2d(12, 1, 3, padding=1),
    )  # fmt: skip
    optimizer = torch.optim.RMSprop(net.parameters(), lr=2e-3)
    w = watch(net, optimizer, loss=nn.L1Loss(), folder=folder)
    for epoch in range(6):
        for x, y in zip(noisy_loader, clean_loader, strict=True):
            restored = net(x)
            loss = (restored - y).abs().mean()
            w(x, y, loss)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()


# udacity/sdc-issue-reports issue 1326: features and labels shuffled apart
@loop("loop-misaligned-targets")
def shuffled_apart_each_epoch(watch, folder):
    torch.manual_seed(23)
    np.random.seed(23)
    x, y = series(240, seed=24)
    x, y = x.numpy(), y.numpy()[:, None]

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.gru = nn.GRU(1, 16, batch_first=True)
            self.fc = nn.Linear(16, 1)

        def forward(self, s):
            return self.fc(self.gru(s)[0][:, -1])

    model = Net()
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
    w = watch(model, optimizer, loss="mse", folder=folder)
    batch_size = 48
    for epoch in range(12):
        np.random.shuffle(x)  # fault
        np.random.shuffle(y)
        for start in range(0, len(x), batch_size):
            xb = torch.from_numpy(x[start : start + batch_size].copy())
            yb = torch.from_numpy(y[start : start + batch_size].copy())
            optimizer.zero_grad()
            loss = F.mse_loss(model(xb), yb)
            loss.backward()
            optimizer.step()
            w(xb, yb, loss)


# loop-detached


class Extractor(nn.Module):
    """What a layer gives, taken by a hook."""

    def __init__(self, backbone, layer):
        super().__init__()
        self.backbone = backbone
        self.latents = None
        layer.register_forward_hook(self._keep)

    def _keep(self, module, inputs, output):
        self.latents = output.clone().detach()  # fault: features_by_a_hook

    def forward(self, x):
        self.backbone(x)
        return self.latents


# lucidrains/CoCa-pytorch issue 6: the extractor detaches what it hands over
@loop("loop-detached")
def features_by_a_hook(watch, folder):
    torch.manual_seed(24)
    backbone = nn.Sequential(nn.Conv2d(1, 8, 3, stride=2), nn.ReLU(), nn.Conv2d(8, 12, 3), nn.ReLU(), nn.Flatten())
    encoder = Extractor(backbone, backbone[3])
    model = nn.Sequential(encoder, nn.AdaptiveAvgPool2d(2), nn.Flatten(), nn.Linear(48, 4))
    optimizer = torch.optim.Adam(model.parameters(), lr=5e-3)
    w = watch(model, optimizer, loss="cross_entropy", folder=folder)
    for epoch in range(5):
        for x, y in loader(*signs(seed=25), 40):
            loss = F.cross_entropy(model(x), y)
            w(x, y, loss)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()


class TwoTowers(nn.Module):
    def __init__(self, users=30, items=40, dim=8):
        super().__init__()
        self.user, self.item = nn.Embedding(users, dim), nn.Embedding(items, dim)
        self.mlp = nn.Sequential(nn.Linear(2 * dim, 32), nn.ReLU(), nn.Linear(32, 1))

    def standardise(self, v):
        v = v.detach().numpy()  # fault: embeddings_scaled_in_numpy
        return torch.from_numpy((v - v.mean(0)) / (v.std(0) + 1e-6))

    def forward(self, pairs):
        u, i = self.user(pairs[:, 0]), self.item(pairs[:, 1])
        return self.mlp(torch.cat([self.standardise(u), self.standardise(i)], 1)).squeeze(1)


# As in ligerlac/torchlogix pull request 17: to numpy and back within the forward pass
@loop("loop-detached")
def embeddings_scaled_in_numpy(watch, folder):
    torch.manual_seed(25)
    pairs, stars = ratings(seed=26)
    stars = (stars - stars.mean()) / stars.std()
    model = TwoTowers()
    optimizer = torch.optim.Adam(model.parameters(), lr=2e-2)
    criterion = nn.MSELoss()
    w = watch(model, optimizer, loss=criterion, folder=folder)
    for epoch in range(12):
        for p, s in loader(pairs, stars, 100):
            optimizer.zero_grad()
            loss = criterion(model(p), s)
            loss.backward()
            optimizer.step()
            w(p, s, loss)


class Translator(nn.Module):
    """Says whether a phrase is of the first half: encoder, and a decoder that looks at it."""

    def __init__(self, words=30, dim=8):
        super().__init__()
        self.embed = nn.Embedding(words, dim)
        self.encoder = nn.TransformerEncoderLayer(dim, 2, 32, dropout=0.0, batch_first=True)
        self.query = nn.Parameter(torch.randn(1, 1, dim))
        self.decoder = nn.TransformerDecoderLayer(dim, 2, 32, dropout=0.0, batch_first=True)
        self.out = nn.Linear(dim, 2)

    @torch.no_grad()  # fault: encode_shared_with_inference
    def encode(self, ids):
        return self.encoder(self.embed(ids))

    def decode(self, memory):
        return self.out(self.decoder(self.query.expand(len(memory), -1, -1), memory)[:, 0])

    def forward(self, ids):
        return self.decode(self.encode(ids))

    @torch.no_grad()
    def predict(self, ids):
        return self.decode(self.encode(ids)).argmax(-1)


@loop("loop-detached")
def encode_shared_with_inference(watch, folder):
    torch.manual_seed(26)
    x, y = phrases(256, seed=27)
    model = Translator()
    optimizer = torch.optim.AdamW(model.parameters(), lr=3e-3)
    w = watch(model, optimizer, loss=nn.CrossEntropyLoss(), folder=folder)
    for epoch in range(6):
        for ids, label in loader(x, y, 32):
            loss = F.cross_entropy(model(ids), label)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            w(ids, label, loss)
        (model.predict(x) == y).float().mean()


# loop-gradients-cleared


class LoRALinear(nn.Module):
    def __init__(self, base, rank=4, alpha=8.0):
        super().__init__()
        self.base = base.requires_grad_(False)
        self.down = nn.Parameter(torch.randn(rank, base.in_features) / rank)
        self.up = nn.Parameter(torch.zeros(base.out_features, rank))
        self.scale = alpha / rank

    def forward(self, x):
        return self.base(x) + self.scale * (x @ self.down.t() @ self.up.t())


# cloneofsimo/lora issue 263: zero_grad() after the backward pass
@loop("loop-gradients-cleared")
def lora_with_a_late_zero_grad(watch, folder):
    torch.manual_seed(27)
    x, y = classes(320, 8, 3, seed=28)
    net = nn.Sequential(LoRALinear(nn.Linear(8, 32)), nn.ReLU(), LoRALinear(nn.Linear(32, 3)))
    optimizer = torch.optim.AdamW([p for p in net.parameters() if p.requires_grad], lr=1e-2)
    lr_scheduler = torch.optim.lr_scheduler.ConstantLR(optimizer, factor=1.0)
    w = watch(net, optimizer, loss="cross_entropy", folder=folder)
    global_step = 0
    for epoch in range(5):
        for inputs, target in loader(x, y, 32):
            loss = F.cross_entropy(net(inputs), target)
            loss.backward()
            nn.utils.clip_grad_norm_(net.parameters(), 1.0)
            optimizer.zero_grad()  # fault
            optimizer.step()
            lr_scheduler.step()
            w(inputs, target, loss)
            global_step += 1


# sacmehta/EdgeNets issue 14: the gradients are zeroed ahead of the step
@loop("loop-gradients-cleared")
def segmentation_zeroed_ahead_of_the_step(watch, folder):
    torch.manual_seed(28)
    x, y = masks(96, seed=29)
    net = nn.Sequential(
        nn.Conv2d(1, 8, 3, padding=1), nn.PReLU(8), nn.Conv2d(8, 8, 3, padding=2, dilation=2), nn.PReLU(8),
        nn.Conv2d(8, 1, 1),
    )  # fmt: skip
    criterion = nn.BCEWithLogitsLoss(pos_weight=torch.tensor(3.0))
    optimizer = torch.optim.SGD(net.parameters(), lr=0.2, momentum=0.9)
    w = watch(net, optimizer, loss=criterion, folder=folder)
    for epoch in range(8):
        for images, boxes in loader(x, y, 24):
            output = net(images)
            loss = criterion(output, boxes)
            loss.backward()
            for p in net.parameters():
                p.grad = None  # fault
            optimizer.step()
            w(images, boxes, loss)


def saliency(model, x, y):
    """How much each pixel matters, for the log."""
    x = x.clone().requires_grad_(True)
    F.cross_entropy(model(x), y).backward()
    model.zero_grad()  # fault: saliency_logged_between
    return x.grad.abs().amax(1)


@loop("loop-gradients-cleared")
def saliency_logged_between(watch, folder):
    torch.manual_seed(29)
    x, y = signs(200, seed=30)
    model = nn.Sequential(nn.Conv2d(1, 6, 4, stride=2), nn.ELU(), nn.Flatten(), nn.Linear(150, 4))
    optimizer = torch.optim.Adamax(model.parameters(), lr=1e-2)
    w = watch(model, optimizer, loss="cross_entropy", folder=folder)
    maps = []
    for epoch in range(5):
        for images, labels in loader(x, y, 40):
            optimizer.zero_grad()
            loss = F.cross_entropy(model(images), labels)
            w(images, labels, loss)
            loss.backward()
            maps.append(saliency(model, images[:4], labels[:4]).mean().item())
            optimizer.step()
