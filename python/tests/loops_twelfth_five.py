"""Twelfth batch: rates that are changed, and the same batch over and over."""

import torch
from loops import loader, loop
from loops_twelfth_data import masks, phrases, ratings, signs
from torch import nn
from torch.nn import functional as F
from torch.utils.data import DataLoader, Dataset, TensorDataset

# loop-rate-changed


# ivadomed/ivadomed pull request 55: the scheduler steps in the loop over batches
@loop("loop-rate-changed")
def scheduler_in_the_loop_over_batches(watch, folder):
    torch.manual_seed(41)
    images, boxes = masks(128, seed=42)
    net = nn.Sequential(
        nn.Conv2d(1, 8, 3, padding=1), nn.ReLU(), nn.Conv2d(8, 8, 3, padding=1), nn.ReLU(), nn.Conv2d(8, 1, 1)
    )
    optimizer = torch.optim.Adam(net.parameters(), lr=5e-3)
    scheduler = torch.optim.lr_scheduler.StepLR(optimizer, step_size=3, gamma=0.1)
    criterion = nn.BCEWithLogitsLoss()
    w = watch(net, optimizer, loss=criterion, folder=folder)
    for epoch in range(6):
        net.train()
        for x, y in loader(images, boxes, 16):
            optimizer.zero_grad()
            loss = criterion(net(x), y)
            loss.backward()
            optimizer.step()
            w(x, y, loss)
            scheduler.step()  # fault


class Classifier(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(30, 16)
        self.position = nn.Parameter(0.02 * torch.randn(8, 16))
        self.layer = nn.TransformerEncoderLayer(16, 2, 32, dropout=0.1, batch_first=True)
        self.head = nn.Linear(16, 2)

    def forward(self, ids):
        return self.head(self.layer(self.embed(ids) + self.position)[:, 0])


def get_linear_schedule(optimizer, num_training_steps):
    return torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: max(0.0, 1 - step / num_training_steps))


# The number of epochs for that of steps (a rate that falls too fast: meta-llama/llama-cookbook issue 27)
@loop("loop-rate-changed")
def linear_schedule_over_epochs(watch, folder):
    torch.manual_seed(42)
    train_dataloader = loader(*phrases(320, seed=43), 32)
    num_epochs = 6
    model = Classifier()
    optimizer = torch.optim.AdamW(model.parameters(), lr=5e-3)
    lr_scheduler = get_linear_schedule(optimizer, num_training_steps=num_epochs)  # fault
    w = watch(model, optimizer, loss="cross_entropy", folder=folder)
    for epoch in range(num_epochs):
        for batch in train_dataloader:
            ids, labels = batch
            loss = F.cross_entropy(model(ids), labels)
            loss.backward()
            optimizer.step()
            lr_scheduler.step()
            optimizer.zero_grad()
            w(ids, labels, loss)


def exp_lr_scheduler(optimizer, itr, lr_decay_step=2, gamma=0.3):
    """Lower the rate at every second pass."""
    if itr > 0 and itr % lr_decay_step == 0:
        for group in optimizer.param_groups:
            group["lr"] *= gamma


class Tracker(nn.Module):
    """Where is the patch of the second picture, as against the first?"""

    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(nn.Conv2d(1, 6, 4, stride=2), nn.ReLU(), nn.Flatten())
        self.regressor = nn.Sequential(nn.Linear(300, 32), nn.ReLU(), nn.Linear(32, 2))

    def forward(self, both):
        return self.regressor(torch.cat([self.features(both[:, :1]), self.features(both[:, 1:])], 1))


