"""A tenth batch of loops, first half of the faults."""

import torch
from loops import loop
from torch import nn, optim
from torch.nn import functional as F
from torch.utils.data import DataLoader, TensorDataset


def houses(n=400, seed=11):
    """Area, rooms, age, distance, the number of the district; a price (n, 1)."""
    g = torch.Generator().manual_seed(seed)
    num = torch.randn(n, 4, generator=g)
    district = torch.randint(0, 7, (n,), generator=g)
    level = torch.linspace(-1, 1, 7)[district]
    price = 1.5 * num[:, 0] + 0.7 * num[:, 1] - 0.5 * num[:, 2] + level + 0.2 * torch.randn(n, generator=g)
    return torch.cat([num, district.unsqueeze(1).float()], dim=1), price.unsqueeze(1)


def glyphs(n=320, classes=4, size=10, seed=12):
    """A bright bar at one of four positions."""
    g = torch.Generator().manual_seed(seed)
    y = torch.randint(0, classes, (n,), generator=g)
    x = 0.5 * torch.rand(n, 1, size, size, generator=g)
    for i in range(n):
        k = int(y[i])
        if k < 2:
            x[i, 0, 2 + 5 * k] += 0.8
        else:
            x[i, 0, :, 2 + 5 * (k - 2)] += 0.8
    return x, y


