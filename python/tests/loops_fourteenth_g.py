"""Fourteenth batch, blind: more loops that are right."""

import torch
from loops import classes, loader, loop, numbers, pictures, waves
from torch import nn
from torch.nn import functional as F
from torch.optim.swa_utils import SWALR, AveragedModel, update_bn
from torch.utils.data import DataLoader, TensorDataset

# loop-correct


@loop("loop-correct")
def there_and_back_again(watch, folder):
    """Sharpness-aware minimization (Foret et al., 2021): the gradient of a point near by."""
    x, y = classes(320, count=4, seed=31)
    net = nn.Sequential(nn.Linear(6, 24), nn.ReLU(), nn.Linear(24, 4))
    base = torch.optim.SGD(net.parameters(), lr=0.05, momentum=0.9)
    w = watch(net, base, loss="cross_entropy", folder=folder)
    rho = 0.05
    for epoch in range(6):
        for xb, yb in loader(x, y, 32):
            loss = F.cross_entropy(net(xb), yb)
            loss.backward()
            with torch.no_grad():
                norm = torch.stack([p.grad.norm() for p in net.parameters()]).norm() + 1e-12
                moved = [p.grad * (rho / norm) for p in net.parameters()]
                for p, e in zip(net.parameters(), moved):
                    p.add_(e)
            base.zero_grad()
            F.cross_entropy(net(xb), yb).backward()
            with torch.no_grad():
                for p, e in zip(net.parameters(), moved):
                    p.sub_(e)
            base.step()
            base.zero_grad()
            w(xb, yb, loss)


