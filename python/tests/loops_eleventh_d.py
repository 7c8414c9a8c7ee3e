"""Eleventh batch: weights overwritten, another rate, the same batch."""

import copy

import loops_eleventh_data as data
import torch
import torch.nn as nn
import torch.nn.functional as F
from loops import loop
from torch.optim import lr_scheduler
from torch.utils.data import DataLoader, TensorDataset

# loop-weights-overwritten


class EMA:
    """A shadow of the weights, to be put in for an evaluation."""

    def __init__(self, model, decay=0.98):
        self.model, self.decay = model, decay
        self.shadow = {n: p.detach().clone() for n, p in model.named_parameters()}
        self.backup = {}

    @torch.no_grad()
    def update(self):
        for n, p in self.model.named_parameters():
            self.shadow[n].mul_(self.decay).add_(p, alpha=1 - self.decay)

    @torch.no_grad()
    def apply_shadow(self):
        for n, p in self.model.named_parameters():
            self.backup[n] = p.clone()
            p.copy_(self.shadow[n])

    @torch.no_grad()
    def restore(self):
        for n, p in self.model.named_parameters():
            p.copy_(self.backup[n])
        self.backup = {}


@loop("loop-weights-overwritten")
def the_average_stays_after_validation(watch, folder):
    torch.manual_seed(61)
    x, y = data.digits()
    model = nn.Sequential(nn.Conv2d(1, 8, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(128, 5))
    optimizer = torch.optim.AdamW(model.parameters(), lr=5e-3)
    ema = EMA(model)
    criterion = nn.CrossEntropyLoss()
    w = watch(model, optimizer, loss=criterion, folder=folder)
    step, accuracies = 0, []
    for epoch in range(4):
        for xb, yb in DataLoader(TensorDataset(x[:256], y[:256]), batch_size=32, shuffle=True):
            loss = criterion(model(xb), yb)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            ema.update()
            w(xb, yb, loss)
            step += 1
            if step % 4 == 0:
                ema.apply_shadow()  # fault
                with torch.no_grad():
                    accuracies.append((model(x[256:]).argmax(1) == y[256:]).float().mean().item())


def soft_update(local_model, target_model, tau):
    for target, local in zip(target_model.parameters(), local_model.parameters()):
        target.data.copy_(tau * local.data + (1.0 - tau) * target.data)


class Agent:
    """Learns what a state is worth, with a slow copy for the states after it."""

    def __init__(self, lr=5e-3):
        self.local = nn.Sequential(nn.Linear(4, 32), nn.ReLU(), nn.Linear(32, 32), nn.ReLU(), nn.Linear(32, 1))
        self.target = copy.deepcopy(self.local)
        self.optimizer = torch.optim.Adam(self.local.parameters(), lr=lr)

    def learn(self, states, rewards, following, log, gamma=0.5):
        with torch.no_grad():
            goal = rewards + gamma * self.target(following)
        loss = F.mse_loss(self.local(states), goal)
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()
        log(states, goal, loss)
        soft_update(self.target, self.local, 0.9)  # fault: a_soft_update_the_other_way_round


@loop("loop-weights-overwritten")
def a_soft_update_the_other_way_round(watch, folder):
    torch.manual_seed(62)
    states, following, rewards = data.episodes()
    agent = Agent()
    log = watch(agent.local, agent.optimizer, loss="mse", folder=folder)
    for _ in range(40):
        k = torch.randint(0, len(states), (64,))
        agent.learn(states[k], rewards[k], following[k], log)


def init_weights(m):
    if isinstance(m, nn.Linear):
        nn.init.kaiming_uniform_(m.weight, nonlinearity="relu")
        nn.init.zeros_(m.bias)


@loop("loop-weights-overwritten")
def initialized_in_every_epoch(watch, folder):
    torch.manual_seed(63)
    x, y = data.prices()
    model = nn.Sequential(nn.Linear(7, 32), nn.ReLU(), nn.Linear(32, 32), nn.ReLU(), nn.Linear(32, 1))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.02, momentum=0.9, nesterov=True)
    loss_function = nn.MSELoss()
    loader = DataLoader(TensorDataset(x, y.view(-1, 1)), batch_size=80, shuffle=True)
    w = watch(model, optimizer, loss=loss_function, folder=folder)
    for epoch in range(8):
        model.train()
        model.apply(init_weights)  # fault
        for inputs, targets in loader:
            optimizer.zero_grad()
            loss = loss_function(model(inputs), targets)
            loss.backward()
            optimizer.step()
            w(inputs, targets, loss)


# loop-rate-changed


@loop("loop-rate-changed")
def milestones_of_epochs_stepped_in_batches(watch, folder):
    torch.manual_seed(64)
    tokens, _, y = data.reviews()
    model = nn.Sequential(nn.EmbeddingBag(40, 24), nn.Linear(24, 24), nn.ReLU(), nn.Linear(24, 2))
    criterion = nn.CrossEntropyLoss()
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
    scheduler = lr_scheduler.MultiStepLR(optimizer, milestones=[3, 6, 8], gamma=0.1)
    loader = DataLoader(TensorDataset(tokens, y), batch_size=32, shuffle=True)
    w = watch(model, optimizer, loss=criterion, folder=folder)
    for epoch in range(5):
        for text, label in loader:
            optimizer.zero_grad()
            loss = criterion(model(text), label)
            loss.backward()
            optimizer.step()
            scheduler.step()  # fault
            w(text, label, loss)


