"""The seventh batch's correct loops: batches, selections, sequences, penalties. Written without a look at the rules."""

import copy

import torch
import torch.nn as nn
import torch.nn.functional as F
from loops import loop
from loops_seventh_data import EPOCHS, batches, churn, housing, load, phrases, raw_housing, reversals, shapes, tones
from torch.utils.data import DataLoader, TensorDataset


class Translator(nn.Module):
    def __init__(self, vocabulary=9, width=20):
        super().__init__()
        self.embed = nn.Embedding(vocabulary, width)
        self.encoder, self.cell = nn.GRU(width, width, batch_first=True), nn.GRUCell(width, width)
        self.out = nn.Linear(width, vocabulary)

    def forward(self, source, target):
        h = self.encoder(self.embed(source))[1][0]
        token, steps = torch.zeros_like(source[:, 0]), []
        for t in range(6):
            h = self.cell(self.embed(token), h)
            steps.append(self.out(h))
            token = target[:, t]
        return torch.stack(steps, 2)


@loop("loop-correct")
def decoder_led_by_its_teacher(watch, folder):
    source, turned = reversals()
    model = Translator()
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
    w = watch(model, optimizer, loss="cross_entropy", folder=folder)
    for epoch in range(EPOCHS):
        for src, tgt in batches(20, source, turned):
            loss = F.cross_entropy(model(src, tgt), tgt)
            w((src, tgt), tgt, loss)
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 5.0)
            optimizer.step()


@loop("loop-correct")
def state_carried_over_chunks(watch, folder):
    t = torch.arange(8 * 13 * 6 + 1).float().view(1, -1) * 0.3 + torch.arange(6).view(-1, 1)
    wave = torch.sin(t) + 0.3 * torch.sin(0.37 * t)

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.rnn, self.fc = nn.GRU(1, 12, batch_first=True), nn.Linear(12, 1)

        def forward(self, x, h):
            out, h = self.rnn(x, h)
            return self.fc(out), h

    net = Net()
    optimizer = torch.optim.Adam(net.parameters(), lr=1e-2)
    w = watch(net, optimizer, loss=lambda out, y: F.mse_loss(out[0], y), folder=folder)
    for epoch in range(EPOCHS):
        h = torch.zeros(1, 6, 12)
        for at in range(0, 8 * 13, 8):
            x, y = wave[:, at : at + 8, None], wave[:, at + 1 : at + 9, None]
            before = h.detach()
            out, h = net(x, before)
            loss = F.mse_loss(out, y)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            w((x, before), y, loss)


@loop("loop-correct")
def penalty_on_the_inputs_gradient(watch, folder):
    x, y = housing()
    critic = nn.Sequential(nn.Linear(7, 24), nn.Softplus(), nn.Linear(24, 1))
    optimizer = torch.optim.Adam(critic.parameters(), lr=5e-3, betas=(0.0, 0.9))
    w = watch(critic, optimizer, folder=folder)
    for epoch in range(EPOCHS):
        for xb, yb in batches(25, x, y):
            xb = xb.clone().requires_grad_(True)
            score = critic(xb)
            slope = torch.autograd.grad(score.sum(), xb, create_graph=True)[0]
            loss = F.mse_loss(score, yb) + 0.1 * ((slope.norm(2, dim=1) - 1) ** 2).mean()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            w(xb, yb, loss)


@loop("loop-correct")
def absolute_weights_added(watch, folder):
    X, Y = churn()
    model = nn.Sequential(nn.Linear(9, 16), nn.ReLU(), nn.Linear(16, 1), nn.Flatten(0))
    optimizer = torch.optim.Adam(model.parameters(), lr=5e-3)
    w = watch(model, optimizer, loss="bce_with_logits", folder=folder)
    for epoch in range(EPOCHS):
        for x, y in DataLoader(TensorDataset(X, Y), batch_size=20, shuffle=True):
            optimizer.zero_grad()
            data_loss = F.binary_cross_entropy_with_logits(model(x), y)
            l1 = sum(p.abs().sum() for p in model.parameters())
            loss = data_loss + 1e-4 * l1
            w(x, y, loss)
            loss.backward()
            optimizer.step()


