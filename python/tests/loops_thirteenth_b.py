"""Thirteenth batch, blind: evaluation mode, broadcasts, other losses, misaligned targets."""

import torch
from loops import classes, loader, loop, numbers, pictures, waves
from torch import nn
from torch.nn import functional as F
from torch.utils.data import DataLoader, Dataset

# loop-eval-mode, continued


def restore(build, path):
    """As tutorials on saving have it: ready for inference."""
    model = build()
    model.load_state_dict(torch.load(path))
    model.eval()  # fault: fine_tuned_from_an_inference_checkpoint
    return model


@loop("loop-eval-mode")
def fine_tuned_from_an_inference_checkpoint(watch, folder):
    """Stack Overflow: 'resume training from saved model, batchnorm statistics off'."""

    def build():
        return nn.Sequential(nn.Conv2d(1, 6, 3), nn.BatchNorm2d(6), nn.ReLU(), nn.Flatten(), nn.Dropout(0.3),
                             nn.Linear(216, 2))

    x, y = pictures(192)
    x = x * 12 + 20
    torch.save(build().state_dict(), f"{folder}.pt")
    net = restore(build, f"{folder}.pt")
    optimizer = torch.optim.SGD(net.parameters(), lr=0.01, momentum=0.9)
    w = watch(net, optimizer, loss=nn.CrossEntropyLoss(), folder=folder)
    for epoch in range(5):
        for xb, yb in loader(x, y, 24):
            optimizer.zero_grad()
            loss = F.cross_entropy(net(xb), yb)
            loss.backward()
            optimizer.step()
            w(xb, yb, loss)


class NameClassifier(nn.Module):
    def __init__(self):
        super().__init__()
        self.emb = nn.Embedding(26, 12)
        self.gru = nn.GRU(12, 16, batch_first=True)
        self.drop = nn.Dropout(0.5)
        self.out = nn.Linear(16, 2)

    def forward(self, ids):
        return F.log_softmax(self.out(self.drop(self.gru(self.drop(self.emb(ids)))[0].mean(1))), dim=1)

    @torch.no_grad()
    def sample(self, ids):
        self.eval()  # fault: example_printed_with_its_own_mode
        return self(ids).argmax(1)


@loop("loop-eval-mode")
def example_printed_with_its_own_mode(watch, folder):
    """Homework (names and languages): a look at three names every ten steps."""
    g = torch.Generator().manual_seed(5)
    names = torch.randint(0, 26, (100, 6), generator=g)
    lang = ((names < 8).sum(1) > 1).long()
    rnn = NameClassifier().train()
    optimizer = torch.optim.AdamW(rnn.parameters(), lr=1e-2)
    w = watch(rnn, optimizer, loss=nn.NLLLoss(), folder=folder)
    for it in range(1, 121):
        pick = torch.randperm(100)[:25]
        loss = F.nll_loss(rnn(names[pick]), lang[pick])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        w(names[pick], lang[pick], loss)
        if it % 10 == 0:
            print("guesses", rnn.sample(names[:3]).tolist(), "of", lang[:3].tolist())


# loop-broadcast


class Consumption(Dataset):
    """Windows of a curve of loads; each target is a bare number."""

    def __init__(self, rows=192):
        self.x, self.y = waves(rows)

    def __len__(self):
        return len(self.x)

    def __getitem__(self, i):
        return self.x[i], float(self.y[i, 0])


@loop("loop-broadcast")
def bare_numbers_of_a_dataset(watch, folder):
    """Forums: 'Using a target size (torch.Size([64])) that is different to the input size (torch.Size([64, 1]))'."""

    class Forecast(nn.Module):
        def __init__(self):
            super().__init__()
            self.lstm = nn.LSTM(1, 16, batch_first=True)
            self.head = nn.Linear(16, 1)

        def forward(self, x):
            return self.head(self.lstm(x)[0][:, -1])

    model = Forecast()
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
    w = watch(model, optimizer, loss=nn.HuberLoss(), folder=folder)
    for epoch in range(8):
        for window, load in DataLoader(Consumption(), batch_size=32, shuffle=True):
            load = load.float()
            loss = F.huber_loss(model(window), load)  # fault
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            w(window, load, loss)


@loop("loop-broadcast")
def column_of_prices_and_flat_outputs(watch, folder):
    """Kaggle (house prices): df[['price']] gives a column, the net was flattened for the plot."""

    class Prices(nn.Module):
        def __init__(self):
            super().__init__()
            self.seq = nn.Sequential(nn.Linear(5, 32), nn.LeakyReLU(), nn.Linear(32, 1))

        def forward(self, x):
            return self.seq(x).flatten()

    table, price = numbers(300)
    net = Prices()
    opt = torch.optim.Adagrad(net.parameters(), lr=0.1)
    w = watch(net, opt, loss="mse", folder=folder)

    def run_epoch():
        order = torch.randperm(300)
        for rows in order.split(50):
            pred = net(table[rows])
            loss = torch.mean((pred - price[rows]) ** 2)  # fault
            opt.zero_grad()
            loss.backward()
            opt.step()
            w(table[rows], price[rows], loss)

    for _ in range(8):
        run_epoch()


class Siamese(nn.Module):
    def __init__(self):
        super().__init__()
        self.tower = nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Linear(16, 4))

    def forward(self, pair):
        return F.pairwise_distance(self.tower(pair[:, 0]), self.tower(pair[:, 1]), keepdim=True)


class ContrastiveLoss(nn.Module):
    def __init__(self, margin=2.0):
        super().__init__()
        self.margin = margin

    def forward(self, distance, label):
        far = torch.clamp(self.margin - distance, min=0.0)
        return torch.mean((1 - label) * distance**2 + label * far**2)  # fault: siamese_labels_without_a_column


