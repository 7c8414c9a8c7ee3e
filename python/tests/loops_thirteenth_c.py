"""Thirteenth batch, blind: misaligned targets, detached parts, gradients cleared, accumulated and changed."""


import torch
from loops import classes, loader, loop, numbers, pictures, waves
from torch import nn
from torch.nn import functional as F
from torch.nn.utils.rnn import pack_padded_sequence
from torch.utils.data import DataLoader, TensorDataset

# loop-misaligned-targets, continued


class PackedGRU(nn.Module):
    """Padding is -9: the lengths are counted within."""

    def __init__(self):
        super().__init__()
        self.gru = nn.GRU(1, 12, batch_first=True)
        self.fc = nn.Linear(12, 1)

    def forward(self, x):
        lengths = (x[..., 0] > -9).sum(1)
        packed = pack_padded_sequence(x, lengths, batch_first=True)
        return self.fc(self.gru(packed)[1][-1])


def sort_for_packing(batch):
    """A collate function: pack_padded_sequence wants the longest first."""
    xs = torch.stack([a for a, _ in batch])
    ys = torch.stack([b for _, b in batch])
    order = (xs[..., 0] > -9).sum(1).argsort(descending=True)
    return xs[order], ys  # fault: sequences_sorted_by_length


@loop("loop-misaligned-targets")
def sequences_sorted_by_length(watch, folder):
    """Forums: 'pack_padded_sequence needs sorted lengths': sorts the sequences only."""
    g = torch.Generator().manual_seed(8)
    x = torch.randn(200, 9, 1, generator=g)
    lengths = torch.randint(2, 10, (200,), generator=g)
    x[torch.arange(9) >= lengths[:, None]] = -9.0
    y = (x * (x > -9)).sum(1)
    net = PackedGRU()
    opt = torch.optim.Adam(net.parameters(), lr=1e-2)
    w = watch(net, opt, loss=nn.MSELoss(), folder=folder)
    for epoch in range(8):
        for xb, yb in DataLoader(TensorDataset(x, y), batch_size=25, shuffle=True, collate_fn=sort_for_packing):
            loss = F.mse_loss(net(xb), yb)
            opt.zero_grad()
            loss.backward()
            w(xb, yb, loss)
            opt.step()


@loop("loop-misaligned-targets")
def labels_of_the_noisy_copies(watch, folder):
    """Stack Overflow: repeat against repeat_interleave, when a batch and its augmented copy are concatenated."""
    x, y = pictures(160)
    y = 2 * y + (torch.arange(160) % 2)
    x[:, :, :, :4] += (y % 2)[:, None, None, None]
    net = nn.Sequential(nn.Conv2d(1, 8, 3), nn.ReLU(), nn.AvgPool2d(2), nn.Flatten(), nn.Linear(72, 4))
    opt = torch.optim.SGD(net.parameters(), lr=0.05, momentum=0.9, nesterov=True)
    w = watch(net, opt, loss=nn.CrossEntropyLoss(), folder=folder)
    for epoch in range(6):
        for images, labels in loader(x, y, 20):
            images = torch.cat([images, images + 0.2 * torch.randn_like(images)])
            labels = labels.repeat_interleave(2)  # fault
            opt.zero_grad()
            loss = F.cross_entropy(net(images), labels)
            loss.backward()
            opt.step()
            w(images, labels, loss)


# loop-detached


class Backbone(nn.Module):
    """GitHub: 'feature extractor copied from the evaluation script'."""

    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(nn.Conv2d(1, 2, 5, stride=3), nn.Tanh(), nn.Flatten())
        self.classifier = nn.Linear(8, 2)

    def extract(self, x):
        with torch.no_grad():  # fault: features_as_in_the_evaluation
            return self.features(x)

    def forward(self, x):
        return self.classifier(self.extract(x))


