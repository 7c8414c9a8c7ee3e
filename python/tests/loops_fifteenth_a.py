"""Fifteenth batch, blind: wrong parameters, no update, detached."""

import torch
from loops import classes, loader, loop, numbers, pictures, waves
from torch import nn
from torch.nn import functional as F

# loop-wrong-parameters


class TinyResNet(nn.Module):
    def __init__(self, num_classes=10, width=8):
        super().__init__()
        self.stem = nn.Conv2d(1, width, 3, padding=1)
        self.block = nn.Sequential(nn.Conv2d(width, width, 3, padding=1), nn.ReLU(),
                                   nn.Conv2d(width, width, 3, padding=1))
        self.pool = nn.AdaptiveAvgPool2d(2)
        self.fc = nn.Linear(4 * width, num_classes)

    def forward(self, x):
        x = F.relu(self.stem(x))
        x = F.relu(x + self.block(x))
        return self.fc(self.pool(x).flatten(1))


@loop("loop-wrong-parameters")
def ten_classes_become_two(watch, folder):
    """Transfer tutorial homework: the fc layer of the 'pretrained' net is swapped once everything else is set up."""
    x, y = pictures(200)
    model = TinyResNet()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.9)
    model.fc = nn.Linear(32, 2)  # fault
    criterion = nn.CrossEntropyLoss()
    w = watch(model, optimizer, loss=criterion, folder=folder)
    for epoch in range(5):
        running = 0.0
        for images, labels in loader(x, y, 20):
            optimizer.zero_grad()
            loss = criterion(model(images), labels)
            loss.backward()
            optimizer.step()
            w(images, labels, loss)
            running += loss.item()


def build_model(hidden=20):
    return nn.Sequential(nn.Linear(5, hidden), nn.LayerNorm(hidden), nn.SiLU(), nn.Linear(hidden, 1))


@loop("loop-wrong-parameters")
def five_folds(watch, folder):
    """Kaggle: 'k-fold in PyTorch, validation loss is the same in every epoch'."""
    x, y = numbers(300)
    model = build_model()
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-2)  # fault
    scores = []
    folds = torch.arange(len(x)) % 5
    w = None
    for k in range(2):
        model = build_model()
        w = w or watch(model, optimizer, loss="mse", folder=folder)
        train, held = folds != k, folds == k
        for epoch in range(4):
            for xb, yb in loader(x[train], y[train], 24):
                loss = F.mse_loss(model(xb), yb)
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
                if k == 0:
                    w(xb, yb, loss)
        with torch.no_grad():
            scores.append(F.mse_loss(model(x[held]), y[held]).item())


class ConvThenDense(nn.Module):
    """Does not need to be told the size of the flattened features."""

    def __init__(self, channels=6, hidden=24):
        super().__init__()
        self.features = nn.Sequential(nn.Conv1d(1, channels, 3), nn.Tanh())
        self.hidden = hidden
        self.dense = None
        self.out = nn.Linear(hidden, 1)

    def forward(self, x):
        h = self.features(x.transpose(1, 2)).flatten(1)
        if self.dense is None:
            self.dense = nn.Linear(h.shape[1], self.hidden)
        return self.out(torch.tanh(self.dense(h)))


@loop("loop-wrong-parameters")
def size_known_at_the_first_picture(watch, folder):
    """Forums: 'how to avoid computing the in_features by hand', with an answer that builds the layer in forward."""
    x, y = waves(240)
    net = ConvThenDense()
    opt = torch.optim.Adagrad(net.parameters(), lr=0.01)  # fault
    w = watch(net, opt, loss="mse", folder=folder)
    for epoch in range(6):
        for xb, yb in loader(x, y, 24):
            out = net(xb)
            loss = ((out - yb) ** 2).mean()
            opt.zero_grad()
            loss.backward()
            opt.step()
            w(xb, yb, loss)


# loop-no-update


class ThreeHeads(nn.Module):
    def __init__(self):
        super().__init__()
        self.trunk = nn.Sequential(nn.Linear(6, 24), nn.ReLU())
        self.heads = nn.ModuleList(nn.Linear(24, 1) for _ in range(3))

    def forward(self, x):
        h = self.trunk(x)
        return torch.cat([head(h) for head in self.heads], 1)


@loop("loop-no-update")
def one_loss_for_each_head(watch, folder):
    """Stack Overflow: 'how to combine a list of losses' ('only tensors of floats can require gradients' solved)."""
    g = torch.Generator().manual_seed(5)
    x = torch.randn(300, 6, generator=g)
    y = x @ torch.randn(6, 3, generator=g)
    model = ThreeHeads()
    optimizer = torch.optim.Adamax(model.parameters(), lr=2e-2)
    w = watch(model, optimizer, loss=nn.MSELoss(), folder=folder)
    for epoch in range(6):
        for xb, yb in loader(x, y, 30):
            optimizer.zero_grad()
            out = model(xb)
            losses = [F.mse_loss(out[:, k], yb[:, k]).item() for k in range(3)]  # fault
            loss = torch.tensor(losses, requires_grad=True).mean()
            loss.backward()
            optimizer.step()
            w(xb, yb, loss)