@loop("loop-correct")
def best_kept_for_the_end(watch, folder):
    x, y = housing()
    model = nn.Sequential(nn.Linear(7, 20), nn.ReLU(), nn.Dropout(0.2), nn.Linear(20, 1))
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
    best, kept, bad = float("inf"), None, 0
    step = watch(model, optimizer, loss="mse", folder=folder)
    for epoch in range(4 * EPOCHS):
        model.train()
        for xb, yb in batches(50, x[:150], y[:150]):
            optimizer.zero_grad()
            loss = F.mse_loss(model(xb), yb)
            loss.backward()
            optimizer.step()
            step(xb, yb, loss)
        model.eval()
        with torch.no_grad():
            val = F.mse_loss(model(x[150:]), y[150:]).item()
        if val < best:
            best, kept, bad = val, copy.deepcopy(model.state_dict()), 0
        else:
            bad += 1
            if bad == 3:
                break
    model.load_state_dict(kept)


@loop("loop-correct")
def evaluated_every_third_step(watch, folder):
    waves, pitch = tones()
    model = nn.Sequential(nn.Conv1d(1, 6, 9, stride=2), nn.BatchNorm1d(6), nn.ReLU(), nn.Flatten(), nn.Dropout(0.3), nn.Linear(168, 3))
    optimizer = torch.optim.AdamW(model.parameters(), lr=3e-3)
    w = watch(model, optimizer, loss="cross_entropy", folder=folder)
    step = 0
    for epoch in range(EPOCHS):
        for x, y in batches(16, waves[:128], pitch[:128]):
            model.train()
            optimizer.zero_grad()
            loss = F.cross_entropy(model(x), y)
            loss.backward()
            optimizer.step()
            w(x, y, loss)
            step += 1
            if step % 3 == 0:
                model.eval()
                with torch.inference_mode():
                    F.cross_entropy(model(waves[128:]), pitch[128:]).item()


@loop("loop-correct")
def hardest_half_of_a_batch(watch, folder):
    images, labels = shapes()
    model = nn.Sequential(nn.Flatten(), nn.Linear(64, 24), nn.ReLU(), nn.Linear(24, 4))

    def hardest(out, y):
        return F.cross_entropy(out, y, reduction="none").topk(len(y) // 2).values.mean()

    optimizer = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9)
    w = watch(model, optimizer, loss=hardest, folder=folder)
    for epoch in range(EPOCHS):
        for x, y in batches(24, images, labels):
            loss = hardest(model(x), y)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            w(x, y, loss)


@loop("loop-correct")
def easy_ones_first(watch, folder):
    x, y = housing()
    order = y.abs().squeeze(1).argsort()
    model = nn.Sequential(nn.Linear(7, 20), nn.Tanh(), nn.Linear(20, 1))
    optimizer = torch.optim.RMSprop(model.parameters(), lr=3e-3)
    w = watch(model, optimizer, loss="mse", folder=folder)
    for t in range(10 * EPOCHS):
        known = min(200, 60 + 10 * t)
        rows = order[torch.randperm(known)[:20]]
        loss = F.mse_loss(model(x[rows]), y[rows])
        w(x[rows], y[rows], loss)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()


@loop("loop-correct")
def negatives_drawn_at_random(watch, folder):
    ids, _ = phrases()
    center, context = ids[:, :-1].reshape(-1), ids[:, 1:].reshape(-1)

    class SkipGram(nn.Module):
        def __init__(self):
            super().__init__()
            self.inner, self.outer = nn.Embedding(30, 8), nn.Embedding(30, 8)
            nn.init.uniform_(self.outer.weight, -0.1, 0.1)

        def forward(self, c, words):
            return (self.inner(c).unsqueeze(1) * self.outer(words)).sum(-1)

    model = SkipGram()
    optimizer = torch.optim.Adam(model.parameters(), lr=2e-2)
    w = watch(model, optimizer, loss="bce_with_logits", folder=folder)
    for epoch in range(EPOCHS):
        for c, o in batches(90, center, context):
            words = torch.cat([o[:, None], torch.randint(0, 30, (len(c), 4))], 1)
            truth = torch.zeros(words.shape)
            truth[:, 0] = 1.0
            loss = F.binary_cross_entropy_with_logits(model(c, words), truth)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            w((c, words), truth, loss)


