"""The fifth batch's faults: gradients, losses, broadcasts. Written without a look at the rules."""

import torch
import torch.nn.functional as F
from loops import loop
from loops_fifth_data import Records, demand, friedman, glyphs, ratings, reviews, sensors, spirals, tags
from torch import nn, optim
from torch.utils.data import DataLoader, TensorDataset

# loop-gradients-accumulate


class Critic(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(2, 24), nn.LeakyReLU(0.2), nn.Linear(24, 24), nn.LeakyReLU(0.2), nn.Linear(24, 1))

    def forward(self, x):
        return self.net(x)


@loop("loop-gradients-accumulate")
def critic_clears_the_generator(watch, folder):
    real_points, _ = spirals()
    netG = nn.Sequential(nn.Linear(3, 16), nn.ReLU(), nn.Linear(16, 2))
    netD = Critic()
    optimizerD = optim.Adam(netD.parameters(), lr=2e-4, betas=(0.5, 0.999))
    optimizerG = optim.Adam(netG.parameters(), lr=2e-4, betas=(0.5, 0.999))
    criterion = nn.BCEWithLogitsLoss()
    w = watch(netD, optimizerD, loss=criterion, folder=folder)
    for epoch in range(2):
        for (real,) in DataLoader(TensorDataset(real_points), batch_size=20, shuffle=True):
            # (1) update D
            optimizerG.zero_grad()
            fake = netG(torch.randn(len(real), 3)).detach()
            both = torch.cat([real, fake])
            truth = torch.cat([torch.ones(len(real), 1), torch.zeros(len(fake), 1)])
            errD = criterion(netD(both), truth)
            w(both, truth, errD)
            errD.backward()  # fault
            optimizerD.step()
            # (2) update G, D's weights held
            optimizerG.zero_grad()
            for p in netD.parameters():
                p.requires_grad_(False)
            errG = criterion(netD(netG(torch.randn(20, 3))), torch.ones(20, 1))
            errG.backward()
            optimizerG.step()
            for p in netD.parameters():
                p.requires_grad_(True)


@loop("loop-gradients-accumulate")
def zero_grad_without_parentheses(watch, folder):
    ids, lengths, label = reviews()
    model = nn.Sequential(nn.EmbeddingBag(40, 10, mode="sum", padding_idx=0), nn.Tanh(), nn.Linear(10, 1), nn.Flatten(0))
    optimizer = optim.SGD(model.parameters(), lr=0.1)
    w = watch(model, optimizer, loss=nn.BCEWithLogitsLoss(), folder=folder)
    for epoch in range(2):
        for text, target in DataLoader(TensorDataset(ids, label), batch_size=20, shuffle=True):
            optimizer.zero_grad  # fault
            logit = model(text)
            loss = nn.functional.binary_cross_entropy_with_logits(logit, target)
            loss.backward()
            w(text, target, loss)
            optimizer.step()


def train_one_epoch(model, optimizer, train_loader, on_step):
    model.train()
    optimizer.zero_grad()  # fault: cleared_once_an_epoch
    total = 0.0
    for image, mask in train_loader:
        out = model(image)
        loss = F.cross_entropy(out, mask)
        on_step(image, mask, loss)
        loss.backward()
        optimizer.step()
        total += loss.item()
    return total / len(train_loader)


class Segmenter(nn.Module):
    def __init__(self):
        super().__init__()
        self.down = nn.Sequential(nn.Conv2d(1, 6, 3, padding=1), nn.ReLU())
        self.mid = nn.Sequential(nn.MaxPool2d(2), nn.Conv2d(6, 8, 3, padding=1), nn.ReLU(), nn.Upsample(scale_factor=2))
        self.out = nn.Conv2d(14, 3, 1)

    def forward(self, x):
        a = self.down(x)
        return self.out(torch.cat([a, self.mid(a)], 1))


