"""The seventh batch's correct loops: models and losses of an unusual form. Written without a look at the rules."""

import torch
import torch.nn as nn
import torch.nn.functional as F
from loops import loop
from loops_seventh_data import EPOCHS, batches, churn, citations, housing, interactions, load, phrases, reversals, shapes, tones, transitions
from torch.utils.checkpoint import checkpoint


@loop("loop-correct")
def frozen_and_let_go_later(watch, folder):
    images, labels = shapes()
    backbone = nn.Sequential(nn.Conv2d(1, 8, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten())
    head = nn.Linear(72, 4)
    model = nn.Sequential(backbone, head)
    for p in backbone.parameters():
        p.requires_grad_(False)
    optimizer = torch.optim.SGD(head.parameters(), lr=0.1, momentum=0.9)
    w = watch(model, optimizer, loss="cross_entropy", folder=folder)
    for epoch in range(EPOCHS):
        if epoch == 1:
            for p in backbone.parameters():
                p.requires_grad_(True)
            optimizer.add_param_group({"params": backbone.parameters(), "lr": 0.01})
        for x, y in batches(24, images, labels):
            optimizer.zero_grad()
            loss = F.cross_entropy(model(x), y)
            loss.backward()
            optimizer.step()
            w(x, y, loss)


@loop("loop-correct")
def output_layer_tied_to_the_embedding(watch, folder):
    source, _ = reversals(length=8)

    class LM(nn.Module):
        def __init__(self, vocabulary=9, width=20):
            super().__init__()
            self.wte = nn.Embedding(vocabulary, width)
            self.rnn = nn.GRU(width, width, batch_first=True)
            self.lm_head = nn.Linear(width, vocabulary, bias=False)
            self.lm_head.weight = self.wte.weight

        def forward(self, ids):
            return self.lm_head(self.rnn(self.wte(ids))[0]).transpose(1, 2)

    text = torch.cat([source[:, :4], source[:, :4].flip(1)], 1)
    model = LM()
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-2, betas=(0.9, 0.95))
    w = watch(model, optimizer, loss="cross_entropy", folder=folder)
    for epoch in range(EPOCHS):
        for (ids,) in batches(16, text):
            logits = model(ids[:, :-1])
            loss = F.cross_entropy(logits, ids[:, 1:])
            w(ids[:, :-1], ids[:, 1:], loss)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()


@loop("loop-correct")
def discriminator_of_a_gan(watch, folder):
    real, _ = load()
    G = nn.Sequential(nn.Linear(4, 24), nn.ReLU(), nn.Linear(24, 16))
    D = nn.Sequential(nn.Linear(16, 24), nn.LeakyReLU(0.2), nn.Linear(24, 1))
    opt_g = torch.optim.Adam(G.parameters(), lr=2e-3, betas=(0.5, 0.999))
    opt_d = torch.optim.Adam(D.parameters(), lr=2e-3, betas=(0.5, 0.999))
    bce = nn.BCEWithLogitsLoss()
    w = watch(D, opt_d, loss=bce, folder=folder)
    for epoch in range(EPOCHS):
        for (x,) in batches(17, real.squeeze(-1)):
            n = len(x)
            fake = G(torch.randn(n, 4))
            both, truth = torch.cat([x, fake.detach()]), torch.cat([torch.ones(n, 1), torch.zeros(n, 1)])
            d_loss = bce(D(both), truth)
            w(both, truth, d_loss)
            opt_d.zero_grad()
            d_loss.backward()
            opt_d.step()
            g_loss = bce(D(fake), torch.ones(n, 1))
            opt_g.zero_grad()
            g_loss.backward()
            opt_g.step()