# amoudgl/pygoturn issue 16: the rate goes on falling for each batch of the same iteration
@loop("loop-rate-changed")
def decayed_for_every_batch_of_a_pass(watch, folder):
    torch.manual_seed(43)
    x, y = signs(256, seed=44)
    where = torch.stack([y // 2, y % 2], 1).float()
    pairs = torch.stack([x[:-1, 0], x[1:, 0]], 1)
    moves = where[1:] - where[:-1]
    model = Tracker()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.02, momentum=0.9)
    w = watch(model, optimizer, loss=nn.MSELoss(), folder=folder)
    batches = loader(pairs, moves, 32)
    for itr in range(1, 8):
        for previous_and_current, move in batches:
            exp_lr_scheduler(optimizer, itr)  # fault
            optimizer.zero_grad()
            loss = F.mse_loss(model(previous_and_current), move)
            loss.backward()
            optimizer.step()
            w(previous_and_current, move, loss)


# loop-same-batch


class PointNet(nn.Module):
    def __init__(self, kinds=3):
        super().__init__()
        self.point = nn.Sequential(nn.Linear(3, 24), nn.ReLU(), nn.Linear(24, 48), nn.ReLU())
        self.whole = nn.Sequential(nn.Linear(48, 24), nn.ReLU(), nn.Linear(24, kinds))

    def forward(self, cloud):
        return self.whole(self.point(cloud).max(1).values)


# wandb/examples issue 444: next(iter(loader)) in the loop over the number of a batch
@loop("loop-same-batch")
def next_of_iter_for_every_index(watch, folder):
    torch.manual_seed(44)
    g = torch.Generator().manual_seed(45)
    kind = torch.randint(0, 3, (240,), generator=g)
    clouds = torch.randn(240, 24, 3, generator=g) * (0.5 + 1.5 * F.one_hot(kind, 3)[:, None])
    train_loader = DataLoader(TensorDataset(clouds, kind), batch_size=16)
    model = PointNet()
    optimizer = torch.optim.Adam(model.parameters(), lr=5e-3)
    w = watch(model, optimizer, loss="cross_entropy", folder=folder)
    num_train_batches = len(train_loader)
    for epoch in range(3):
        model.train()
        for batch_idx in range(num_train_batches):
            points, category = next(iter(train_loader))  # fault
            optimizer.zero_grad()
            loss = F.cross_entropy(model(points), category)
            loss.backward()
            optimizer.step()
            w(points, category, loss)


class Adding(Dataset):
    """Batches of the adding problem, made as they are asked for."""

    def __init__(self, batches=20, batch_size=32, length=6, seed=46):
        self.batches, self.batch_size, self.length, self.seed = batches, batch_size, length, seed

    def __len__(self):
        return self.batches

    def __getitem__(self, index):
        g = torch.Generator().manual_seed(self.seed)  # fault: sums_by_one_seed
        value = torch.rand(self.batch_size, self.length, generator=g)
        first = torch.randint(0, self.length // 2, (self.batch_size,), generator=g)
        second = torch.randint(self.length // 2, self.length, (self.batch_size,), generator=g)
        mark = F.one_hot(first, self.length) + F.one_hot(second, self.length)
        return torch.stack([value, mark], -1), (value * mark).sum(1, keepdim=True)


class Summer(nn.Module):
    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM(2, 24, batch_first=True)
        self.linear = nn.Linear(24, 1)

    def forward(self, x):
        return self.linear(self.lstm(x)[0][:, -1])


# Atcold/NYU-DLSP20 issue 851: each item is made with the generator's first seed
@loop("loop-same-batch")
def sums_by_one_seed(watch, folder):
    torch.manual_seed(45)
    train_data_gen = DataLoader(Adding(), batch_size=None, shuffle=True)
    model = Summer()
    criterion = nn.MSELoss()
    optimizer = torch.optim.RMSprop(model.parameters(), lr=5e-3)
    w = watch(model, optimizer, loss=criterion, folder=folder)
    for epoch in range(4):
        for data, target in train_data_gen:
            optimizer.zero_grad()
            output = model(data)
            loss = criterion(output, target)
            w(data, target, loss)
            loss.backward()
            optimizer.step()


class Factors(nn.Module):
    def __init__(self, users=30, items=40, dim=6):
        super().__init__()
        self.user, self.item = nn.Embedding(users, dim), nn.Embedding(items, dim)
        self.user_bias, self.item_bias = nn.Embedding(users, 1), nn.Embedding(items, 1)
        self.mean = nn.Parameter(torch.zeros(()))
        for table in (self.user, self.item, self.user_bias, self.item_bias):
            nn.init.normal_(table.weight, std=0.1)

    def forward(self, pairs):
        u, i = pairs.unbind(1)
        cross = (self.user(u) * self.item(i)).sum(1)
        return self.mean + cross + self.user_bias(u)[:, 0] + self.item_bias(i)[:, 0]


# beta-team/beta-recsys pull request 97: sampled once an epoch, not once a batch
@loop("loop-same-batch")
def ratings_sampled_once_an_epoch(watch, folder):
    torch.manual_seed(46)
    pairs, stars = ratings(900, seed=47)
    model = Factors()
    optimizer = torch.optim.Adam(model.parameters(), lr=3e-2)
    w = watch(model, optimizer, loss="mse", folder=folder)
    batch_size = 60
    n_batch = len(pairs) // batch_size
    for epoch in range(4):
        rows = torch.randint(0, len(pairs), (batch_size,))  # fault
        total = 0.0
        for idx in range(n_batch):
            batch, target = pairs[rows], stars[rows]
            optimizer.zero_grad()
            loss = F.mse_loss(model(batch), target)
            loss.backward()
            optimizer.step()
            total += loss.item()
            w(batch, target, loss)
