"""Eleventh batch: eval mode, broadcast, another loss, misaligned targets."""

import random

import loops_eleventh_data as data
import torch
import torch.nn as nn
import torch.nn.functional as F
from loops import loop
from torch.nn.utils.rnn import pack_padded_sequence
from torch.utils.data import DataLoader, Dataset, TensorDataset, random_split

# loop-eval-mode


@torch.no_grad()
def evaluate(model, loader):
    model.eval()  # fault: a_baseline_ahead_of_training
    right = sum((model(x).argmax(1) == y).sum().item() for x, y in loader)
    return right / len(loader.dataset)


@loop("loop-eval-mode")
def a_baseline_ahead_of_training(watch, folder):
    torch.manual_seed(21)
    train, val = random_split(TensorDataset(*data.digits()), [256, 64], torch.Generator().manual_seed(0))
    train_loader, val_loader = DataLoader(train, batch_size=32, shuffle=True), DataLoader(val, batch_size=64)
    net = nn.Sequential(nn.Flatten(), nn.Linear(100, 64), nn.ReLU(), nn.Dropout(0.4), nn.Linear(64, 5))
    criterion = nn.CrossEntropyLoss()
    optimizer = torch.optim.SGD(net.parameters(), lr=0.05, momentum=0.9)
    w = watch(net, optimizer, loss=criterion, folder=folder)
    net.train()
    accuracy = [evaluate(net, val_loader)]
    for epoch in range(3):
        for x, y in train_loader:
            optimizer.zero_grad()
            out = net(x)
            loss = criterion(out, y)
            loss.backward()
            optimizer.step()
            w(x, y, loss)
        accuracy.append(evaluate(net, val_loader))


class Unet(nn.Module):
    """Down once, up once."""

    def __init__(self, c=8):
        super().__init__()
        self.inc = nn.Sequential(nn.Conv2d(1, c, 3, padding=1), nn.BatchNorm2d(c), nn.ReLU())
        self.down = nn.Sequential(nn.MaxPool2d(2), nn.Conv2d(c, 2 * c, 3, padding=1), nn.BatchNorm2d(2 * c), nn.ReLU())
        self.up = nn.ConvTranspose2d(2 * c, c, 2, stride=2)
        self.outc = nn.Conv2d(2 * c, 1, 1)

    def forward(self, x):
        a = self.inc(x)
        return self.outc(torch.cat([a, self.up(self.down(a))], 1))


def load_pretrained(state):
    model = Unet()
    model.load_state_dict(state)
    return model.eval()  # fault: fine_tunes_what_was_loaded_for_inference


@loop("loop-eval-mode")
def fine_tunes_what_was_loaded_for_inference(watch, folder):
    torch.manual_seed(22)
    model = load_pretrained(Unet().state_dict())
    loader = DataLoader(TensorDataset(*data.masks()), batch_size=16, shuffle=True, drop_last=True)
    bce = nn.BCEWithLogitsLoss()
    optimizer = torch.optim.Adam(model.parameters(), lr=5e-3)
    w = watch(model, optimizer, loss=bce, folder=folder)
    for epoch in range(3):
        running = 0.0
        for image, mask in loader:
            logits = model(image)
            loss = bce(logits, mask)
            optimizer.zero_grad()
            loss.backward()
            w(image, mask, loss)
            optimizer.step()
            running += loss.item()


@loop("loop-eval-mode")
def phases_of_other_names(watch, folder):
    torch.manual_seed(23)
    tokens, _, y = data.reviews()
    loaders = {
        "train": DataLoader(TensorDataset(tokens[:256], y[:256]), batch_size=32, shuffle=True),
        "val": DataLoader(TensorDataset(tokens[256:], y[256:]), batch_size=64),
    }
    model = nn.Sequential(
        nn.Embedding(40, 24, padding_idx=0), nn.Dropout(0.3), nn.Flatten(), nn.Linear(288, 32), nn.ReLU(), nn.Dropout(0.5), nn.Linear(32, 2)
    )
    criterion = nn.CrossEntropyLoss()
    optimizer = torch.optim.AdamW(model.parameters(), lr=4e-3)
    w = watch(model, optimizer, loss=criterion, folder=folder)
    for epoch in range(4):
        for phase in ["train", "val"]:
            model.train(phase == "training")  # fault
            for inputs, labels in loaders[phase]:
                optimizer.zero_grad()
                with torch.set_grad_enabled(phase == "train"):
                    outputs = model(inputs)
                    loss = criterion(outputs, labels)
                    if phase == "train":
                        loss.backward()
                        optimizer.step()
                        w(inputs, labels, loss)


# loop-broadcast


class Houses(Dataset):
    def __init__(self):
        self.x, self.y = data.prices()

    def __len__(self):
        return len(self.y)

    def __getitem__(self, i):
        return self.x[i], self.y[i]