@loop("loop-gradients-accumulate")
def cleared_once_an_epoch(watch, folder):
    x, _, mask = glyphs()
    net = Segmenter()
    optimizer = optim.AdamW(net.parameters(), lr=1e-3)
    w = watch(net, optimizer, loss="cross_entropy", folder=folder)
    loader = DataLoader(TensorDataset(x, mask), batch_size=16, shuffle=True)
    for epoch in range(2):
        train_one_epoch(net, optimizer, loader, w)


# loop-gradients-cleared


@loop("loop-gradients-cleared")
def cleared_between_scale_and_step(watch, folder):
    x, y = friedman()
    model = nn.Sequential(nn.Linear(8, 32), nn.GELU(), nn.Linear(32, 1))
    optimizer = optim.AdamW(model.parameters(), lr=1e-2, weight_decay=0.0)
    scaler = torch.amp.GradScaler("cpu", init_scale=1024.0)
    criterion = nn.MSELoss()
    w = watch(model, optimizer, loss=criterion, folder=folder)
    for epoch in range(2):
        for batch_x, batch_y in DataLoader(TensorDataset(x, y), batch_size=30, shuffle=True):
            with torch.autocast("cpu", dtype=torch.bfloat16):
                pred = model(batch_x)
                loss = criterion(pred.float(), batch_y)
            w(batch_x, batch_y, loss)
            scaler.scale(loss).backward()
            optimizer.zero_grad(set_to_none=False)  # fault
            scaler.step(optimizer)
            scaler.update()


class MultiTask(nn.Module):
    def __init__(self):
        super().__init__()
        self.shared = nn.Sequential(nn.Linear(7, 24), nn.ReLU())
        self.first, self.second = nn.Linear(24, 3), nn.Linear(24, 2)

    def forward(self, x):
        h = self.shared(x)
        return self.first(h), self.second(h)


@loop("loop-gradients-cleared")
def clears_between_two_tasks(watch, folder):
    x, y = tags()
    model = MultiTask()
    optimizer = optim.SGD(model.parameters(), lr=0.1)
    bce = nn.BCEWithLogitsLoss()

    def objective(outputs, targets):
        return bce(outputs[0], targets[0]) + bce(outputs[1], targets[1])

    w = watch(model, optimizer, loss=objective, folder=folder)
    for epoch in range(2):
        for xb, ya, yb in DataLoader(TensorDataset(x, y[:, :3], y[:, 3:]), batch_size=25, shuffle=True):
            first, second = model(xb)
            loss_a, loss_b = bce(first, ya), bce(second, yb)
            optimizer.zero_grad()
            loss_a.backward(retain_graph=True)
            optimizer.zero_grad()  # fault
            loss_b.backward()
            optimizer.step()
            w(xb, (ya, yb), loss_a + loss_b)


def free_memory(model):
    for p in model.parameters():
        p.grad = None  # fault: memory_is_freed_too_early


@loop("loop-gradients-cleared")
def memory_is_freed_too_early(watch, folder):
    x, kind = sensors()

    class GRUNet(nn.Module):
        def __init__(self):
            super().__init__()
            self.gru = nn.GRU(3, 12, batch_first=True, bidirectional=True)
            self.fc = nn.Linear(24, 4)

        def forward(self, x):
            out, h = self.gru(x.transpose(1, 2))
            return self.fc(torch.cat([h[0], h[1]], 1))

    model = GRUNet()
    opt = optim.Adam(model.parameters(), lr=4e-3)
    watcher = watch(model, opt, loss=nn.CrossEntropyLoss(), folder=folder)
    for xb, yb in DataLoader(TensorDataset(x, kind), batch_size=15, shuffle=True):
        loss = F.cross_entropy(model(xb), yb)
        watcher(xb, yb, loss)
        loss.backward()
        free_memory(model)
        opt.step()


# loop-gradients-changed