@loop("loop-correct")
def normalized_in_place(watch, folder):
    x, y = raw_housing()
    mean, std = x.mean(0), x.std(0)
    model = nn.Sequential(nn.Linear(7, 24), nn.BatchNorm1d(24), nn.ReLU(), nn.Dropout(0.1), nn.Linear(24, 1))
    optimizer = torch.optim.Adam(model.parameters(), lr=5e-3)
    w = watch(model, optimizer, loss="huber", folder=folder)
    for epoch in range(EPOCHS):
        for xb, yb in DataLoader(TensorDataset(x, y), batch_size=33, shuffle=True):
            xb.sub_(mean).div_(std)
            optimizer.zero_grad()
            loss = F.huber_loss(model(xb), yb)
            loss.backward()
            optimizer.step()
            w(xb, yb, loss)


@loop("loop-correct")
def flips_and_noise_in_the_loop(watch, folder):
    images, labels = shapes()
    top = (labels > 1).long()
    model = nn.Sequential(nn.Conv2d(1, 6, 3), nn.BatchNorm2d(6), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(54, 2))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9, nesterov=True)
    w = watch(model, optimizer, loss="cross_entropy", folder=folder)
    for epoch in range(EPOCHS):
        for x, y in batches(24, images, top):
            if torch.rand(()) < 0.5:
                x = x.flip(-1)
            x = x + 0.1 * torch.randn_like(x)
            optimizer.zero_grad()
            loss = F.cross_entropy(model(x), y)
            loss.backward()
            optimizer.step()
            w(x, y, loss)


class TwoHeads(nn.Module):
    def __init__(self):
        super().__init__()
        self.trunk = nn.Sequential(nn.Conv1d(1, 6, 9, stride=2), nn.ReLU(), nn.Flatten())
        self.pitch, self.volume = nn.Linear(168, 3), nn.Linear(168, 1)

    def forward(self, wave):
        h = self.trunk(wave)
        return self.pitch(h), self.volume(h).squeeze(1)


@loop("loop-correct")
def pitch_and_volume_at_once(watch, folder):
    waves, pitch = tones()
    gain = 0.5 + torch.rand(len(waves))
    waves = waves * gain[:, None, None]

    def both(out, y):
        return F.cross_entropy(out[0], y[0]) + 2.0 * F.l1_loss(out[1], y[1])

    model = TwoHeads()
    optimizer = torch.optim.NAdam(model.parameters(), lr=2e-3)
    w = watch(model, optimizer, loss=both, folder=folder)
    for epoch in range(EPOCHS):
        for x, p, v in batches(16, waves, pitch, gain):
            loss = both(model(x), (p, v))
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            w(x, (p, v), loss)


@loop("loop-correct")
def batches_as_dictionaries(watch, folder):
    ids, groups = phrases()
    mask = (torch.rand(ids.shape) < 0.8).float()
    mask[:, 0] = 1.0

    class Classifier(nn.Module):
        def __init__(self):
            super().__init__()
            self.embed, self.head = nn.Embedding(30, 12), nn.Linear(12, 3)

        def forward(self, input_ids, attention_mask):
            m = attention_mask.unsqueeze(-1)
            return self.head((self.embed(input_ids) * m).sum(1) / m.sum(1))

    model = Classifier()
    optimizer = torch.optim.AdamW(model.parameters(), lr=2e-2)
    loader = DataLoader([{"input_ids": i, "attention_mask": m, "labels": y} for i, m, y in zip(ids, mask, groups)], batch_size=25, shuffle=True)
    w = watch(model, optimizer, loss="cross_entropy", folder=folder)
    for epoch in range(EPOCHS):
        for batch in loader:
            labels = batch.pop("labels")
            loss = F.cross_entropy(model(**batch), labels)
            loss.backward()
            optimizer.step()
            optimizer.zero_grad()
            w(batch, labels, loss)


@loop("loop-correct")
def weights_held_in_bounds(watch, folder):
    past, future = load()
    model = nn.Sequential(nn.Flatten(), nn.Linear(16, 24), nn.ReLU(), nn.Linear(24, 2))
    optimizer = torch.optim.Adam(model.parameters(), lr=2e-2)
    w = watch(model, optimizer, loss="mse", folder=folder)
    for epoch in range(EPOCHS):
        for xb, yb in batches(17, past, future):
            optimizer.zero_grad()
            loss = F.mse_loss(model(xb), yb)
            w(xb, yb, loss)
            loss.backward()
            optimizer.step()
            with torch.no_grad():
                for p in model.parameters():
                    p.clamp_(-0.3, 0.3)