@loop("loop-detached")
def features_as_in_the_evaluation(watch, folder):
    x, y = pictures(160)
    x = x.transpose(2, 3) - 0.75
    y = (x[:, 0, :4, :4].mean((1, 2)) * x[:, 0, 4:, 4:].mean((1, 2)) > x[:, 0, 2:6, 2:6].mean((1, 2)) * 0.3).long()
    model = Backbone()
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-2)
    w = watch(model, optimizer, loss="cross_entropy", folder=folder)
    for epoch in range(10):
        for xb, yb in loader(x, y, 32):
            loss = F.cross_entropy(model(xb), yb)
            optimizer.zero_grad()
            loss.backward()
            w(xb, yb, loss)
            optimizer.step()


class CellByCell(nn.Module):
    """As old tutorials keep the states: h.data, so that memory doesn't grow."""

    def __init__(self):
        super().__init__()
        self.cell = nn.GRUCell(1, 8)
        self.out = nn.Linear(8, 1)

    def forward(self, x):
        h = x.new_zeros(x.shape[0], 8)
        states = []
        for t in range(x.shape[1]):
            h = self.cell(x[:, t], h)
            states.append(h.data)  # fault: states_kept_as_data
        return self.out(torch.stack(states, 1)[:, -1])


@loop("loop-detached")
def states_kept_as_data(watch, folder):
    """Forums: 'what is the difference between .data and .detach, my RNN does not learn'."""
    x, y = waves(200)
    net = CellByCell()
    opt = torch.optim.RMSprop(net.parameters(), lr=5e-3)
    mse = nn.MSELoss()
    w = watch(net, opt, loss=mse, folder=folder)
    for epoch in range(8):
        for piece, following in loader(x, y, 25):
            opt.zero_grad()
            loss = mse(net(piece), following)
            loss.backward()
            opt.step()
            w(piece, following, loss)


class NoisyCode(nn.Module):
    """An autoencoder with a drawn code; the KL term is switched off while it is debugged."""

    def __init__(self):
        super().__init__()
        self.enc = nn.Sequential(nn.Linear(10, 16), nn.ReLU())
        self.mu = nn.Linear(16, 3)
        self.dec = nn.Sequential(nn.Linear(3, 16), nn.ReLU(), nn.Linear(16, 10))

    def forward(self, x):
        code = torch.distributions.Normal(self.mu(self.enc(x)), 0.05).sample()  # fault: sampled_without_the_trick
        return self.dec(code)


@loop("loop-detached")
def sampled_without_the_trick(watch, folder):
    """Forums: 'difference between sample() and rsample()'."""
    g = torch.Generator().manual_seed(9)
    x = torch.randn(256, 3, generator=g) @ torch.randn(3, 10, generator=g)
    vae = NoisyCode()
    optimizer = torch.optim.Adam(vae.parameters(), lr=1e-2)
    w = watch(vae, optimizer, loss="mse", folder=folder)
    for epoch in range(8):
        for (xb,) in DataLoader(TensorDataset(x), batch_size=32, shuffle=True):
            loss = F.mse_loss(vae(xb), xb)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            w(xb, xb, loss)


# loop-gradients-cleared


class Callback:
    def after_backward(self, model):
        pass


class FreeMemory(Callback):
    """GitHub: 'callback against CUDA out of memory', called where gradients are still needed."""

    def after_backward(self, model):
        for p in model.parameters():
            p.grad = None  # fault: memory_freed_by_a_callback


class Fitter:
    def __init__(self, model, optimizer, callbacks):
        self.model, self.optimizer, self.callbacks = model, optimizer, callbacks

    def fit(self, data, epochs, report):
        for _ in range(epochs):
            for xb, yb in data:
                self.optimizer.zero_grad()
                loss = F.binary_cross_entropy_with_logits(self.model(xb), yb)
                loss.backward()
                for callback in self.callbacks:
                    callback.after_backward(self.model)
                self.optimizer.step()
                report(xb, yb, loss)