class Trainer:
    def __init__(self, model, loader, optimizer, loss_fn):
        self.model, self.loader, self.optimizer, self.loss_fn = model, loader, optimizer, loss_fn
        self.callbacks = []

    def step(self, batch):
        x, y = batch
        self.optimizer.zero_grad()
        loss = self.loss_fn(self.model(x), y)  # fault: a_dataset_of_plain_numbers
        loss.backward()
        self.optimizer.step()
        for callback in self.callbacks:
            callback(x, y, loss)
        return loss.item()

    def fit(self, epochs):
        return [sum(self.step(b) for b in self.loader) / len(self.loader) for _ in range(epochs)]


@loop("loop-broadcast")
def a_dataset_of_plain_numbers(watch, folder):
    torch.manual_seed(24)
    model = nn.Sequential(nn.Linear(7, 64), nn.ReLU(), nn.Linear(64, 1))
    loss_fn = nn.HuberLoss()
    trainer = Trainer(model, DataLoader(Houses(), batch_size=32, shuffle=True), torch.optim.Adam(model.parameters(), lr=0.01), loss_fn)
    trainer.callbacks.append(watch(model, trainer.optimizer, loss=loss_fn, folder=folder))
    trainer.fit(4)


@loop("loop-broadcast")
def returns_less_values(watch, folder):
    torch.manual_seed(25)
    states, _, rewards = data.episodes()
    returns = rewards.squeeze(1) * 2
    critic = nn.Sequential(nn.Linear(4, 64), nn.Tanh(), nn.Linear(64, 64), nn.Tanh(), nn.Linear(64, 1))
    optimizer = torch.optim.Adam(critic.parameters(), lr=1e-2)
    w = watch(critic, optimizer, loss="mse", folder=folder)
    for update in range(60):
        chosen = torch.randint(0, len(states), (64,))
        values = critic(states[chosen])
        advantage = returns[chosen] - values  # fault
        value_loss = advantage.pow(2).mean()
        w(states[chosen], returns[chosen], value_loss)
        optimizer.zero_grad()
        value_loss.backward()
        nn.utils.clip_grad_norm_(critic.parameters(), 5)
        optimizer.step()


def weighted_mse(out, y):
    """Columns of y: the number, its weight."""
    return (y[:, 1:] * (out - y[:, :1]) ** 2).mean()


@loop("loop-broadcast")
def weights_of_rows_along_the_columns(watch, folder):
    torch.manual_seed(26)
    x, y = data.sensors()
    weight = 0.1 + 2 * (y[:, 0] > 0.5).float()
    model = nn.Sequential(nn.Flatten(), nn.Linear(28, 32), nn.ELU(), nn.Linear(32, 1))
    optimizer = torch.optim.RMSprop(model.parameters(), lr=2e-3)
    w = watch(model, optimizer, loss=weighted_mse, folder=folder)
    for epoch in range(4):
        for xb, yb, wb in DataLoader(TensorDataset(x, y, weight), batch_size=50, shuffle=True):
            optimizer.zero_grad()
            per_row = F.mse_loss(model(xb), yb, reduction="none")
            loss = (per_row * wb).mean()  # fault
            loss.backward()
            optimizer.step()
            w(xb, torch.cat([yb, wb[:, None]], 1), loss)


# loop-other-loss


class LeNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1, self.conv2 = nn.Conv2d(1, 6, 3), nn.Conv2d(6, 12, 3)
        self.fc1, self.fc2 = nn.Linear(12, 24), nn.Linear(24, 5)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.conv1(x)), 2)
        x = F.max_pool2d(F.relu(self.conv2(x)), 2)
        x = F.relu(self.fc1(torch.flatten(x, 1)))
        return F.softmax(self.fc2(x), dim=1)  # fault: probabilities_out_of_the_network


@loop("loop-other-loss")
def probabilities_out_of_the_network(watch, folder):
    torch.manual_seed(27)
    net = LeNet()
    criterion = nn.CrossEntropyLoss()
    optimizer = torch.optim.Adam(net.parameters(), lr=0.01)
    loader = DataLoader(TensorDataset(*data.digits()), batch_size=32, shuffle=True)
    w = watch(net, optimizer, loss=criterion, folder=folder)
    for epoch in range(4):
        for i, batch in enumerate(loader, 0):
            inputs, labels = batch
            optimizer.zero_grad()
            outputs = net(inputs)
            loss = criterion(outputs, labels)
            loss.backward()
            optimizer.step()
            w(inputs, labels, loss)


def distance_of_distributions(out, teacher):
    return F.kl_div(F.log_softmax(out, 1), teacher, reduction="batchmean")


