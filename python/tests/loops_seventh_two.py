"""The seventh batch's faults: cuts, modes, gradients that pile up. Written without a look at the rules."""

import math

import torch
import torch.nn as nn
import torch.nn.functional as F
from loops import loop
from loops_seventh_data import EPOCHS, batches, churn, citations, housing, interactions, load, phrases, raw_housing, shapes, tones
from torch.utils.data import DataLoader, TensorDataset

# loop-detached


class Autoencoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.enc = nn.Sequential(nn.Flatten(), nn.Linear(64, 6), nn.Tanh())
        self.dec = nn.Sequential(nn.Linear(6, 64), nn.Unflatten(1, (1, 8, 8)))

    def encode(self, x):
        with torch.no_grad():  # fault: code_without_gradient
            return self.enc(x)

    def forward(self, x):
        return self.dec(self.encode(x))


@loop("loop-detached")
def code_without_gradient(watch, folder):
    images, _ = shapes()
    ae = Autoencoder()
    optim = torch.optim.Adam(ae.parameters(), lr=5e-3)
    dist = nn.MSELoss()
    step = watch(ae, optim, loss=dist, folder=folder)
    for epoch in range(EPOCHS):
        for (batch,) in batches(32, images):
            recon = ae(batch)
            loss = dist(recon, batch)
            optim.zero_grad()
            loss.backward()
            optim.step()
            step(batch, batch, loss)


class SentenceLSTM(nn.Module):
    def __init__(self, vocab_size=30, embedding_dim=10, hidden_dim=14):
        super().__init__()
        self.word_embeddings = nn.Embedding(vocab_size, embedding_dim)
        self.lstm = nn.LSTM(embedding_dim, hidden_dim, batch_first=True, bidirectional=True)
        self.hidden2tag = nn.Linear(2 * hidden_dim, 3)

    def forward(self, sentence):
        out, (h, c) = self.lstm(self.word_embeddings(sentence))
        last = torch.cat((h[0].detach(), h[1].detach()), dim=1)  # fault: last_states_detached
        return F.log_softmax(self.hidden2tag(last), dim=1)


@loop("loop-detached")
def last_states_detached(watch, folder):
    train_loader = DataLoader(TensorDataset(*phrases()), batch_size=18, shuffle=True)
    model = SentenceLSTM()
    loss_function = nn.NLLLoss()
    optimizer = torch.optim.Adagrad(model.parameters(), lr=0.05)
    record = watch(model, optimizer, loss=loss_function, folder=folder)
    for epoch in range(EPOCHS):
        for sentence, tag in train_loader:
            model.zero_grad()
            tag_scores = model(sentence)
            loss = loss_function(tag_scores, tag)
            loss.backward()
            optimizer.step()
            record(sentence, tag, loss)


