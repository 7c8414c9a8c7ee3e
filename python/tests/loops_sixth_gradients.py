"""The sixth batch's faults in modes and gradients. Written without a look at the rules."""

import torch
import torch.nn as nn
import torch.nn.functional as F
from loops import loop
from loops_sixth_data import EPOCHS, houses, labels, letters, machines, moons, phrases, spectra, strokes
from loops_sixth_wiring import SmallVGG
from torch.utils.data import DataLoader, Dataset, TensorDataset


class Rows(Dataset):
    def __init__(self, *columns):
        self.columns = columns

    def __len__(self):
        return len(self.columns[0])

    def __getitem__(self, at):
        return {"features": self.columns[0][at], "target": self.columns[1][at]}


# loop-eval-mode


@torch.no_grad()
def validate(model, loader):
    model.eval()  # fault: never_back_from_validation
    hits = 0
    for x, y in loader:
        hits += (model(x).argmax(1) == y).sum().item()
    return hits / len(loader.dataset)


@loop("loop-eval-mode")
def never_back_from_validation(watch, folder):
    x, y = strokes()
    model = SmallVGG(4)
    opt = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
    train, val = DataLoader(TensorDataset(x[:112] * 255, y[:112]), batch_size=28, shuffle=True), DataLoader(TensorDataset(x[112:] * 255, y[112:]), batch_size=28)
    w = watch(model, opt, loss=F.cross_entropy, folder=folder)
    print_accuracy = []
    model.train()
    for epoch in range(EPOCHS):
        print_accuracy.append(validate(model, val))
        for xb, yb in train:
            opt.zero_grad()
            loss = F.cross_entropy(model(xb), yb)
            w(xb, yb, loss)
            loss.backward()
            opt.step()


def load_pretrained():
    torch.manual_seed(3)
    backbone = nn.Sequential(nn.Linear(6, 32), nn.BatchNorm1d(32), nn.ReLU(), nn.Dropout(0.2), nn.Linear(32, 1))
    return backbone.eval()  # fault: loaded_for_inference


@loop("loop-eval-mode")
def loaded_for_inference(watch, folder):
    x, y = houses()
    x = x * torch.tensor([100.0, 80, 120, 90, 50, 300])
    model = load_pretrained()
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3, weight_decay=0.01)
    w = watch(model, optimizer, loss="mse", folder=folder)
    for epoch in range(EPOCHS):
        for batch in DataLoader(Rows(x, y), batch_size=20, shuffle=True):
            pred = model(batch["features"]).squeeze(1)
            loss = F.mse_loss(pred, batch["target"])
            optimizer.zero_grad()
            loss.backward()
            w(batch["features"], batch["target"], loss)
            optimizer.step()


class Engine:
    """Runs phases, as course code does it."""

    def __init__(self, model, optimizer, loaders, on_batch):
        self.model, self.optimizer, self.loaders, self.on_batch = model, optimizer, loaders, on_batch

    def run(self):
        for epoch in range(EPOCHS):
            for phase in ["train", "val"]:
                if phase == "training":  # fault: phase_by_another_name
                    self.model.train()
                else:
                    self.model.eval()
                for inputs, target in self.loaders[phase]:
                    self.optimizer.zero_grad()
                    with torch.set_grad_enabled(phase == "train"):
                        loss = F.binary_cross_entropy_with_logits(self.model(inputs), target)
                        if phase == "train":
                            self.on_batch(inputs, target, loss)
                            loss.backward()
                            self.optimizer.step()


@loop("loop-eval-mode")
def phase_by_another_name(watch, folder):
    x, y = labels()
    x = x * 10 + 40
    model = nn.Sequential(nn.BatchNorm1d(8), nn.Linear(8, 24), nn.ReLU(), nn.BatchNorm1d(24), nn.Linear(24, 4))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    parts = {"train": (x[:120], y[:120]), "val": (x[120:], y[120:])}
    loaders = {name: DataLoader(TensorDataset(*part), batch_size=24, shuffle=name == "train") for name, part in parts.items()}
    Engine(model, optimizer, loaders, watch(model, optimizer, loss="bce_with_logits", folder=folder)).run()


# loop-gradients-accumulate