@loop("loop-correct")
def an_optimizer_for_sparse_embeddings(watch, folder):
    user, item, rating = interactions()

    class Model(nn.Module):
        def __init__(self):
            super().__init__()
            self.u, self.i = nn.Embedding(20, 6), nn.Embedding(25, 6)
            self.mlp = nn.Sequential(nn.Linear(12, 16), nn.ReLU(), nn.Linear(16, 1))

        def forward(self, u, i):
            return self.mlp(torch.cat([self.u(u), self.i(i)], 1)).squeeze(1)

    m = Model()
    tables = torch.optim.Adagrad([*m.u.parameters(), *m.i.parameters()], lr=0.1)
    dense = torch.optim.Adam(m.mlp.parameters(), lr=1e-2)
    w = watch(m, [tables, dense], loss="mse", folder=folder)
    for epoch in range(EPOCHS):
        for u, i, r in batches(24, user, item, rating):
            for o in (tables, dense):
                o.zero_grad()
            loss = F.mse_loss(m(u, i), r)
            loss.backward()
            for o in (tables, dense):
                o.step()
            w((u, i), r, loss)


@loop("loop-correct")
def blocks_computed_again(watch, folder):
    x, y = housing()

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.inp, self.out = nn.Linear(7, 16), nn.Linear(16, 1)
            self.blocks = nn.ModuleList(nn.Sequential(nn.Linear(16, 16), nn.ReLU()) for _ in range(2))

        def forward(self, x):
            h = self.inp(x)
            for block in self.blocks:
                h = h + checkpoint(block, h, use_reentrant=False)
            return self.out(h)

    net = Net()
    optimizer = torch.optim.Adam(net.parameters(), lr=5e-3)
    w = watch(net, optimizer, loss="mse", folder=folder)
    for epoch in range(EPOCHS):
        for xb, yb in batches(20, x, y):
            optimizer.zero_grad()
            loss = F.mse_loss(net(xb), yb)
            w(xb, yb, loss)
            loss.backward()
            optimizer.step()


@loop("loop-correct")
def pictures_mixed_with_others(watch, folder):
    images, labels = shapes()
    model = nn.Sequential(nn.Conv2d(1, 6, 3, stride=2), nn.ReLU(), nn.Flatten(), nn.Linear(54, 4))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
    beta = torch.distributions.Beta(0.4, 0.4)
    w = watch(model, optimizer, loss="cross_entropy", folder=folder)
    for epoch in range(EPOCHS):
        for x, y in batches(24, images, labels):
            lam, other = beta.sample(), torch.randperm(len(x))
            mixed = lam * x + (1 - lam) * x[other]
            soft = lam * F.one_hot(y, 4).float() + (1 - lam) * F.one_hot(y[other], 4).float()
            loss = F.cross_entropy(model(mixed), soft)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            w(mixed, soft, loss)


@loop("loop-correct")
def smoothed_and_weighted_classes(watch, folder):
    ids, groups = phrases()
    model = nn.Sequential(nn.EmbeddingBag(30, 16), nn.Dropout(0.3), nn.Linear(16, 3))
    criterion = nn.CrossEntropyLoss(weight=torch.tensor([1.0, 2.0, 0.5]), label_smoothing=0.1)
    optimizer = torch.optim.Adam(model.parameters(), lr=2e-2)
    w = watch(model, optimizer, loss=criterion, folder=folder)
    for epoch in range(EPOCHS):
        for x, y in batches(25, ids, groups):
            loss = criterion(model(x), y)
            w(x, y, loss)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()


@loop("loop-correct")
def student_of_a_teacher(watch, folder):
    waves, _ = tones()
    teacher = nn.Sequential(nn.Flatten(), nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 3)).eval()
    student = nn.Sequential(nn.Flatten(), nn.Linear(64, 8), nn.ReLU(), nn.Linear(8, 3))
    T = 3.0

    def distill(out, soft):
        return F.kl_div(F.log_softmax(out / T, 1), soft, reduction="batchmean") * T * T

    optimizer = torch.optim.AdamW(student.parameters(), lr=1e-2)
    w = watch(student, optimizer, loss=distill, folder=folder)
    for epoch in range(EPOCHS):
        for (x,) in batches(20, waves):
            with torch.no_grad():
                soft = F.softmax(5 * teacher(x) / T, 1)
            loss = distill(student(x), soft)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            w(x, soft, loss)