def sentences(n=300, vocab=40, length=9, seed=13):
    """Token rows; the label says whether more tokens are 'positive' than not."""
    g = torch.Generator().manual_seed(seed)
    x = torch.randint(1, vocab, (n, length), generator=g)
    y = ((x > vocab // 2).sum(1) > length // 2).long()
    return x, y


def sensor(n=360, length=16, channels=3, seed=14):
    """Several channels of noisy oscillation, the frequency to be told."""
    g = torch.Generator().manual_seed(seed)
    f = 0.3 + torch.rand(n, 1, 1, generator=g)
    t = torch.arange(length).float()[None, :, None]
    phase = torch.rand(n, 1, channels, generator=g) * 6.28
    x = torch.sin(f * t + phase) + 0.1 * torch.randn(n, length, channels, generator=g)
    return x, f[:, :, 0]


def patients(n=350, seed=15):
    g = torch.Generator().manual_seed(seed)
    x = torch.randn(n, 8, generator=g)
    p = torch.sigmoid(1.4 * x[:, 0] - x[:, 3] + 0.8 * x[:, 5])
    return x, (torch.rand(n, generator=g) < p).float()


# loop-wrong-parameters


class PriceNet(nn.Module):
    def __init__(self, districts=7, blocks=3, width=24):
        super().__init__()
        self.embed = nn.Embedding(districts, 4)
        self.inp = nn.Linear(8, width)
        self.blocks = nn.ModuleList([nn.Linear(width, width) for _ in range(blocks)])
        self.norm = nn.LayerNorm(width)
        self.out = nn.Linear(width, 1)

    def forward(self, x):
        district = self.embed(x[:, 4].long())
        h = F.relu(self.inp(torch.cat([x[:, :4], district], dim=1)))
        for block in self.blocks:
            h = h + F.relu(block(h))
        return self.out(self.norm(h))


@loop("loop-wrong-parameters")
def decay_groups_that_lost_the_weights(watch, folder):
    torch.manual_seed(1)
    x, price = houses()
    net = PriceNet()
    decay, no_decay = [], []
    for name, p in net.named_parameters():
        if name.endswith("bias") or "norm" in name or "embed" in name:
            no_decay.append(p)
        elif name.endswith(".kernel"):  # fault
            decay.append(p)
    groups = [{"params": decay, "weight_decay": 0.01}, {"params": no_decay, "weight_decay": 0.0}]
    opt = optim.AdamW(groups, lr=3e-3)
    w = watch(net, opt, loss="smooth_l1", folder=folder)
    ds = TensorDataset(x, price)
    for epoch in range(2):
        for xb, t in DataLoader(ds, batch_size=32, shuffle=True):
            opt.zero_grad(set_to_none=True)
            loss = F.smooth_l1_loss(net(xb), t)
            loss.backward()
            opt.step()
            w(xb, t, loss)


class Tagger(nn.Module):
    def __init__(self, vocab=40, hidden=16):
        super().__init__()
        self.emb = nn.Embedding(vocab, 12)
        self.gru = nn.GRU(12, hidden, batch_first=True, bidirectional=True)
        self.fc = nn.Linear(2 * hidden, 2)

    def forward(self, x):
        out, _ = self.gru(self.emb(x))
        return self.fc(out.mean(1))


@loop("loop-wrong-parameters")
def optimizer_of_the_previous_fold(watch, folder):
    x, y = sentences()
    criterion = nn.CrossEntropyLoss()
    torch.manual_seed(2)
    model = Tagger()
    optimizer = optim.Adam(model.parameters(), lr=0.005)  # fault
    folds = torch.arange(len(x)) % 3
    for fold in range(2):
        train = (folds != fold).nonzero().flatten()
        if fold > 0:
            model = Tagger()  # start each fold from scratch
            w = watch(model, optimizer, loss="cross_entropy", folder=folder)
        for step in range(20):
            pick = train[torch.randperm(len(train))[:32]]
            logits = model(x[pick])
            loss = criterion(logits, y[pick])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            if fold > 0:
                w(x[pick], y[pick], loss)


# loop-no-update


class Trainer:
    """A trainer with the usual hooks."""

    def __init__(self, model, optimizer, recorder, clip=1.0):
        self.model, self.optimizer, self.recorder, self.clip = model, optimizer, recorder, clip
        self.step_count = 0
        self.scheduler = optim.lr_scheduler.StepLR(optimizer, step_size=30, gamma=0.5)

    def training_step(self, batch):
        x, y = batch
        return F.cross_entropy(self.model(x), y)

    def optimizer_step(self, loss):
        self.optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(self.model.parameters(), self.clip)
        self.scheduler.step()  # fault

    def fit(self, data, epochs):
        self.model.train()
        for _ in range(epochs):
            for batch in data:
                loss = self.training_step(batch)
                self.optimizer_step(loss)
                self.recorder(batch[0], batch[1], loss)
                self.step_count += 1


@loop("loop-no-update")
def trainer_steps_only_the_scheduler(watch, folder):
    torch.manual_seed(3)
    x, y = glyphs()
    net = nn.Sequential(
        nn.Conv2d(1, 8, 3, padding=1), nn.BatchNorm2d(8), nn.ReLU(), nn.AvgPool2d(2), nn.Flatten(), nn.Linear(200, 4)
    )
    opt = optim.SGD(net.parameters(), lr=0.05, momentum=0.9, weight_decay=1e-4)
    w = watch(net, opt, loss="cross_entropy", folder=folder)
    Trainer(net, opt, w).fit(DataLoader(TensorDataset(x, y), batch_size=32, shuffle=True), epochs=2)


@loop("loop-no-update")
def loss_made_anew_with_requires_grad(watch, folder):
    torch.manual_seed(4)
    x, y = patients()
    clf = nn.Sequential(nn.Linear(8, 16), nn.Tanh(), nn.Linear(16, 1), nn.Sigmoid())
    opt = optim.Adam(clf.parameters(), lr=0.01)
    w = watch(clf, opt, loss="bce", folder=folder)
    for step in range(24):
        i = torch.randint(0, len(x), (48,))
        p = clf(x[i]).squeeze(1)
        losses = []
        for pi, yi in zip(p, y[i]):
            losses.append(F.binary_cross_entropy(pi, yi).item())
        # "element 0 of tensors does not require grad", so:
        loss = torch.tensor(losses, requires_grad=True).mean()  # fault
        opt.zero_grad()
        loss.backward()
        opt.step()
        w(x[i], y[i], loss)


# loop-detached


class PatchClassifier(nn.Module):
    def __init__(self, classes=4, dim=24):
        super().__init__()
        self.patch = nn.Conv2d(1, dim, kernel_size=5, stride=5)
        self.pos = nn.Parameter(0.02 * torch.randn(1, 4, dim))
        self.attn = nn.MultiheadAttention(dim, 4, batch_first=True)
        self.norm = nn.LayerNorm(dim)
        self.mlp = nn.Sequential(nn.Linear(dim, 48), nn.GELU(), nn.Linear(48, dim))
        self.head = nn.Linear(dim, classes)

    def tokens(self, x):
        t = self.patch(x).flatten(2).transpose(1, 2)
        return torch.tensor(t.tolist()) + self.pos  # fault

    def forward(self, x):
        t = self.tokens(x)
        a, _ = self.attn(t, t, t)
        t = self.norm(t + a)
        t = t + self.mlp(t)
        return self.head(t.mean(1))


@loop("loop-detached")
def patch_tokens_rebuilt_from_a_list(watch, folder):
    torch.manual_seed(5)
    x, y = glyphs(seed=22)
    model = PatchClassifier()
    optimizer = optim.AdamW(model.parameters(), lr=2e-3)
    w = watch(model, optimizer, loss="cross_entropy", folder=folder)
    for epoch in range(2):
        for images, labels in DataLoader(TensorDataset(x, y), batch_size=20, shuffle=True):
            outputs = model(images)
            loss = F.cross_entropy(outputs, labels)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            w(images, labels, loss)


class Seq2Value(nn.Module):
    """Encode the series, then read it out with a small decoder."""

    def __init__(self, channels=3, hidden=20):
        super().__init__()
        self.encoder = nn.LSTM(channels, hidden, batch_first=True)
        self.bridge = nn.Linear(hidden, hidden)
        self.decoder = nn.Sequential(nn.Linear(hidden, 16), nn.ELU(), nn.Linear(16, 1))

    def encode(self, x):
        with torch.no_grad():  # fault
            _, (h, c) = self.encoder(x)
        return torch.tanh(self.bridge(h[-1] + c[-1]))

    def forward(self, x):
        return self.decoder(self.encode(x))


@loop("loop-detached")
def encoder_left_under_no_grad(watch, folder):
    torch.manual_seed(6)
    x, y = sensor()
    net = Seq2Value()
    opt = optim.Adam(net.parameters(), lr=4e-3)
    loss_fn = nn.HuberLoss(delta=0.5)
    w = watch(net, opt, loss=nn.HuberLoss(delta=0.5), folder=folder)
    for it in range(30):
        idx = torch.randperm(len(x))[:40]
        pred = net(x[idx])
        loss = loss_fn(pred, y[idx])
        w(x[idx], y[idx], loss)
        opt.zero_grad()
        loss.backward()
        opt.step()


# loop-eval-mode


@torch.no_grad()
def accuracy(model, x, y):
    model.eval()  # fault
    return (model(x).argmax(1) == y).float().mean().item()


@loop("loop-eval-mode")
def accuracy_every_few_steps_never_back(watch, folder):
    torch.manual_seed(7)
    x, y = glyphs(seed=23)
    tx, ty, vx, vy = x[:256], y[:256], x[256:], y[256:]
    model = nn.Sequential(
        nn.Conv2d(1, 8, 3), nn.BatchNorm2d(8), nn.LeakyReLU(0.1),
        nn.Conv2d(8, 12, 3, stride=2), nn.BatchNorm2d(12), nn.LeakyReLU(0.1),
        nn.AdaptiveAvgPool2d(3), nn.Flatten(), nn.Dropout(0.25), nn.Linear(108, 4),
    )
    optimizer = optim.Adam(model.parameters(), lr=3e-3)
    w = watch(model, optimizer, loss="cross_entropy", folder=folder)
    history = [accuracy(model, vx, vy)]
    step = 0
    while step < 32:
        for xb, yb in DataLoader(TensorDataset(tx, ty), batch_size=32, shuffle=True):
            optimizer.zero_grad()
            loss = F.cross_entropy(model(xb), yb)
            loss.backward()
            optimizer.step()
            w(xb, yb, loss)
            step += 1
            if step % 8 == 0:
                history.append(accuracy(model, vx, vy))


class TextTransformer(nn.Module):
    def __init__(self, vocab=40, d=24):
        super().__init__()
        self.emb = nn.Embedding(vocab, d)
        layer = nn.TransformerEncoderLayer(d, 4, dim_feedforward=48, dropout=0.3, batch_first=True)
        self.enc = nn.TransformerEncoder(layer, 2, enable_nested_tensor=False)
        self.cls = nn.Linear(d, 2)

    def forward(self, ids):
        return F.log_softmax(self.cls(self.enc(self.emb(ids)).mean(1)), dim=-1)


@loop("loop-eval-mode")
def fine_tuned_as_it_was_loaded(watch, folder):
    torch.manual_seed(8)
    x, y = sentences(seed=24)

    def from_pretrained():
        m = TextTransformer()
        m.load_state_dict(TextTransformer().state_dict())
        return m.eval()  # fault

    net = from_pretrained()
    opt = optim.AdamW(net.parameters(), lr=1e-3)
    w = watch(net, opt, loss="nll", folder=folder)
    for ids, labels in DataLoader(TensorDataset(x, y), batch_size=15, shuffle=True):
        loss = F.nll_loss(net(ids), labels)
        loss.backward()
        opt.step()
        opt.zero_grad()
        w(ids, labels, loss)


# loop-gradients-accumulate


@loop("loop-gradients-accumulate")
def zero_grad_once_an_epoch(watch, folder):
    torch.manual_seed(9)
    x, price = houses(seed=25)
    model = PriceNet(blocks=1)
    optimizer = optim.SGD(model.parameters(), lr=0.003)
    mse = nn.MSELoss()
    w = watch(model, optimizer, loss="mse", folder=folder)
    for epoch in range(2):
        optimizer.zero_grad()  # fault
        total = 0.0
        for xb, t in DataLoader(TensorDataset(x, price), batch_size=25, shuffle=True):
            loss = mse(model(xb), t)
            loss.backward()
            optimizer.step()
            w(xb, t, loss)
            total += loss.item()


class Policy(nn.Module):
    def __init__(self):
        super().__init__()
        self.trunk = nn.Sequential(nn.Linear(4, 32), nn.ReLU())
        self.q = nn.Linear(32, 3)

    def forward(self, s):
        return self.q(self.trunk(s))


@loop("loop-gradients-accumulate")
def behaviour_cloning_zeroing_the_input_grad(watch, folder):
    torch.manual_seed(10)
    g = torch.Generator().manual_seed(26)
    states = torch.randn(500, 4, generator=g)
    rule = torch.randn(4, 3, generator=g)
    actions = (states @ rule).argmax(1)
    agent = Policy()
    opt = optim.Adam(agent.parameters(), lr=5e-3)
    w = watch(agent, opt, loss="cross_entropy", folder=folder)
    for i in range(36):
        rows = torch.randint(0, 500, (32,))
        s, a = states[rows], actions[rows]
        logits = agent(s)
        logits.grad = None  # fault
        loss = F.cross_entropy(logits, a)
        loss.backward()
        opt.step()
        w(s, a, loss)


# loop-gradients-cleared


@loop("loop-gradients-cleared")
def logging_helper_that_zeroes(watch, folder):
    torch.manual_seed(11)
    x, y = sensor(seed=27)
    x = x.transpose(1, 2)
    model = nn.Sequential(
        nn.Conv1d(3, 10, 5, padding=2), nn.ReLU(), nn.MaxPool1d(2), nn.Conv1d(10, 10, 3), nn.ReLU(),
        nn.AdaptiveAvgPool1d(2), nn.Flatten(), nn.Linear(20, 1),
    )
    optimizer = optim.RMSprop(model.parameters(), lr=2e-3)
    norms = []

    def log_gradients():
        norms.append(sum(float(p.grad.norm()) for p in model.parameters()))
        for p in model.parameters():
            p.grad.zero_()  # fault

    w = watch(model, optimizer, loss="l1", folder=folder)
    for xb, yb in DataLoader(TensorDataset(x, y), batch_size=15, shuffle=True):
        loss = F.l1_loss(model(xb), yb)
        loss.backward()
        log_gradients()
        optimizer.step()
        w(xb, yb, loss)


@loop("loop-gradients-cleared")
def autoencoder_with_the_lines_swapped(watch, folder):
    torch.manual_seed(12)
    g = torch.Generator().manual_seed(28)
    data = torch.tanh(torch.randn(300, 3, generator=g) @ torch.randn(3, 20, generator=g))
    encoder = nn.Sequential(nn.Linear(20, 12), nn.ReLU(), nn.Linear(12, 3))
    decoder = nn.Sequential(nn.Linear(3, 12), nn.ReLU(), nn.Linear(12, 20), nn.Tanh())
    ae = nn.Sequential(encoder, decoder)
    optimizer = optim.Adam(ae.parameters(), lr=1e-2)
    w = watch(ae, optimizer, loss="mse", folder=folder)
    for epoch in range(3):
        order = torch.randperm(300)
        for k in range(0, 300, 30):
            batch = data[order[k:k + 30]]
            loss = F.mse_loss(ae(batch), batch)
            w(batch, batch, loss)
            loss.backward()
            ae.zero_grad()  # fault
            optimizer.step()


# loop-gradients-changed


@loop("loop-gradients-changed")
def clipped_by_the_decay_constant(watch, folder):
    torch.manual_seed(13)
    config = {"lr": 0.05, "momentum": 0.9, "clip": 1e-5, "epochs": 2, "batch": 20}
    x, y = glyphs(seed=29)
    model = nn.Sequential(nn.Flatten(), nn.Linear(100, 40), nn.ReLU(), nn.Linear(40, 4))
    optimizer = optim.SGD(model.parameters(), lr=config["lr"], momentum=config["momentum"])
    w = watch(model, optimizer, loss="cross_entropy", folder=folder)
    for epoch in range(config["epochs"]):
        for xb, yb in DataLoader(TensorDataset(x, y), batch_size=config["batch"], shuffle=True):
            optimizer.zero_grad()
            loss = F.cross_entropy(model(xb), yb)
            loss.backward()
            nn.utils.clip_grad_value_(model.parameters(), config["clip"])  # fault
            optimizer.step()
            w(xb, yb, loss)


@loop("loop-gradients-changed")
def unscaled_without_a_scaler(watch, folder):
    torch.manual_seed(14)
    x, y = sentences(seed=30)
    net = Tagger()
    opt = optim.SGD(net.parameters(), lr=0.3)
    loss_scale = 128.0
    w = watch(net, opt, loss="cross_entropy", folder=folder)
    for step in range(30):
        rows = torch.randperm(len(x))[:32]
        opt.zero_grad()
        loss = F.cross_entropy(net(x[rows]), y[rows])
        loss.backward()  # the float16 run had (loss * loss_scale).backward()
        with torch.no_grad():
            for p in net.parameters():
                if p.grad is not None:
                    p.grad.div_(loss_scale)  # fault
        opt.step()
        w(x[rows], y[rows], loss)
