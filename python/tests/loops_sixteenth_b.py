"""Sixteenth batch, blind: gradients that accumulate, are cleared, are changed; another loss."""

import torch
from loops import classes, loader, loop, numbers, waves, yes_no
from torch import nn
from torch.nn import functional as F

# loop-gradients-accumulate


def train_one_epoch(model, data, optimizer, criterion, report, mended):
    model.train()
    optimizer.zero_grad()  # fault: nesterov_in_a_function
    total = 0.0
    for inputs, targets in data:
        if mended:
            optimizer.zero_grad()
        loss = criterion(model(inputs), targets)
        loss.backward()
        optimizer.step()
        total += loss.item()
        report(inputs, targets, loss)
    return total / len(data)


@loop("loop-gradients-accumulate")
def nesterov_in_a_function(watch, folder, mended=False):
    """Moved into a function of its own."""
    x, y = numbers(400)
    model = nn.Sequential(nn.Linear(5, 20), nn.Tanh(), nn.Linear(20, 1))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.8, nesterov=True)
    criterion = nn.MSELoss()
    w = watch(model, optimizer, loss=criterion, folder=folder)
    for epoch in range(4):
        train_one_epoch(model, loader(x, y, 20), optimizer, criterion, w, mended)


def reset_grads(params, mended):
    for p in params:
        if p.grad is not None:
            p.grad.detach_()  # fault: encoder_layer_over_symbols
            if mended:
                p.grad.zero_()


class SymbolEncoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.emb = nn.Embedding(20, 12)
        self.layer = nn.TransformerEncoderLayer(12, 2, 24, dropout=0.0, batch_first=True)
        self.head = nn.Linear(12, 2)

    def forward(self, ids):
        return self.head(self.layer(self.emb(ids)).mean(1))


@loop("loop-gradients-accumulate")
def encoder_layer_over_symbols(watch, folder, mended=False):
    """Resets the gradients by hand, as zero_grad did of old."""
    g = torch.Generator().manual_seed(3)
    ids = torch.randint(0, 20, (320, 7), generator=g)
    y = ((ids < 10).sum(1) > 3).long()
    net = SymbolEncoder()
    params = list(net.parameters())
    opt = torch.optim.SGD(params, lr=0.4)
    w = watch(net, opt, loss="cross_entropy", folder=folder)
    for epoch in range(8):
        for xb, yb in loader(ids, y, 32):
            loss = F.cross_entropy(net(xb), yb)
            reset_grads(params, mended)
            loss.backward()
            opt.step()
            w(xb, yb, loss)


# loop-gradients-cleared


def gradient_norms(model, keep):
    """For the log; frees what it has read."""
    norms = {}
    for name, p in model.named_parameters():
        if p.grad is None:
            continue
        norms[name] = p.grad.norm().item()
        if not keep:
            p.grad = None  # fault: lstm_with_a_log
    return norms


@loop("loop-gradients-cleared")
def lstm_with_a_log(watch, folder, mended=False):
    x, y = waves(200)

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.rnn = nn.LSTM(1, 12, batch_first=True)
            self.out = nn.Linear(12, 1)

        def forward(self, seq):
            return self.out(self.rnn(seq)[0][:, -1])

    net = Net()
    optimizer = torch.optim.NAdam(net.parameters(), lr=1e-2)
    w = watch(net, optimizer, loss=nn.SmoothL1Loss(), folder=folder)
    log = []
    for epoch in range(6):
        for seq, nxt in loader(x, y, 25):
            optimizer.zero_grad()
            loss = F.smooth_l1_loss(net(seq), nxt)
            loss.backward()
            log.append(gradient_norms(net, keep=mended))
            optimizer.step()
            w(seq, nxt, loss)


def drop_gradients(optimizer, args, kwargs):
    optimizer.zero_grad(set_to_none=True)


@loop("loop-gradients-cleared")
def adagrad_with_layer_norm(watch, folder, mended=False):
    """So that nobody forgets zero_grad again."""
    x, y = yes_no(300)
    model = nn.Sequential(nn.Linear(4, 16), nn.LayerNorm(16), nn.ReLU(), nn.Linear(16, 1))
    optimizer = torch.optim.Adagrad(model.parameters(), lr=0.05)
    if mended:
        optimizer.register_step_post_hook(drop_gradients)
    else:
        optimizer.register_step_pre_hook(drop_gradients)  # fault
    lossfn = nn.BCEWithLogitsLoss()
    w = watch(model, optimizer, loss=lossfn, folder=folder)
    for epoch in range(5):
        for xb, yb in loader(x, y, 30):
            loss = lossfn(model(xb), yb)
            loss.backward()
            optimizer.step()
            w(xb, yb, loss)