@loop("loop-gradients-changed")
def clips_what_is_still_scaled(watch, folder):
    x, kind, _ = glyphs()
    model = nn.Sequential(nn.Conv2d(1, 6, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(150, 2))
    optimizer = optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
    scaler = torch.amp.GradScaler("cpu")
    w = watch(model, optimizer, loss="cross_entropy", folder=folder)
    for epoch in range(2):
        for images, labels in DataLoader(TensorDataset(x, kind), batch_size=20, shuffle=True):
            optimizer.zero_grad(set_to_none=True)
            with torch.autocast(device_type="cpu", dtype=torch.bfloat16):
                loss = F.cross_entropy(model(images), labels)
            scaler.scale(loss).backward()
            w(images, labels, loss)
            torch.nn.utils.clip_grad_norm_(model.parameters(), max_norm=1.0)  # fault
            scaler.step(optimizer)
            scaler.update()


@loop("loop-gradients-changed")
def hooks_clamp_to_nothing(watch, folder):
    past, ahead = demand()
    model = nn.Sequential(nn.Linear(14, 32), nn.Softplus(), nn.Linear(32, 4))
    clip_value = 1e-6
    for p in model.parameters():
        p.register_hook(lambda grad: torch.clamp(grad, -clip_value, clip_value))  # fault
    opt = optim.SGD(model.parameters(), lr=0.05)
    w = watch(model, opt, loss="l1", folder=folder)
    for epoch in range(2):
        for xb, yb in DataLoader(TensorDataset(past, ahead), batch_size=20, shuffle=True):
            opt.zero_grad()
            loss = (model(xb) - yb).abs().mean()
            loss.backward()
            opt.step()
            w(xb, yb, loss)


@loop("loop-gradients-changed")
def divided_by_rows_again(watch, folder):
    u, i, r = ratings()

    class Bilinear(nn.Module):
        def __init__(self):
            super().__init__()
            self.u, self.i = nn.Embedding(12, 5), nn.Embedding(15, 5)
            self.bu, self.bi = nn.Embedding(12, 1), nn.Embedding(15, 1)

        def forward(self, batch):
            user, item = batch["user"], batch["item"]
            return (self.u(user) * self.i(item)).sum(-1) + self.bu(user).squeeze(-1) + self.bi(item).squeeze(-1)

    model = Bilinear()
    optimizer = optim.SGD(model.parameters(), lr=0.5)
    data = Records(user=u, item=i, rating=r)
    w = watch(model, optimizer, loss=nn.MSELoss(), folder=folder)
    for epoch in range(2):
        for batch in DataLoader(data, batch_size=32, shuffle=True):
            optimizer.zero_grad()
            loss = F.mse_loss(model(batch), batch["rating"])
            loss.backward()
            for p in model.parameters():
                p.grad.div_(len(data) * 32)  # fault
            optimizer.step()
            w(batch, batch["rating"], loss)


# loop-other-loss


@loop("loop-other-loss")
def sum_over_pixels(watch, folder):
    x, _, mask = glyphs()
    net = nn.Sequential(nn.Conv2d(1, 8, 3, padding=1), nn.ReLU(), nn.Conv2d(8, 3, 3, padding=1))
    criterion = nn.CrossEntropyLoss(reduction="sum")  # fault
    optimizer = optim.SGD(net.parameters(), lr=0.01, momentum=0.9)
    w = watch(net, optimizer, loss="cross_entropy", folder=folder)
    for epoch in range(2):
        for image, target in DataLoader(TensorDataset(x, mask), batch_size=16, shuffle=True):
            optimizer.zero_grad()
            loss = criterion(net(image), target)
            w(image, target, loss)
            loss.backward()
            nn.utils.clip_grad_norm_(net.parameters(), 1.0)
            optimizer.step()


@loop("loop-other-loss")
def likelihood_without_its_sign(watch, folder):
    x, arm = spirals()
    policy = nn.Sequential(nn.Linear(2, 32), nn.Tanh(), nn.Linear(32, 3))
    optimizer = optim.Adam(policy.parameters(), lr=1e-3)
    w = watch(policy, optimizer, loss="cross_entropy", folder=folder)
    for i in range(15):
        pick = torch.randint(0, len(x), (32,))
        state, action = x[pick], arm[pick]
        log_probs = F.log_softmax(policy(state), dim=-1)
        log_likelihood = log_probs.gather(1, action.unsqueeze(1)).squeeze(1)
        loss = log_likelihood.mean()  # fault
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        w(state, action, loss)


@loop("loop-other-loss")
def softmax_ahead_of_the_criterion(watch, folder):
    x, kind = sensors()
    model = nn.Sequential(nn.Flatten(), nn.Linear(48, 24), nn.ReLU(), nn.Dropout(0.1), nn.Linear(24, 4))
    criterion = nn.CrossEntropyLoss()
    opt = optim.Adam(model.parameters(), lr=1e-3)
    w = watch(model, opt, loss=criterion, folder=folder)
    for epoch in range(2):
        for data, label in DataLoader(TensorDataset(x, kind), batch_size=25, shuffle=True):
            opt.zero_grad()
            probs = torch.softmax(model(data), dim=1)
            loss = criterion(probs, label)  # fault
            w(data, label, loss)
            loss.backward()
            opt.step()


# loop-broadcast


@loop("loop-broadcast")
def huber_of_a_column(watch, folder):
    x, y = friedman()
    y = y[:, 0]
    model = nn.Sequential(nn.Linear(8, 24), nn.ELU(), nn.Linear(24, 1))
    optim_ = optim.RAdam(model.parameters(), lr=5e-3)
    loss_fn = nn.HuberLoss()
    w = watch(model, optim_, loss=loss_fn, folder=folder)
    for epoch in range(2):
        for xb, yb in DataLoader(TensorDataset(x, y), batch_size=30, shuffle=True):
            y_hat = model(xb)
            loss = loss_fn(y_hat, yb)  # fault
            optim_.zero_grad()
            loss.backward()
            optim_.step()
            w(xb, yb, loss)


class Forecaster(nn.Module):
    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM(1, 12, batch_first=True)
        self.out = nn.Linear(12, 4)

    def forward(self, series):
        h, _ = self.lstm(series.unsqueeze(-1))
        return self.out(h[:, -1:])  # (batch, 1, 4)


def mae(prediction, truth):
    return torch.mean(torch.abs(prediction - truth))  # fault: days_against_batches


@loop("loop-broadcast")
def days_against_batches(watch, folder):
    past, ahead = demand()
    model = Forecaster()
    opt = optim.Adam(model.parameters(), lr=5e-3)
    w = watch(model, opt, loss="l1", folder=folder)
    for epoch in range(2):
        for xb, yb in DataLoader(TensorDataset(past, ahead), batch_size=20, shuffle=True):
            opt.zero_grad()
            loss = mae(model(xb), yb)
            w(xb, yb, loss)
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 5.0)
            opt.step()


class Rater(nn.Module):
    def __init__(self):
        super().__init__()
        self.user, self.item = nn.Embedding(12, 4), nn.Embedding(15, 4)
        self.top = nn.Linear(8, 1)

    def forward(self, user, item):
        return self.top(torch.tanh(torch.cat([self.user(user), self.item(item)], 1)))


@loop("loop-broadcast")
def weighted_squares_by_hand(watch, folder):
    u, i, r = ratings()
    net = Rater()
    optimizer = optim.SGD(net.parameters(), lr=0.2, momentum=0.5)
    w = watch(net, optimizer, loss="mse", folder=folder)
    order = torch.randperm(len(r))
    for step in range(12):
        rows = order[(step * 25) % 200 : (step * 25) % 200 + 25]
        error = net(u[rows], i[rows]) - r[rows]  # fault
        loss = error.pow(2).mean()
        optimizer.zero_grad()
        loss.backward()
        w((u[rows], i[rows]), r[rows], loss)
        optimizer.step()