@loop("loop-gradients-accumulate")
def cleared_once_an_epoch(watch, folder):
    x, y = machines()
    net = nn.LSTM(3, 16, batch_first=True)

    class Wear(nn.Module):
        def __init__(self):
            super().__init__()
            self.lstm, self.fc = net, nn.Linear(16, 1)

        def forward(self, x):
            _, (h, _) = self.lstm(x)
            return self.fc(h[-1])

    model = Wear()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.2, momentum=0.9)
    criterion = nn.MSELoss()
    w = watch(model, optimizer, loss=criterion, folder=folder)
    for epoch in range(EPOCHS):
        optimizer.zero_grad()
        for xb, yb in DataLoader(TensorDataset(x, y), batch_size=9, shuffle=True):
            output = model(xb)
            loss = criterion(output, yb)
            w(xb, yb, loss)
            loss.backward()  # fault
            optimizer.step()


@loop("loop-gradients-accumulate")
def steps_every_second_and_never_clears(watch, folder):
    accumulate = 2
    model = nn.Sequential(nn.Conv2d(1, 6, 3, stride=2), nn.ReLU(), nn.Flatten(), nn.Linear(96, 4))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.3, momentum=0.9)
    loader = DataLoader(TensorDataset(*strokes()), batch_size=14, shuffle=True)
    w = watch(model, optimizer, loss="cross_entropy", folder=folder)
    for epoch in range(EPOCHS):
        for i, (img, lab) in enumerate(loader):
            loss = F.cross_entropy(model(img), lab)
            w(img, lab, loss)
            loss = loss / accumulate
            loss.backward()
            if (i + 1) % accumulate == 0:
                optimizer.step()  # fault


@loop("loop-gradients-accumulate")
def generator_leaves_its_gradient(watch, folder):
    """The discriminator's gradients aren't cleared behind the generator's step."""
    data = (spectra() - 0.3) * 2
    gen = nn.Sequential(nn.Linear(5, 24), nn.ReLU(), nn.Linear(24, 16))
    dis = nn.Sequential(nn.Linear(16, 24), nn.LeakyReLU(0.2), nn.Linear(24, 1))
    opt_g, opt_d = torch.optim.Adam(gen.parameters(), lr=2e-4), torch.optim.SGD(dis.parameters(), lr=0.1)
    bce = nn.BCEWithLogitsLoss()
    w = watch(dis, opt_d, loss=bce, folder=folder)
    for epoch in range(EPOCHS):
        for (real,) in DataLoader(TensorDataset(data), batch_size=25, shuffle=True):
            fake = gen(torch.randn(len(real), 5))
            both = torch.cat([real, fake.detach()])
            truth = torch.cat([torch.ones(len(real), 1), torch.zeros(len(real), 1)])
            loss_d = bce(dis(both), truth)
            w(both, truth, loss_d)
            loss_d.backward()  # fault
            opt_d.step()
            opt_g.zero_grad()
            loss_g = bce(dis(fake), torch.ones(len(real), 1))
            loss_g.backward()
            opt_g.step()


@loop("loop-gradients-accumulate")
def zero_grad_without_parentheses(watch, folder):
    tokens, _, y = phrases()

    class Bag(nn.Module):
        def __init__(self):
            super().__init__()
            self.bag, self.out = nn.EmbeddingBag(30, 12, mode="mean", padding_idx=0), nn.Linear(12, 2)

        def forward(self, ids):
            return self.out(self.bag(ids))

    model, loss_function = Bag(), nn.CrossEntropyLoss()
    optimizer = torch.optim.SGD(model.parameters(), lr=2.0)
    rec = watch(model, optimizer, loss=loss_function, folder=folder)
    for epoch in range(EPOCHS):
        for ids, label in zip(tokens.split(15), y.split(15)):
            model.zero_grad  # fault
            loss = loss_function(model(ids), label)
            rec(ids, label, loss)
            loss.backward()
            optimizer.step()


# loop-gradients-cleared


class Agent:
    def __init__(self, network, lr):
        self.network = network
        self.optimizer = torch.optim.Adam(network.parameters(), lr=lr)

    def reset(self):
        self.optimizer.zero_grad()

    def learn(self, loss):
        loss.backward()
        self.reset()  # fault: agent_resets_before_its_step
        self.optimizer.step()


@loop("loop-gradients-cleared")
def agent_resets_before_its_step(watch, folder):
    states, returns = houses()
    agent = Agent(nn.Sequential(nn.Linear(6, 20), nn.ReLU(), nn.Linear(20, 1), nn.Flatten(0)), lr=3e-3)
    w = watch(agent.network, agent.optimizer, loss=nn.HuberLoss(), folder=folder)
    for epoch in range(EPOCHS):
        for rows in torch.randperm(len(states)).split(32):
            values = agent.network(states[rows])
            loss = F.huber_loss(values, returns[rows])
            w(states[rows], returns[rows], loss)
            agent.learn(loss)