def adjust_learning_rate(optimizer, epoch):
    """A tenth of the rate after every 4 epochs."""
    factor = 0.1 ** (epoch // 4)
    for param_group in optimizer.param_groups:
        param_group["lr"] = param_group["initial_lr"] * factor


@loop("loop-rate-changed")
def adjusted_by_the_iteration(watch, folder):
    torch.manual_seed(65)
    images, squares = data.masks()
    net = nn.Sequential(nn.Conv2d(1, 10, 5, padding=2), nn.ReLU(), nn.Conv2d(10, 1, 3, padding=1))
    optimizer = torch.optim.SGD(net.parameters(), lr=0.3, momentum=0.9)
    for group in optimizer.param_groups:
        group.setdefault("initial_lr", group["lr"])
    loss_fn = nn.BCEWithLogitsLoss()
    w = watch(net, optimizer, loss=loss_fn, folder=folder)
    iteration = 0
    for epoch in range(3):
        for image, mask in DataLoader(TensorDataset(images, squares), batch_size=16, shuffle=True):
            adjust_learning_rate(optimizer, iteration)  # fault
            loss = loss_fn(net(image), mask)
            optimizer.zero_grad()
            loss.backward()
            w(image, mask, loss)
            optimizer.step()
            iteration += 1


@loop("loop-rate-changed")
def a_plateau_of_the_highest_loss(watch, folder):
    torch.manual_seed(66)
    x, y = data.prices(rows=240)
    y = y[:, None]
    model = nn.Sequential(nn.Linear(7, 40), nn.Tanh(), nn.Linear(40, 1))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.02, momentum=0.8)
    scheduler = lr_scheduler.ReduceLROnPlateau(optimizer, mode="max", factor=0.2, patience=0)  # fault
    criterion = nn.MSELoss()
    w = watch(model, optimizer, loss=criterion, folder=folder)
    for epoch in range(12):
        for k in range(0, 192, 64):
            optimizer.zero_grad()
            loss = criterion(model(x[k : k + 64]), y[k : k + 64])
            loss.backward()
            optimizer.step()
            w(x[k : k + 64], y[k : k + 64], loss)
        with torch.no_grad():
            val_loss = criterion(model(x[192:]), y[192:])
        scheduler.step(val_loss)


# loop-same-batch


@loop("loop-same-batch")
def the_names_of_the_batch_looked_at_first(watch, folder):
    torch.manual_seed(67)
    train_loader = DataLoader(TensorDataset(*data.digits()), batch_size=32, shuffle=True)
    images, labels = next(iter(train_loader))
    assert images.shape == (32, 1, 10, 10)
    assert labels.shape == (32,)
    net = nn.Sequential(nn.Flatten(), nn.Linear(100, 128), nn.ReLU(), nn.Linear(128, 5), nn.LogSoftmax(dim=1))
    criterion = nn.NLLLoss()
    optimizer = torch.optim.SGD(net.parameters(), lr=0.02, momentum=0.9)
    w = watch(net, optimizer, loss=criterion, folder=folder)
    for epoch in range(3):
        running_loss = 0
        for inputs, targets in train_loader:
            optimizer.zero_grad()
            output = net(images)  # fault
            loss = criterion(output, labels)
            loss.backward()
            optimizer.step()
            w(images, labels, loss)
            running_loss += loss.item()


@loop("loop-same-batch")
def a_slice_that_does_not_move(watch, folder):
    torch.manual_seed(68)
    x, y = data.sensors()
    model = nn.Sequential(nn.Flatten(), nn.Linear(28, 48), nn.ReLU(), nn.Linear(48, 1))
    optimizer = torch.optim.Adam(model.parameters(), lr=5e-3)
    batch_size = 30
    n_batches = len(x) // batch_size
    w = watch(model, optimizer, loss="mse", folder=folder)
    shuffle = torch.randperm(len(x))
    x_train, y_train = x[shuffle], y[shuffle]
    for t in range(3):
        for batch in range(n_batches):
            x_batch = x_train[:batch_size]  # fault
            y_batch = y_train[:batch_size]
            y_pred = model(x_batch)
            loss = ((y_pred - y_batch) ** 2).mean()
            model.zero_grad()
            loss.backward()
            w(x_batch, y_batch, loss)
            optimizer.step()


class Bigram(nn.Module):
    def __init__(self, letters=12, width=16):
        super().__init__()
        self.token = nn.Embedding(letters, width)
        self.place = nn.Embedding(8, width)
        self.block = nn.TransformerEncoderLayer(width, 2, 32, dropout=0.0, batch_first=True, norm_first=True)
        self.lm_head = nn.Linear(width, letters)

    def forward(self, idx):
        steps = idx.shape[1]
        h = self.token(idx) + self.place(torch.arange(steps))
        causal = nn.Transformer.generate_square_subsequent_mask(steps)
        return self.lm_head(self.block(h, src_mask=causal, is_causal=True))


def get_batch(source, batch_size=24, block_size=8):
    torch.manual_seed(1337)  # fault: seeded_where_the_batch_is_drawn
    ix = torch.randint(len(source) - block_size, (batch_size,))
    x = torch.stack([source[i : i + block_size] for i in ix])
    y = torch.stack([source[i + 1 : i + block_size + 1] for i in ix])
    return x, y


def token_loss(logits, targets):
    return F.cross_entropy(logits.flatten(0, 1), targets.flatten())


@loop("loop-same-batch")
def seeded_where_the_batch_is_drawn(watch, folder):
    torch.manual_seed(69)
    source = data.text()
    model = Bigram()
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-2)
    w = watch(model, optimizer, loss=token_loss, folder=folder)
    for it in range(40):
        xb, yb = get_batch(source)
        loss = token_loss(model(xb), yb)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()
        w(xb, yb, loss)