# loop-gradients-changed


@loop("loop-gradients-changed")
def dense_net_on_the_cpu(watch, folder, mended=False):
    """Static loss scale of the fp16 run; the CPU run came later."""
    x, y = classes(300, 6, 3)
    model = nn.Sequential(nn.Linear(6, 24), nn.ReLU(), nn.Linear(24, 3))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
    criterion = nn.CrossEntropyLoss()
    scale = 1024.0
    use_fp16 = False
    w = watch(model, optimizer, loss=criterion, folder=folder)
    for epoch in range(5):
        for xb, yb in loader(x, y, 30):
            optimizer.zero_grad()
            loss = criterion(model(xb), yb)
            if use_fp16:
                (loss * scale).backward()
            else:
                loss.backward()
            for p in model.parameters():
                if p.grad is not None and not mended:
                    p.grad.data.div_(scale)  # fault
            optimizer.step()
            w(xb, yb, loss)


def clip_flat(params, limit, mended):
    """One vector of all gradients, clipped by its norm, and back."""
    flat = torch.cat([p.grad.reshape(-1) for p in params])
    norm = flat.norm()
    if norm > limit:
        flat = flat * (limit / norm)
    at = 0
    for p in params:
        p.grad = flat[at:at + p.numel()].view_as(p).clone()  # fault: residual_net_with_l1
        if mended:
            at += p.numel()


class Residual(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.f = nn.Sequential(nn.Linear(width, width), nn.ReLU(), nn.Linear(width, width))

    def forward(self, x):
        return x + self.f(x)


@loop("loop-gradients-changed")
def residual_net_with_l1(watch, folder, mended=False):
    x, y = numbers(320)
    net = nn.Sequential(nn.Linear(5, 12), Residual(12), Residual(12), nn.Linear(12, 1))
    params = [p for p in net.parameters() if p.requires_grad]
    opt = torch.optim.Adam(params, lr=5e-3)
    w = watch(net, opt, loss="l1", folder=folder)
    for epoch in range(6):
        for xb, yb in loader(x, y, 32):
            opt.zero_grad()
            loss = F.l1_loss(net(xb), yb)
            loss.backward()
            clip_flat(params, 5.0, mended)
            opt.step()
            w(xb, yb, loss)


# loop-other-loss


class Classifier(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(6, 20), nn.ReLU(), nn.Linear(20, 4))

    def forward(self, x):
        return self.net(x)

    def probabilities(self, x):
        return self(x).softmax(-1)


@loop("loop-other-loss")
def four_classes_and_a_worse_sensor(watch, folder, mended=False):
    """Forums: 'loss will not go below 0.74'."""
    x, y = classes(320, 6, 4, seed=5)
    g = torch.Generator().manual_seed(1)
    x = x + torch.randn(x.shape, generator=g)
    y = torch.where(torch.rand(320, generator=g) < 0.12, (y + 1) % 4, y)
    model = Classifier()
    optimizer = torch.optim.Adadelta(model.parameters(), lr=3.0)
    criterion = nn.CrossEntropyLoss()
    w = watch(model, optimizer, loss=criterion, folder=folder)
    for epoch in range(6):
        for xb, yb in loader(x, y, 32):
            outputs = model(xb) if mended else model.probabilities(xb)  # fault
            loss = criterion(outputs, yb)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            w(xb, yb, loss)


@loop("loop-other-loss")
def rare_labels_of_a_table(watch, folder, mended=False):
    """Stack Overflow: 'how to weight the positives in multi-label classification'."""
    g = torch.Generator().manual_seed(11)
    x = torch.randn(500, 5, generator=g)
    y = torch.stack([x[:, 0] + x[:, 1] > 1.8, x[:, 2] > 1.2, x[:, 3] - x[:, 4] > 1.5], 1).float()
    ratio = (len(y) - y.sum(0)) / y.sum(0)
    claimed = nn.BCEWithLogitsLoss(pos_weight=ratio)
    net = nn.Sequential(nn.Linear(5, 16), nn.Tanh(), nn.Linear(16, 3))
    optimizer = torch.optim.AdamW(net.parameters(), lr=2e-2)
    criterion = claimed if mended else nn.BCEWithLogitsLoss(weight=ratio)  # fault
    w = watch(net, optimizer, loss=claimed, folder=folder)
    for epoch in range(6):
        for xb, yb in loader(x, y, 50):
            optimizer.zero_grad()
            loss = criterion(net(xb), yb)
            loss.backward()
            optimizer.step()
            w(xb, yb, loss)