def gradient_norm(model):
    total = 0.0
    for p in model.parameters():
        if p.grad is not None:
            total += p.grad.norm().item() ** 2
            p.grad = None  # fault: norm_that_frees_gradients
    return total**0.5


@loop("loop-gradients-cleared")
def norm_that_frees_gradients(watch, folder):
    text = letters()
    x, y = text[:-1].view(-1)[:352].reshape(-1, 8), text[1:353].reshape(-1, 8)
    model = nn.Sequential(nn.Embedding(12, 16), nn.Linear(16, 32), nn.ReLU(), nn.Linear(32, 12))
    opt = torch.optim.AdamW(model.parameters(), lr=1e-2)

    def token_loss(logits, target):
        return F.cross_entropy(logits.flatten(0, 1), target.flatten())

    w, norms = watch(model, opt, loss=token_loss, folder=folder), []
    for epoch in range(EPOCHS):
        for xb, yb in DataLoader(TensorDataset(x, y), batch_size=11, shuffle=True):
            opt.zero_grad(set_to_none=True)
            loss = token_loss(model(xb), yb)
            w(xb, yb, loss)
            loss.backward()
            norms.append(gradient_norm(model))
            opt.step()


class Accelerator:
    """Enough of the real one."""

    def prepare(self, model, optimizer, loader):
        self.optimizer = optimizer
        return model, optimizer, loader

    def backward(self, loss):
        loss.backward()
        self.optimizer.zero_grad(set_to_none=False)  # fault: accelerator_clears_behind_backward


@loop("loop-gradients-cleared")
def accelerator_clears_behind_backward(watch, folder):
    accelerator = Accelerator()
    model = nn.Sequential(nn.Linear(2, 20), nn.Mish(), nn.Linear(20, 20), nn.Mish(), nn.Linear(20, 1))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
    model, optimizer, loader = accelerator.prepare(model, optimizer, DataLoader(TensorDataset(*moons()), batch_size=30, shuffle=True))
    w = watch(model, optimizer, loss=nn.BCEWithLogitsLoss(), folder=folder)
    for epoch in range(EPOCHS):
        for x, y in loader:
            loss = F.binary_cross_entropy_with_logits(model(x), y)
            w(x, y, loss)
            accelerator.backward(loss)
            optimizer.step()


# loop-gradients-changed


@loop("loop-gradients-changed")
def values_clipped_to_almost_nothing(watch, folder):
    x, y = machines()
    model = nn.Sequential(nn.Conv1d(15, 8, 3), nn.ReLU(), nn.Flatten(), nn.Linear(8, 1))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
    w = watch(model, optimizer, loss="l1", folder=folder)
    for epoch in range(EPOCHS):
        for xb, yb in DataLoader(TensorDataset(x, y), batch_size=36, shuffle=True):
            optimizer.zero_grad()
            loss = F.l1_loss(model(xb), yb)
            w(xb, yb, loss)
            loss.backward()
            torch.nn.utils.clip_grad_value_(model.parameters(), clip_value=1e-5)  # fault
            optimizer.step()


@loop("loop-gradients-changed")
def divided_by_the_data_set_again(watch, folder):
    x, y = labels()
    model = nn.Sequential(nn.Linear(8, 20), nn.Tanh(), nn.Linear(20, 4))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.5, momentum=0.5)
    criterion = nn.MultiLabelSoftMarginLoss()
    w = watch(model, optimizer, loss=criterion, folder=folder)
    dataset = TensorDataset(x, y)
    for epoch in range(EPOCHS):
        for data, target in DataLoader(dataset, batch_size=25, shuffle=True):
            optimizer.zero_grad()
            loss = criterion(model(data), target)
            w(data, target, loss)
            loss.backward()
            for param in model.parameters():
                param.grad /= len(dataset)  # fault
            optimizer.step()


@loop("loop-gradients-changed")
def drowned_in_gradient_noise(watch, folder):
    x, y = strokes()
    model = nn.Sequential(nn.Flatten(), nn.Linear(100, 24), nn.ReLU(), nn.Linear(24, 4))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    w = watch(model, optimizer, loss="cross_entropy", folder=folder)
    step = 0
    for epoch in range(EPOCHS):
        for xb, yb in DataLoader(TensorDataset(x, y), batch_size=28, shuffle=True):
            optimizer.zero_grad()
            loss = F.cross_entropy(model(xb), yb)
            w(xb, yb, loss)
            loss.backward()
            sigma = 3.0 / (1 + step) ** 0.055
            with torch.no_grad():
                for p in model.parameters():
                    p.grad.add_(torch.randn_like(p.grad) * sigma)  # fault
            optimizer.step()
            step += 1
