"""The seventh batch's faults: parameters, and weights that nothing moves. Written without a look at the rules."""

import copy

import torch
import torch.nn as nn
import torch.nn.functional as F
from loops import loop
from loops_seventh_data import EPOCHS, batches, churn, housing, load, phrases, reversals, shapes, tones, transitions
from torch import optim
from torch.utils.data import DataLoader, TensorDataset

# loop-wrong-parameters


class TinyVGG(nn.Module):
    def __init__(self, num_classes=10):
        super().__init__()
        self.features = nn.Sequential(nn.Conv2d(1, 8, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(8, 8, 3, padding=1), nn.ReLU())
        self.avgpool = nn.AdaptiveAvgPool2d(2)
        self.classifier = nn.Linear(32, num_classes)

    def forward(self, x):
        return self.classifier(torch.flatten(self.avgpool(self.features(x)), 1))


@loop("loop-wrong-parameters")
def classifier_swapped_for_four_classes(watch, folder):
    images, labels = shapes()
    model_ft = TinyVGG()
    for param in model_ft.features.parameters():
        param.requires_grad = False
    optimizer_ft = optim.SGD(model_ft.classifier.parameters(), lr=0.05, momentum=0.9)  # fault
    model_ft.classifier = nn.Linear(32, 4)
    criterion = nn.CrossEntropyLoss()
    step = watch(model_ft, optimizer_ft, loss=criterion, folder=folder)
    for epoch in range(EPOCHS):
        model_ft.train()
        for inputs, targets in batches(24, images, labels):
            optimizer_ft.zero_grad()
            with torch.set_grad_enabled(True):
                loss = criterion(model_ft(inputs), targets)
                loss.backward()
                optimizer_ft.step()
            step(inputs, targets, loss)


class DeepNet(nn.Module):
    def __init__(self, depth=3, width=24):
        super().__init__()
        self.entry = nn.Linear(9, width)
        self.hidden = [nn.Linear(width, width) for _ in range(depth)]  # fault: hidden_layers_in_a_list
        self.exit = nn.Linear(width, 1)
        with torch.no_grad():
            for layer in self.hidden:
                layer.weight.mul_(0.05)

    def forward(self, x):
        x = torch.tanh(self.entry(x))
        for layer in self.hidden:
            x = torch.tanh(layer(x))
        return self.exit(x).squeeze(-1)


@loop("loop-wrong-parameters")
def hidden_layers_in_a_list(watch, folder):
    X_train, y_train = churn()
    net = DeepNet()
    opt = torch.optim.Adam(net.parameters(), lr=3e-3)
    watcher = watch(net, opt, loss="bce_with_logits", folder=folder)
    for _ in range(EPOCHS):
        for xb, yb in DataLoader(TensorDataset(X_train, y_train), batch_size=20, shuffle=True):
            opt.zero_grad()
            loss = F.binary_cross_entropy_with_logits(net(xb), yb)
            watcher(xb, yb, loss)
            loss.backward()
            opt.step()


class Forecaster(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = nn.GRU(1, 12, batch_first=True)
        self.decoder = nn.Sequential(nn.Linear(12, 12), nn.ReLU(), nn.Linear(12, 2))

    def forward(self, window):
        _, state = self.encoder(window)
        return self.decoder(state[0])


@loop("loop-wrong-parameters")
def encoder_left_out_of_two_groups(watch, folder):
    past, future = load()
    model = Forecaster()
    optimizer = optim.AdamW(  # fault
        [
            {"params": model.decoder[0].parameters(), "lr": 5e-3},
            {"params": model.decoder[2].parameters(), "lr": 2e-3},
        ],
        weight_decay=1e-3,
    )
    w = watch(model, optimizer, loss="mse", folder=folder)
    for epoch in range(EPOCHS):
        for xb, yb in batches(17, past, future):
            prediction = model(xb)
            loss = F.mse_loss(prediction, yb)
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            optimizer.step()
            w(xb, yb, loss)


class Learner:
    """Tries some rates on a copy, then trains."""

    def __init__(self, model, data, lr=1e-2):
        self.model, self.data = model, data
        self.opt = optim.RMSprop(self.model.parameters(), lr=lr)

    def lr_find(self):
        x, y = self.data
        best, best_loss = None, float("inf")
        for rate in (0.0, 1e-3, 3e-3):
            trial = copy.deepcopy(self.model)
            opt = optim.SGD(trial.parameters(), lr=rate)
            for _ in range(2):
                loss = F.smooth_l1_loss(trial(x), y)
                opt.zero_grad()
                loss.backward()
                opt.step()
            if loss.item() < best_loss:
                best, best_loss = trial, loss.item()
        self.model = best  # fault: rate_finder_returns_a_copy

    def fit(self, watch, folder):
        step = watch(self.model, self.opt, loss=nn.SmoothL1Loss(), folder=folder)
        for _ in range(EPOCHS):
            for xb, yb in batches(25, *self.data):
                loss = F.smooth_l1_loss(self.model(xb), yb)
                step(xb, yb, loss)
                self.opt.zero_grad()
                loss.backward()
                self.opt.step()


@loop("loop-wrong-parameters")
def rate_finder_returns_a_copy(watch, folder):
    learn = Learner(nn.Sequential(nn.Linear(7, 20), nn.ELU(), nn.Linear(20, 1)), housing())
    learn.lr_find()
    learn.fit(watch, folder)


# loop-no-update


@loop("loop-no-update")
def only_the_scheduler_steps(watch, folder):
    device = torch.device("cpu")
    waves, pitch = tones()
    model = nn.Sequential(nn.Conv1d(1, 8, 9, stride=2), nn.ReLU(), nn.Conv1d(8, 8, 5), nn.ReLU(), nn.AdaptiveAvgPool1d(1), nn.Flatten(), nn.Linear(8, 3)).to(device)
    optimizer = optim.Adam(model.parameters(), lr=0.01, weight_decay=0.0001)
    scheduler = optim.lr_scheduler.StepLR(optimizer, step_size=20, gamma=0.1)
    watcher = watch(model, optimizer, loss="cross_entropy", folder=folder)
    for epoch in range(EPOCHS):
        for data, target in batches(32, waves, pitch):
            optimizer.zero_grad()
            data, target = data.to(device), target.to(device)
            output = F.log_softmax(model(data), dim=-1)
            loss = F.nll_loss(output, target)
            watcher(data, target, loss)
            loss.backward()  # fault
        scheduler.step()


@loop("loop-no-update")
def losses_made_into_a_new_tensor(watch, folder):
    states, actions, returns = transitions()
    critic = nn.Sequential(nn.Linear(4, 32), nn.ReLU(), nn.Linear(32, 1))
    optimizer = optim.Adam(critic.parameters(), lr=3e-3)
    step = watch(critic, optimizer, loss="mse", folder=folder)
    for episode in range(EPOCHS * 5):
        rows = torch.randint(0, len(states), (24,))
        td = []
        values = critic(states[rows])
        for value, ret in zip(values, returns[rows]):
            td.append((value - ret).pow(2).item())
        loss = torch.tensor(td, requires_grad=True).mean()  # fault
        optimizer.zero_grad()
        loss.backward()
        step(states[rows], returns[rows].unsqueeze(1), loss)
        optimizer.step()


class Trainer:
    def __init__(self, model, optimizer, criterion):
        self.model, self.optimizer, self.criterion = model, optimizer, criterion
        self.history = {"loss": [], "acc": []}

    def train_one_epoch(self, loader, callback):
        self.model.train()
        total, hits, n = 0.0, 0, 0
        for ids, label in loader:
            self.optimizer.zero_grad()
            logits = self.model(ids)
            loss = self.criterion(logits, label)
            callback(ids, label, loss)
            self.optimizer.step()  # fault: nobody_calls_backward
            total += loss.item() * len(label)
            hits += (logits.argmax(1) == label).sum().item()
            n += len(label)
        self.history["loss"].append(total / n)
        self.history["acc"].append(hits / n)


class BagOfWords(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(30, 12)
        self.out = nn.Linear(12, 3)

    def forward(self, ids):
        return self.out(self.embed(ids).mean(1))


@loop("loop-no-update")
def nobody_calls_backward(watch, folder):
    model = BagOfWords()
    trainer = Trainer(model, optim.NAdam(model.parameters(), lr=0.02), nn.CrossEntropyLoss())
    loader = DataLoader(TensorDataset(*phrases()), batch_size=30, shuffle=True)
    step = watch(model, trainer.optimizer, loss=trainer.criterion, folder=folder)
    for _ in range(EPOCHS):
        trainer.train_one_epoch(loader, step)


class Seq2Seq(nn.Module):
    def __init__(self, vocabulary=9, width=24):
        super().__init__()
        self.embed = nn.Embedding(vocabulary, width)
        self.encoder = nn.GRU(width, width, batch_first=True)
        self.decoder = nn.GRU(width, width, batch_first=True)
        self.generator = nn.Linear(width, vocabulary)

    def forward(self, source, target):
        _, state = self.encoder(self.embed(source))
        out, _ = self.decoder(self.embed(target), state)
        return self.generator(out).transpose(1, 2)


@loop("loop-no-update")
def counter_that_is_never_raised(watch, folder):
    source, turned = reversals()
    shifted = torch.cat([torch.zeros(len(turned), 1, dtype=torch.long), turned[:, :-1]], 1)
    model = Seq2Seq()
    optimizer = optim.Adam(model.parameters(), lr=5e-3)
    accumulation_steps, global_step = 2, 1
    watcher = watch(model, optimizer, loss="cross_entropy", folder=folder)
    for epoch in range(EPOCHS):
        for src, tgt_in, tgt_out in batches(16, source, shifted, turned):
            loss = F.cross_entropy(model(src, tgt_in), tgt_out)
            watcher((src, tgt_in), tgt_out, loss)
            (loss / accumulation_steps).backward()
            if global_step % accumulation_steps == 0:  # fault
                optimizer.step()
                optimizer.zero_grad()