@loop("loop-broadcast")
def siamese_labels_without_a_column(watch, folder):
    """GitHub (facial similarity notebook): ContrastiveLoss with keepdim=True and labels of shape (n,)."""
    x, y = classes(400, 6, 3)
    pairs = torch.stack([x[:200], x[200:]], 1)
    other = (y[:200] != y[200:]).float()
    net = Siamese()
    criterion = ContrastiveLoss()
    optimizer = torch.optim.RMSprop(net.parameters(), lr=2e-3)
    w = watch(net, optimizer, loss=criterion, folder=folder)
    for epoch in range(10):
        for pair, label in loader(pairs, other, 25):
            optimizer.zero_grad()
            loss = criterion(net(pair), label)
            loss.backward()
            optimizer.step()
            w(pair, label, loss)


# loop-other-loss


def soft_labels(out, y):
    return F.kl_div(F.log_softmax(out, dim=-1), y, reduction="batchmean")


@loop("loop-other-loss")
def kl_of_plain_probabilities(watch, folder):
    """Forums: 'KLDivLoss is negative': it expects log-probabilities as its input."""
    g = torch.Generator().manual_seed(2)
    x = torch.randn(256, 6, generator=g)
    votes = F.softmax(x @ torch.randn(6, 4, generator=g) * 0.7, dim=1)
    net = nn.Sequential(nn.Linear(6, 20), nn.ReLU(), nn.Linear(20, 4))
    optimizer = torch.optim.Adam(net.parameters(), lr=2e-2)
    w = watch(net, optimizer, loss=soft_labels, folder=folder)
    for epoch in range(6):
        for xb, yb in loader(x, votes, 32):
            probs = F.softmax(net(xb), dim=-1)
            loss = F.kl_div(probs, yb, reduction="batchmean")  # fault
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            w(xb, yb, loss)


class MiniUNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.down = nn.Conv2d(1, 6, 3, padding=1)
        self.mid = nn.Conv2d(6, 8, 3, padding=1)
        self.up = nn.ConvTranspose2d(8, 6, 2, stride=2)
        self.last = nn.Conv2d(12, 1, 1)

    def forward(self, x):
        a = torch.relu(self.down(x))
        b = self.up(torch.relu(self.mid(F.max_pool2d(a, 2))))
        return torch.sigmoid(self.last(torch.cat([a, b], 1)))  # fault: mask_squashed_twice


@loop("loop-other-loss")
def mask_squashed_twice(watch, folder):
    """Forums: 'U-Net, BCEWithLogitsLoss stuck near 0.69': the net ends with a sigmoid already."""
    g = torch.Generator().manual_seed(4)
    x = torch.rand(96, 1, 8, 8, generator=g)
    masks = (F.avg_pool2d(x, 3, 1, 1) > 0.45).float()
    net = MiniUNet()
    criterion = nn.BCEWithLogitsLoss()
    optimizer = torch.optim.Adam(net.parameters(), lr=1e-2)
    w = watch(net, optimizer, loss=criterion, folder=folder)
    for epoch in range(8):
        for image, mask in loader(x, masks, 16):
            loss = criterion(net(image), mask)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            w(image, mask, loss)


@loop("loop-other-loss")
def padding_index_that_is_a_tag(watch, folder):
    """Stack Overflow: 'tagger never predicts O': ignore_index=0, where 0 is padding of the words, not of the tags."""
    g = torch.Generator().manual_seed(6)
    words = torch.randint(1, 40, (160, 9), generator=g)
    tags = words % 4 * (words > 16)

    class Tagger(nn.Module):
        def __init__(self):
            super().__init__()
            self.emb = nn.Embedding(40, 16, padding_idx=0)
            self.rnn = nn.LSTM(16, 12, bidirectional=True, batch_first=True)
            self.out = nn.Linear(24, 4)

        def forward(self, ids):
            return self.out(self.rnn(self.emb(ids))[0]).transpose(1, 2)

    tagger = Tagger()
    optimizer = torch.optim.Adam(tagger.parameters(), lr=2e-2)
    w = watch(tagger, optimizer, loss="cross_entropy", folder=folder)
    criterion = nn.CrossEntropyLoss(ignore_index=0)  # fault
    for epoch in range(6):
        for sentence, tag in loader(words, tags, 20):
            tagger.zero_grad()
            loss = criterion(tagger(sentence), tag)
            loss.backward()
            optimizer.step()
            w(sentence, tag, loss)


# loop-misaligned-targets


@loop("loop-misaligned-targets")
def two_shuffling_loaders_zipped(watch, folder):
    """Forums: 'two DataLoaders in parallel, zip(images, masks)': each shuffles for itself."""
    x, y = classes(320, 6, 4)
    inputs = DataLoader(x, batch_size=32, shuffle=True)
    labels = DataLoader(y, batch_size=32, shuffle=True)  # fault
    net = nn.Sequential(nn.Linear(6, 24), nn.ReLU(), nn.Linear(24, 4))
    optimizer = torch.optim.SGD(net.parameters(), lr=0.05, momentum=0.9, nesterov=True)
    w = watch(net, optimizer, loss="cross_entropy", folder=folder)
    for epoch in range(6):
        running = 0.0
        for xb, yb in zip(inputs, labels):
            optimizer.zero_grad()
            loss = F.cross_entropy(net(xb), yb)
            loss.backward()
            optimizer.step()
            w(xb, yb, loss)
            running += loss.item()
        print(f"epoch {epoch}: {running / len(inputs):.3f}")