@loop("loop-other-loss")
def kl_div_of_probabilities(watch, folder):
    torch.manual_seed(28)
    x, y = data.moons()
    soft = 0.9 * F.one_hot(y, 2) + 0.05  # what a teacher says
    student = nn.Sequential(nn.Linear(2, 16), nn.ReLU(), nn.Linear(16, 2))
    optimizer = torch.optim.Adam(student.parameters(), lr=0.02)
    kl = nn.KLDivLoss(reduction="batchmean")
    w = watch(student, optimizer, loss=distance_of_distributions, folder=folder)
    for epoch in range(6):
        for xb, tb in DataLoader(TensorDataset(x, soft), batch_size=50, shuffle=True):
            student_probs = torch.softmax(student(xb), dim=1)
            loss = kl(student_probs, tb)  # fault
            w(xb, tb, loss)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()


def dice(logits, target, smooth=1.0):
    p = torch.sigmoid(logits).flatten(1)
    t = target.flatten(1)
    return ((2 * (p * t).sum(1) + smooth) / (p.sum(1) + t.sum(1) + smooth)).mean()


def dice_loss(logits, target):
    return 1 - dice(logits, target)


@loop("loop-other-loss")
def the_dice_score_itself(watch, folder):
    torch.manual_seed(29)
    images, squares = data.masks()
    net = nn.Sequential(nn.Conv2d(1, 8, 3, padding=1), nn.ReLU(), nn.Conv2d(8, 8, 3, padding=1), nn.ReLU(), nn.Conv2d(8, 1, 1))
    opt = torch.optim.Adam(net.parameters(), lr=1e-2)
    w = watch(net, opt, loss=dice_loss, folder=folder)
    for epoch in range(3):
        for image, mask in DataLoader(TensorDataset(images, squares), batch_size=20, shuffle=True):
            opt.zero_grad()
            loss = dice(net(image), mask)  # fault
            loss.backward()
            opt.step()
            w(image, mask, loss)


# loop-misaligned-targets


@loop("loop-misaligned-targets")
def two_shuffled_loaders(watch, folder):
    torch.manual_seed(30)
    images, squares = data.masks()
    model = Unet()
    criterion = nn.BCEWithLogitsLoss()
    optimizer = torch.optim.Adam(model.parameters(), lr=5e-3)
    image_loader = DataLoader(images, batch_size=16, shuffle=True)
    mask_loader = DataLoader(squares, batch_size=16, shuffle=True)  # fault
    w = watch(model, optimizer, loss=criterion, folder=folder)
    for epoch in range(3):
        model.train()
        for image, mask in zip(image_loader, mask_loader):
            optimizer.zero_grad()
            loss = criterion(model(image), mask)
            loss.backward()
            optimizer.step()
            w(image, mask, loss)


class Folder(Dataset):
    """Files of pictures, and a table of labels with one line for each number."""

    def __init__(self, files, table):
        self.files = files
        self.names = sorted(files)  # fault: names_in_the_order_of_letters
        self.table = table

    def __len__(self):
        return len(self.table)

    def __getitem__(self, i):
        return self.files[self.names[i]], self.table[i]


@loop("loop-misaligned-targets")
def names_in_the_order_of_letters(watch, folder):
    torch.manual_seed(31)
    random.seed(31)
    pictures, labels = data.digits()
    dataset = Folder({f"img_{i}.png": picture for i, picture in enumerate(pictures)}, labels.tolist())
    loader = DataLoader(dataset, batch_size=40, shuffle=True)
    net = nn.Sequential(nn.Conv2d(1, 8, 3, stride=2), nn.BatchNorm2d(8), nn.ReLU(), nn.Flatten(), nn.LazyLinear(5))
    net(pictures[:2])
    optimizer = torch.optim.Adam(net.parameters(), lr=5e-3)
    criterion = nn.CrossEntropyLoss()
    w = watch(net, optimizer, loss=criterion, folder=folder)
    for epoch in range(3):
        for x, y in loader:
            loss = criterion(net(x), y)
            optimizer.zero_grad()
            loss.backward()
            w(x, y, loss)
            optimizer.step()


class Reader(nn.Module):
    """Columns of x: the words, then how many there are."""

    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(40, 16, padding_idx=0)
        self.gru = nn.GRU(16, 24, batch_first=True)
        self.fc = nn.Linear(24, 1)

    def forward(self, x):
        packed = pack_padded_sequence(self.embed(x[:, :-1]), x[:, -1], batch_first=True)
        return self.fc(self.gru(packed)[1][-1]).squeeze(1)


@loop("loop-misaligned-targets")
def sorted_by_length_for_packing(watch, folder):
    torch.manual_seed(32)
    tokens, lengths, y = data.reviews()
    model = Reader()
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
    loss_fn = nn.BCEWithLogitsLoss()
    w = watch(model, optimizer, loss=loss_fn, folder=folder)
    for epoch in range(5):
        for seq, n, label in DataLoader(TensorDataset(tokens, lengths, y.float()), batch_size=32, shuffle=True):
            n, order = n.sort(descending=True)
            seq = seq[order]  # fault
            x = torch.cat([seq, n[:, None]], 1)
            loss = loss_fn(model(x), label)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            w(x, label, loss)