@loop("loop-correct")
def triplets(watch, folder):
    images, labels = shapes()

    class Embedder(nn.Module):
        def __init__(self):
            super().__init__()
            self.net = nn.Sequential(nn.Flatten(), nn.Linear(64, 16), nn.ReLU(), nn.Linear(16, 4))

        def forward(self, a, p, n):
            return self.net(a), self.net(p), self.net(n)

    model, triplet = Embedder(), nn.TripletMarginLoss(margin=1.0)
    optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
    w = watch(model, optimizer, loss=lambda out, _: triplet(*out), folder=folder)
    for t in range(8 * EPOCHS):
        rows = torch.randint(0, len(labels), (20,))
        like = torch.stack([torch.nonzero(labels == c)[torch.randint(0, 30, ())][0] for c in labels[rows]])
        unlike = torch.stack([torch.nonzero(labels != c)[torch.randint(0, 100, ())][0] for c in labels[rows]])
        a, p, n = images[rows], images[like], images[unlike]
        loss = triplet(*model(a, p, n))
        w((a, p, n), labels[rows], loss)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()


@loop("loop-correct")
def two_views_in_contrast(watch, folder):
    waves, _ = tones()
    encoder = nn.Sequential(nn.Conv1d(1, 8, 9, stride=2), nn.ReLU(), nn.AdaptiveAvgPool1d(4), nn.Flatten(), nn.Linear(32, 8))

    def info_nce(z, pair, temperature=0.5):
        z = F.normalize(z, dim=1)
        sim = z @ z.T / temperature - 1e9 * torch.eye(len(z))
        return F.cross_entropy(sim, pair)

    optimizer = torch.optim.Adam(encoder.parameters(), lr=5e-3)
    w = watch(encoder, optimizer, loss=info_nce, folder=folder)
    for epoch in range(EPOCHS):
        for (x,) in batches(20, waves):
            views = torch.cat([x + 0.1 * torch.randn_like(x), x.roll(3, -1) * (0.8 + 0.4 * torch.rand(len(x), 1, 1))])
            pair = torch.cat([torch.arange(len(x)) + len(x), torch.arange(len(x))])
            loss = info_nce(encoder(views), pair)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            w(views, pair, loss)


@loop("loop-correct")
def variational_autoencoder(watch, folder):
    images, _ = shapes()

    class VAE(nn.Module):
        def __init__(self):
            super().__init__()
            self.enc, self.dec = nn.Linear(64, 24), nn.Sequential(nn.Linear(4, 24), nn.ReLU(), nn.Linear(24, 64))
            self.mu, self.logvar = nn.Linear(24, 4), nn.Linear(24, 4)

        def forward(self, x):
            h = F.relu(self.enc(x))
            mu, logvar = self.mu(h), self.logvar(h)
            z = mu + torch.randn_like(mu) * (0.5 * logvar).exp()
            return self.dec(z), mu, logvar

    def elbo(out, x):
        recon, mu, logvar = out
        return F.mse_loss(recon, x, reduction="sum") / len(x) - 0.5 * (1 + logvar - mu.pow(2) - logvar.exp()).sum(1).mean()

    vae = VAE()
    optimizer = torch.optim.Adam(vae.parameters(), lr=3e-3)
    w = watch(vae, optimizer, loss=elbo, folder=folder)
    for epoch in range(EPOCHS):
        for (x,) in batches(32, images.flatten(1)):
            loss = elbo(vae(x), x)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            w(x, x, loss)