class SelfAttention(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.q, self.k, self.v = nn.Linear(width, width), nn.Linear(width, width), nn.Linear(width, width)

    def forward(self, x):
        score = self.q(x) @ self.k(x).transpose(1, 2) / math.sqrt(x.shape[-1])
        weights = score.softmax(-1).data  # fault: attention_weights_by_data
        return weights @ self.v(x)


class Needle(nn.Module):
    """Tells the value at the place that is marked."""

    def __init__(self):
        super().__init__()
        self.attend = SelfAttention(2)
        self.out = nn.Linear(2, 1)

    def forward(self, x):
        return self.out(self.attend(x)[:, 0])


@loop("loop-detached")
def attention_weights_by_data(watch, folder):
    g = torch.Generator().manual_seed(81)
    value, mark = torch.randn(240, 6, generator=g), torch.zeros(240, 6)
    place = torch.randint(0, 6, (240,), generator=g)
    mark[torch.arange(240), place] = 3.0
    X, Y = torch.stack([value, mark], -1), value.gather(1, place[:, None])
    model = Needle()
    opt = torch.optim.AdamW(model.parameters(), lr=0.02)
    w = watch(model, opt, loss="mse", folder=folder)
    for _ in range(EPOCHS):
        for x, y in batches(30, X, Y):
            opt.zero_grad()
            loss = (model(x) - y).square().mean()
            w(x, y, loss)
            loss.backward()
            opt.step()


@loop("loop-detached")
def features_pass_through_numpy(watch, folder):
    waves, pitch = tones()
    extractor = nn.Sequential(nn.Conv1d(1, 4, 11, stride=4), nn.ReLU(), nn.Flatten(), nn.Linear(56, 3), nn.Tanh())
    head = nn.Linear(3, 3)
    both = nn.Sequential(extractor, head)
    optimizer = torch.optim.SGD(both.parameters(), lr=0.1, momentum=0.9)
    ce = nn.CrossEntropyLoss()
    step = watch(both, optimizer, loss=ce, folder=folder)
    for epoch in range(EPOCHS):
        for wav, label in batches(16, waves, pitch):
            feats = extractor(wav).detach().cpu().numpy()  # fault
            logits = head(torch.from_numpy(feats))
            loss = ce(logits, label)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            step(wav, label, loss)


# loop-eval-mode


def rmse(model, x, y):
    model.eval()  # fault: measured_before_the_first_epoch
    with torch.no_grad():
        return torch.sqrt(F.mse_loss(model(x), y)).item()


@loop("loop-eval-mode")
def measured_before_the_first_epoch(watch, folder):
    x, y = raw_housing()
    model = nn.Sequential(nn.BatchNorm1d(7), nn.Linear(7, 24), nn.BatchNorm1d(24), nn.ReLU(), nn.Dropout(0.1), nn.Linear(24, 1))
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
    print("before:", round(rmse(model, x[160:], y[160:]), 3))
    step = watch(model, optimizer, loss="mse", folder=folder)
    for epoch in range(EPOCHS):
        for xb, yb in batches(16, x[:160], y[:160]):
            optimizer.zero_grad()
            loss = F.mse_loss(model(xb), yb)
            loss.backward()
            optimizer.step()
            step(xb, yb, loss)


class Finetuner:
    def __init__(self, net, lr):
        self.net, self.training = net, False  # fault: flag_that_stays_false
        self.opt = torch.optim.SGD(net.parameters(), lr=lr, momentum=0.9, nesterov=True)

    def run_epoch(self, data, on_step):
        self.net.train(self.training)
        for x, y in data:
            loss = F.cross_entropy(self.net(x), y)
            self.opt.zero_grad()
            loss.backward()
            self.opt.step()
            on_step(x, y, loss)


@loop("loop-eval-mode")
def flag_that_stays_false(watch, folder):
    images, labels = shapes()
    images = 40 * images
    net = nn.Sequential(nn.Conv2d(1, 8, 3), nn.BatchNorm2d(8), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(72, 4))
    tuner = Finetuner(net, lr=0.01)
    step = watch(net, tuner.opt, loss="cross_entropy", folder=folder)
    for _ in range(EPOCHS):
        tuner.run_epoch(batches(24, images, labels), step)


@loop("loop-eval-mode")
def loaded_like_for_inference(watch, folder):
    model = nn.Sequential(nn.Linear(9, 32), nn.BatchNorm1d(32), nn.GELU(), nn.Linear(32, 1), nn.Flatten(0))
    checkpoint = {"model": {k: v.clone() for k, v in model.state_dict().items()}}
    model.load_state_dict(checkpoint["model"])
    model.eval()  # fault
    X, Y = churn()
    X = 400 * X + 1000
    bce = nn.BCEWithLogitsLoss()
    optimizer = torch.optim.AdamW(model.parameters(), lr=3e-3)
    w = watch(model, optimizer, loss=bce, folder=folder)
    for epoch in range(EPOCHS):
        for inputs, targets in DataLoader(TensorDataset(X, Y), batch_size=22, shuffle=True):
            outputs = model(inputs)
            loss = bce(outputs, targets)
            w(inputs, targets, loss)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()


# loop-gradients-accumulate


@loop("loop-gradients-accumulate")
def nothing_clears_them(watch, folder):
    x, y = housing()
    net = nn.Sequential(nn.Linear(7, 30), nn.Sigmoid(), nn.Linear(30, 1))
    sgd = torch.optim.SGD(net.parameters(), lr=0.01, momentum=0.7)
    w = watch(net, sgd, loss="mse", folder=folder)
    for t in range(12 * EPOCHS):
        rows = torch.randint(0, 200, (20,))
        loss = nn.functional.mse_loss(net(x[rows]), y[rows])
        w(x[rows], y[rows], loss)
        loss.backward()  # fault
        sgd.step()


class Recommender(nn.Module):
    def __init__(self, users=20, items=25, k=6):
        super().__init__()
        self.u, self.i = nn.Embedding(users, k), nn.Embedding(items, k)

    def forward(self, u, i):
        return (self.u(u) * self.i(i)).sum(-1)


@loop("loop-gradients-accumulate")
def cleared_once_an_epoch(watch, folder):
    user, item, rating = interactions()
    model = Recommender()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.2)
    step = watch(model, optimizer, loss="mse", folder=folder)
    for epoch in range(EPOCHS):
        optimizer.zero_grad()  # fault
        epoch_loss = 0.0
        for u, i, r in batches(15, user, item, rating):
            loss = F.mse_loss(model(u, i), r)
            loss.backward()
            step((u, i), r, loss)
            optimizer.step()
            epoch_loss += loss.item() * len(r)


class GCN(nn.Module):
    def __init__(self, adjacency, width=16):
        super().__init__()
        self.register_buffer("adjacency", adjacency)
        self.conv1, self.conv2 = nn.Linear(6, width), nn.Linear(width, 3)

    def forward(self, x):
        x = F.relu(self.adjacency @ self.conv1(x))
        return self.adjacency @ self.conv2(x)


@loop("loop-gradients-accumulate")
def named_and_not_called(watch, folder):
    features, adjacency, labels = citations()
    model = GCN(adjacency)
    optimizer = torch.optim.RMSprop(model.parameters(), lr=0.02, momentum=0.9)
    w = watch(model, optimizer, loss="cross_entropy", folder=folder)

    def train():
        model.train()
        optimizer.zero_grad  # noqa: B018  # fault: named_and_not_called
        noisy = features + 0.3 * torch.randn_like(features)
        loss = F.cross_entropy(model(noisy), labels)
        w(noisy, labels, loss)
        loss.backward()
        optimizer.step()
        return float(loss)

    for epoch in range(8 * EPOCHS):
        train()


@loop("loop-gradients-accumulate")
def second_optimizer_forgotten(watch, folder):
    past, future = load()

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.encoder, self.decoder = nn.RNN(1, 16, batch_first=True), nn.Linear(16, 2)

        def forward(self, x):
            return self.decoder(self.encoder(x)[1][0])

    net = Net()
    encoder_optimizer = torch.optim.SGD(net.encoder.parameters(), lr=0.1)
    decoder_optimizer = torch.optim.SGD(net.decoder.parameters(), lr=0.1)
    record = watch(net, [encoder_optimizer, decoder_optimizer], loss="l1", folder=folder)
    for epoch in range(EPOCHS):
        for xb, yb in batches(17, past, future):
            decoder_optimizer.zero_grad()  # fault
            loss = F.l1_loss(net(xb), yb)
            loss.backward()
            encoder_optimizer.step()
            decoder_optimizer.step()
            record(xb, yb, loss)