class Layered(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = nn.Conv2d(1, 6, 3)
        self.mid = nn.Conv2d(6, 8, 3)
        self.head = nn.Linear(32, 2)

    def forward(self, x):
        h = F.relu(self.mid(F.relu(self.stem(x))))
        return self.head(F.max_pool2d(h, 2).flatten(1))


@loop("loop-correct")
def slower_towards_the_front(watch, folder):
    x, y = pictures(180)
    model = Layered()
    groups = [{"params": part.parameters(), "lr": 1e-2 * 0.2 ** depth}
              for depth, part in enumerate([model.head, model.mid, model.stem])]
    groups[0]["weight_decay"] = 0.0
    optimizer = torch.optim.AdamW(groups, lr=1e-2, weight_decay=0.05)
    w = watch(model, optimizer, loss=nn.CrossEntropyLoss(), folder=folder)
    for epoch in range(6):
        for images, labels in loader(x, y, 20):
            optimizer.zero_grad()
            loss = F.cross_entropy(model(images), labels)
            loss.backward()
            w(images, labels, loss)
            optimizer.step()


@loop("loop-correct")
def averaged_over_the_last_epochs(watch, folder):
    x, y = numbers(320, width=6, seed=32)
    net = nn.Sequential(nn.Linear(6, 24), nn.BatchNorm1d(24), nn.ReLU(), nn.Linear(24, 1))
    optimizer = torch.optim.SGD(net.parameters(), lr=0.02, momentum=0.9)
    swa_model = AveragedModel(net)
    swa_rate = SWALR(optimizer, swa_lr=0.01, anneal_epochs=2)
    data = loader(x, y, 32)
    w = watch(net, optimizer, loss="mse", folder=folder)
    for epoch in range(8):
        for xb, yb in data:
            optimizer.zero_grad()
            loss = F.mse_loss(net(xb), yb)
            loss.backward()
            optimizer.step()
            w(xb, yb, loss)
        if epoch >= 4:
            swa_model.update_parameters(net)
            swa_rate.step()
    update_bn(data, swa_model)


@loop("loop-correct")
def two_pictures_in_one(watch, folder):
    """Mixup: rows and their labels are mixed alike, and the labels are shares."""
    x, y = pictures(200)
    model = nn.Sequential(nn.Conv2d(1, 8, 3), nn.ReLU(), nn.MaxPool2d(3), nn.Flatten(), nn.Linear(32, 2))
    opt = torch.optim.Adam(model.parameters(), lr=1e-2)
    w = watch(model, opt, loss=nn.CrossEntropyLoss(), folder=folder)
    beta = torch.distributions.Beta(0.4, 0.4)
    for epoch in range(8):
        for images, labels in loader(x, y, 25):
            share = beta.sample()
            other = torch.randperm(len(images))
            mixed = share * images + (1 - share) * images[other]
            kinds = F.one_hot(labels, 2).float()
            target = share * kinds + (1 - share) * kinds[other]
            opt.zero_grad()
            loss = F.cross_entropy(model(mixed), target)
            loss.backward()
            opt.step()
            w(mixed, target, loss)


def distilled(student_logits, teacher_logits, temperature=3.0):
    return temperature ** 2 * F.kl_div(F.log_softmax(student_logits / temperature, 1),
                                       F.softmax(teacher_logits / temperature, 1), reduction="batchmean")


@loop("loop-correct")
def small_one_taught_by_a_big_one(watch, folder):
    x, y = classes(360, count=4, seed=33)
    teacher = nn.Sequential(nn.Linear(6, 64), nn.ReLU(), nn.Linear(64, 4))
    first = torch.optim.Adam(teacher.parameters(), lr=1e-2)
    for _ in range(40):
        first.zero_grad()
        F.cross_entropy(teacher(x), y).backward()
        first.step()
    teacher.eval().requires_grad_(False)
    student = nn.Sequential(nn.Linear(6, 8), nn.ReLU(), nn.Linear(8, 4))
    opt = torch.optim.RMSprop(student.parameters(), lr=5e-3)
    w = watch(student, opt, loss=distilled, folder=folder)
    for epoch in range(6):
        for at in torch.randperm(360).split(36):
            said = teacher(x[at])
            loss = distilled(student(x[at]), said)
            opt.zero_grad()
            loss.backward()
            opt.step()
            w(x[at], said, loss)


def padded_ce(logits, tags):
    return F.cross_entropy(logits.flatten(0, 1), tags.flatten(), ignore_index=-100)


class WordTagger(nn.Module):
    def __init__(self, vocab=25, dim=12, tags=4):
        super().__init__()
        self.emb = nn.Embedding(vocab, dim, padding_idx=0)
        self.conv = nn.Conv1d(dim, 16, 3, padding=1)
        self.out = nn.Linear(16, tags)

    def forward(self, ids):
        h = self.conv(self.emb(ids).transpose(1, 2)).relu()
        return self.out(h.transpose(1, 2))


@loop("loop-correct")
def tags_with_padding(watch, folder):
    g = torch.Generator().manual_seed(34)
    ids = torch.randint(1, 25, (240, 10), generator=g)
    tags = (ids % 2) * 2 + (ids.roll(1, 1) > 12).long()
    none = torch.arange(10) >= torch.randint(4, 11, (240, 1), generator=g)
    ids[none], tags[none] = 0, -100
    model = WordTagger()
    opt = torch.optim.Adam(model.parameters(), lr=1e-2)
    w = watch(model, opt, loss=padded_ce, folder=folder)
    for epoch in range(6):
        for sentence, tag in DataLoader(TensorDataset(ids, tags), batch_size=24, shuffle=True):
            opt.zero_grad()
            loss = padded_ce(model(sentence), tag)
            loss.backward()
            opt.step()
            w(sentence, tag, loss)


@loop("loop-correct")
def cleaned_of_noise(watch, folder):
    """A denoising autoencoder: what was clean is to come out."""
    clean, _ = waves(220, 16)
    clean = clean.squeeze(-1)
    net = nn.Sequential(nn.Linear(16, 10), nn.ReLU(), nn.Dropout(0.05), nn.Linear(10, 16))
    opt = torch.optim.RAdam(net.parameters(), lr=1e-2)
    w = watch(net, opt, loss="mse", folder=folder)
    for epoch in range(8):
        for rows in clean[torch.randperm(220)].split(22):
            noisy = rows + 0.3 * torch.randn_like(rows)
            loss = (net(noisy) - rows).pow(2).mean()
            opt.zero_grad()
            loss.backward()
            opt.step()
            w(noisy, rows, loss)


@loop("loop-correct")
def scored_every_third_batch(watch, folder):
    """Deep and narrow with dropout, scored within the epoch, and on as before."""
    x, y = numbers(360, seed=35)
    y = (y > 0).float()
    net = nn.Sequential(nn.Linear(5, 16), nn.BatchNorm1d(16), nn.ReLU(), nn.Dropout(0.2), nn.Linear(16, 16),
                        nn.ReLU(), nn.Linear(16, 1))
    opt = torch.optim.Adam(net.parameters(), lr=1e-2)
    plateau = torch.optim.lr_scheduler.ReduceLROnPlateau(opt, factor=0.5, patience=6)
    w = watch(net, opt, loss=nn.BCEWithLogitsLoss(), folder=folder)
    for epoch in range(5):
        for i, (xb, yb) in enumerate(loader(x[:300], y[:300], 30)):
            net.train()
            loss = F.binary_cross_entropy_with_logits(net(xb), yb)
            opt.zero_grad()
            loss.backward()
            opt.step()
            w(xb, yb, loss)
            if i % 3 == 2:
                net.eval()
                with torch.inference_mode():
                    held_out = F.binary_cross_entropy_with_logits(net(x[300:]), y[300:])
        plateau.step(held_out.item())