@loop("loop-gradients-cleared")
def memory_freed_by_a_callback(watch, folder):
    g = torch.Generator().manual_seed(10)
    x = torch.randn(240, 8, generator=g)
    y = (x @ torch.randn(8, 5, generator=g) > 0).float()
    model = nn.Sequential(nn.Linear(8, 32), nn.SiLU(), nn.Linear(32, 5))
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
    w = watch(model, optimizer, loss=nn.BCEWithLogitsLoss(), folder=folder)
    Fitter(model, optimizer, [FreeMemory()]).fit(loader(x, y, 30), 6, w)


@loop("loop-gradients-cleared")
def cleared_one_indent_too_far_left(watch, folder):
    """Forums: 'gradient accumulation gives the same result as a small batch': zero_grad left the if."""
    x, y = numbers(320)
    net = nn.Sequential(nn.Linear(5, 20), nn.ReLU(), nn.Linear(20, 1))
    opt = torch.optim.SGD(net.parameters(), lr=0.1)
    w = watch(net, opt, loss="mse", folder=folder)
    accumulation_steps = 8
    for epoch in range(10):
        for i, (xb, yb) in enumerate(loader(x, y, 10)):
            loss = F.mse_loss(net(xb), yb)
            (loss / accumulation_steps).backward()
            w(xb, yb, loss)
            if (i + 1) % accumulation_steps == 0:
                opt.step()
            opt.zero_grad()  # fault


class TwoHeads(nn.Module):
    def __init__(self):
        super().__init__()
        self.trunk = nn.Sequential(nn.Linear(5, 24), nn.ReLU())
        self.value, self.side = nn.Linear(24, 1), nn.Linear(24, 1)

    def forward(self, x):
        h = self.trunk(x)
        return torch.cat([self.value(h), self.side(h)], 1)


def both_tasks(out, y):
    return F.mse_loss(out[:, 0], y[:, 0]) + F.binary_cross_entropy_with_logits(out[:, 1], y[:, 1])


@loop("loop-gradients-cleared")
def first_task_wiped_by_the_second(watch, folder):
    """Stack Overflow: 'multi-task: backward twice': zero_grad stands ahead of each backward."""
    x, y = numbers(300)
    y = torch.cat([y, (x[:, 2:3] > x[:, 3:4]).float()], 1)
    net = TwoHeads()
    opt = torch.optim.Adam(net.parameters(), lr=1e-2)
    w = watch(net, opt, loss=both_tasks, folder=folder)
    for epoch in range(6):
        for xb, yb in loader(x, y, 30):
            out = net(xb)
            value_loss = F.mse_loss(out[:, 0], yb[:, 0])
            side_loss = F.binary_cross_entropy_with_logits(out[:, 1], yb[:, 1])
            opt.zero_grad()
            value_loss.backward(retain_graph=True)
            opt.zero_grad()  # fault
            side_loss.backward()
            opt.step()
            w(xb, yb, value_loss + side_loss)


# loop-gradients-accumulate


@loop("loop-gradients-accumulate")
def teacher_zeroed_for_the_student(watch, folder):
    """GitHub (knowledge distillation): teacher.zero_grad(), where the student's gradients should be cleared."""
    x, y = classes(320, 6, 3)
    teacher = nn.Linear(6, 3)
    warm = torch.optim.Adam(teacher.parameters(), lr=0.1)
    for _ in range(30):
        warm.zero_grad()
        F.cross_entropy(teacher(x), y).backward()
        warm.step()
    student = nn.Sequential(nn.Linear(6, 16), nn.Tanh(), nn.Linear(16, 3))
    opt = torch.optim.SGD(student.parameters(), lr=0.1, momentum=0.9)
    w = watch(student, opt, loss=nn.L1Loss(), folder=folder)
    for epoch in range(6):
        for xb, _ in loader(x, y, 32):
            with torch.no_grad():
                wanted = teacher(xb)
            loss = F.l1_loss(student(xb), wanted)
            teacher.zero_grad()  # fault
            loss.backward()
            opt.step()
            w(xb, wanted, loss)