@loop("loop-no-update")
def mixed_precision_where_there_is_one(watch, folder):
    """GitHub: 'works on my GPU, on the laptop the loss stays'."""
    x, y = classes(300, 8, 4)
    net = nn.Sequential(nn.Linear(8, 32), nn.GELU(), nn.Linear(32, 4))
    optimizer = torch.optim.RAdam(net.parameters(), lr=1e-2)
    use_amp = False  # torch.cuda.is_available()
    scaler = torch.amp.GradScaler("cpu", enabled=use_amp)
    w = watch(net, optimizer, loss="cross_entropy", folder=folder)
    for epoch in range(5):
        for xb, yb in loader(x, y, 30):
            optimizer.zero_grad(set_to_none=True)
            with torch.autocast("cpu", torch.bfloat16, enabled=use_amp):
                loss = F.cross_entropy(net(xb), yb)
            scaler.scale(loss).backward()
            if scaler.is_enabled():  # fault
                scaler.unscale_(optimizer)
                nn.utils.clip_grad_norm_(net.parameters(), 5.0)
                scaler.step(optimizer)
                scaler.update()
            w(xb, yb, loss)


@loop("loop-no-update")
def second_order_homework(watch, folder):
    """Stack Overflow: 'LBFGS does not change the loss', a closure as in the docs."""
    x, y = numbers(320)
    net = nn.Sequential(nn.Linear(5, 10), nn.Softplus(), nn.Linear(10, 1))
    lbfgs = torch.optim.LBFGS(net.parameters(), max_iter=4, line_search_fn="strong_wolfe")
    mse = nn.MSELoss()
    w = watch(net, lbfgs, loss=mse, folder=folder)
    for epoch in range(3):
        for xb, yb in loader(x, y, 64):

            def closure():
                lbfgs.zero_grad()
                loss = mse(net(xb), yb)
                return loss  # fault

            loss = lbfgs.step(closure)
            w(xb, yb, loss)


# loop-detached


class RingGraph(nn.Module):
    """Nodes on a ring; two rounds of messages, then the largest value of each feature over the nodes."""

    def __init__(self, width=3, hidden=16):
        super().__init__()
        self.first = nn.Linear(2 * width, hidden)
        self.second = nn.Linear(2 * hidden, hidden)
        self.out = nn.Linear(hidden, 1)

    @staticmethod
    def gather(h):
        return torch.cat([h, (h.roll(1, 1) + h.roll(-1, 1)) / 2], -1)

    def forward(self, nodes):
        h = F.elu(self.first(self.gather(nodes)))
        h = F.elu(self.second(self.gather(h)))
        pooled = torch.stack([torch.tensor(graph.max(0).values.tolist()) for graph in h])  # fault: rings_of_nodes
        return self.out(pooled)


@loop("loop-detached")
def rings_of_nodes(watch, folder):
    """GitHub issue of a graph library: own readout, graph by graph."""
    g = torch.Generator().manual_seed(2)
    nodes = torch.randn(240, 6, 3, generator=g)
    y = (nodes[:, :, 0] * nodes.roll(1, 1)[:, :, 0]).sum(1, keepdim=True)
    model = RingGraph()
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
    w = watch(model, optimizer, loss="mse", folder=folder)
    for epoch in range(8):
        for xb, yb in loader(nodes, y, 24):
            loss = F.mse_loss(model(xb), yb)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            w(xb, yb, loss)


class Tagger(nn.Module):
    def __init__(self, vocab=24, dim=12, tags=3):
        super().__init__()
        self.embedding = nn.Embedding(vocab, dim)
        self.encoder = nn.GRU(dim, dim, batch_first=True)
        self.classifier = nn.Linear(dim, tags)

    def forward(self, ids):
        with torch.no_grad():  # fault: encoder_is_trained_as_well_now
            states, last = self.encoder(self.embedding(ids))
        return self.classifier(last[-1])


@loop("loop-detached")
def encoder_is_trained_as_well_now(watch, folder):
    """Forums: fine-tuning in a second stage."""
    g = torch.Generator().manual_seed(4)
    ids = torch.randint(0, 24, (300, 6), generator=g)
    y = (ids // 8).mode(1).values
    model = Tagger()
    for p in model.parameters():
        p.requires_grad = True
    optimizer = torch.optim.AdamW([{"params": model.embedding.parameters(), "lr": 2e-2},
                                   {"params": model.encoder.parameters(), "lr": 1e-2},
                                   {"params": model.classifier.parameters(), "lr": 2e-2}])
    w = watch(model, optimizer, loss="cross_entropy", folder=folder)
    for epoch in range(6):
        for xb, yb in loader(ids, y, 30):
            optimizer.zero_grad()
            loss = F.cross_entropy(model(xb), yb)
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 5.0)
            optimizer.step()
            w(xb, yb, loss)


class Experts(nn.Module):
    def __init__(self, width=2, count=4):
        super().__init__()
        self.gate = nn.Linear(width, count)
        self.experts = nn.ModuleList(nn.Linear(width, 1) for _ in range(count))

    def forward(self, x):
        scores = self.gate(x)
        chosen = F.one_hot(scores.argmax(1), scores.shape[1]).float()  # fault: one_expert_per_row
        answers = torch.cat([expert(x) for expert in self.experts], 1)
        return (chosen * answers).sum(1, keepdim=True)


@loop("loop-detached")
def one_expert_per_row(watch, folder):
    """Reddit: 'my mixture of experts never changes which expert it picks'."""
    g = torch.Generator().manual_seed(6)
    x = torch.randn(400, 2, generator=g)
    y = torch.where(x[:, :1] > 0, 3 * x[:, 1:], -3 * x[:, 1:] + 1)
    net = Experts()
    opt = torch.optim.Adam(net.parameters(), lr=3e-2)
    w = watch(net, opt, loss=nn.MSELoss(), folder=folder)
    it = 0
    while it < 100:
        at = torch.randperm(400, generator=g)[:40]
        loss = F.mse_loss(net(x[at]), y[at])
        opt.zero_grad()
        loss.backward()
        opt.step()
        w(x[at], y[at], loss)
        it += 1