@loop("loop-correct")
def noise_to_be_foretold(watch, folder):
    past, _ = load()

    class Denoiser(nn.Module):
        def __init__(self):
            super().__init__()
            self.net = nn.Sequential(nn.Linear(17, 48), nn.SiLU(), nn.Linear(48, 16))

        def forward(self, x, t):
            return self.net(torch.cat([x, t], 1))

    model = Denoiser()
    optimizer = torch.optim.AdamW(model.parameters(), lr=3e-3)
    w = watch(model, optimizer, loss="mse", folder=folder)
    for epoch in range(EPOCHS):
        for (clean,) in batches(34, past.squeeze(-1)):
            t, noise = torch.rand(len(clean), 1), torch.randn_like(clean)
            noisy = (1 - t).sqrt() * clean + t.sqrt() * noise
            loss = F.mse_loss(model(noisy, t), noise)
            w((noisy, t), noise, loss)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()


@loop("loop-correct")
def whole_graph_at_every_step(watch, folder):
    features, adjacency, labels = citations()
    known = torch.arange(len(labels)) % 3 > 0

    class GCN(nn.Module):
        def __init__(self):
            super().__init__()
            self.register_buffer("adj", adjacency)
            self.one, self.two, self.drop = nn.Linear(6, 16), nn.Linear(16, 3), nn.Dropout(0.3)

        def forward(self, x):
            return self.adj @ self.two(self.drop(F.relu(self.adj @ self.one(x))))

    model = GCN()
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01, weight_decay=5e-4)
    w = watch(model, optimizer, loss=lambda out, y: F.cross_entropy(out[known], y[known]), folder=folder)
    for epoch in range(8 * EPOCHS):
        model.train()
        optimizer.zero_grad()
        out = model(features)
        loss = F.cross_entropy(out[known], labels[known])
        loss.backward()
        optimizer.step()
        w(features, labels, loss)
        model.eval()
        with torch.no_grad():
            (model(features)[~known].argmax(1) == labels[~known]).float().mean()


@loop("loop-correct")
def policy_gradient_with_a_baseline(watch, folder):
    states, _, _ = transitions()
    best = (states[:, 0] > 0).long() + (states[:, 1] > 0.5).long()
    policy = nn.Sequential(nn.Linear(4, 16), nn.Tanh(), nn.Linear(16, 3))

    def reinforce(logits, taken):
        action, advantage = taken[:, 0].long(), taken[:, 1]
        return -(F.log_softmax(logits, 1).gather(1, action[:, None])[:, 0] * advantage).mean()

    optimizer, baseline = torch.optim.Adam(policy.parameters(), lr=1e-2), 0.0
    w = watch(policy, optimizer, loss=reinforce, folder=folder)
    for episode in range(10 * EPOCHS):
        rows = torch.randint(0, len(states), (32,))
        with torch.no_grad():
            action = torch.distributions.Categorical(logits=policy(states[rows])).sample()
        reward = (action == best[rows]).float()
        taken = torch.stack([action.float(), reward - baseline], 1)
        baseline = 0.9 * baseline + 0.1 * reward.mean().item()
        loss = reinforce(policy(states[rows]), taken)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        w(states[rows], taken, loss)


@loop("loop-correct")
def rare_ones_weighted(watch, folder):
    X, Y = churn()
    rare = torch.cat([X[Y == 0], X[Y == 1][:20]]), torch.cat([Y[Y == 0], Y[Y == 1][:20]])
    model = nn.Sequential(nn.Linear(9, 16), nn.ReLU(), nn.Linear(16, 1), nn.Flatten(0))
    criterion = nn.BCEWithLogitsLoss(pos_weight=(rare[1] == 0).sum() / rare[1].sum())
    optimizer = torch.optim.Adam(model.parameters(), lr=5e-3)
    w = watch(model, optimizer, loss=criterion, folder=folder)
    for epoch in range(2 * EPOCHS):
        for x, y in batches(25, *rare):
            optimizer.zero_grad()
            loss = criterion(model(x), y)
            w(x, y, loss)
            loss.backward()
            optimizer.step()
