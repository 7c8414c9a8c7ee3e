"""The ninth batch, first part: optimizers that hold other parameters, updates that never come, parts without a gradient."""

import copy
import random

import torch
import torch.nn as nn
import torch.nn.functional as F
import torch.optim as optim
from loops import loop
from loops_ninth_data import batches, blobs, houses, reviews, sensors, shapes, spectra, states

# loop-wrong-parameters


class Tagger(nn.Module):
    """Names which kind of word each position is, as fine-tuning scripts do."""

    def __init__(self, words, tags):
        super().__init__()
        self.bert_embeddings = nn.Embedding(words, 16)
        self.bert_layer = nn.TransformerEncoderLayer(16, 2, 32, dropout=0.0, batch_first=True)
        self.fc = nn.Linear(16, tags)

    def forward(self, ids):
        return self.fc(self.bert_layer(self.bert_embeddings(ids))).flatten(0, 1)


@loop("loop-wrong-parameters")
def group_of_the_head_never_appended(watch, folder):
    """After an issue of a named-entity repository: the last group of parameters is filled but not appended."""
    torch.manual_seed(1)
    ids, _ = reviews()
    tags = ids % 5
    model = Tagger(30, 5)
    parameters = []
    params = {"lr": 3e-5, "weight_decay": 1e-2, "params": []}
    for name, param in model.named_parameters():
        if "bert" in name:
            params["params"].append(param)
    parameters.append(params)
    params = {"lr": 5e-2, "weight_decay": 1e-2, "params": []}
    for name, param in model.named_parameters():
        if name.startswith("fc"):
            params["params"].append(param)
    optimizer = optim.AdamW(parameters)  # fault
    recorder = watch(model, optimizer, loss="cross_entropy", folder=folder)
    for epoch in range(2):
        for batch, label in batches(ids, tags, 32):
            optimizer.zero_grad()
            loss = F.cross_entropy(model(batch), label.flatten())
            loss.backward()
            recorder(batch, label.flatten(), loss)
            optimizer.step()


@loop("loop-wrong-parameters")
def agent_optimizes_the_target_network(watch, folder):
    """After homework on deep Q-learning: two networks of one kind, and the optimizer gets the other one."""

    class Agent:
        def __init__(self):
            self.policy_net = nn.Sequential(nn.Linear(4, 32), nn.ReLU(), nn.Linear(32, 1))
            self.target_net = copy.deepcopy(self.policy_net)
            self.optimizer = optim.RMSprop(self.target_net.parameters(), lr=5e-3)  # fault

        def learn(self, s, g):
            loss = F.smooth_l1_loss(self.policy_net(s), g)
            self.optimizer.zero_grad()
            loss.backward()
            for param in self.policy_net.parameters():
                param.grad.data.clamp_(-1, 1)
            self.optimizer.step()
            return loss

    torch.manual_seed(2)
    memory = list(zip(*states()[:2]))
    agent = Agent()
    record = watch(agent.policy_net, agent.optimizer, loss="smooth_l1", folder=folder)
    pick = random.Random(0)
    for step in range(30):
        s, g = zip(*pick.sample(memory, 48))
        s, g = torch.stack(s), torch.stack(g)[:, None]
        loss = agent.learn(s, g)
        record(s, g, loss)


class Stacked(nn.Module):
    """Keeps its hidden layers in a list of Python."""

    def __init__(self, sizes):
        super().__init__()
        self.layers = [nn.Linear(a, b) for a, b in zip(sizes, sizes[1:])]  # fault: hidden_layers_in_a_python_list
        self.out = nn.Linear(sizes[-1], sizes[0])

    def forward(self, x):
        for layer in self.layers:
            x = torch.tanh(layer(x))
        return self.out(x)


@loop("loop-wrong-parameters")
def hidden_layers_in_a_python_list(watch, folder):
    """After pytorch#666 and many since: layers in a plain list aren't among model.parameters()."""
    torch.manual_seed(3)
    x = spectra()
    net = Stacked([16, 12, 3])
    optimizer = torch.optim.Adam(net.parameters(), lr=2e-2)
    see = watch(net, optimizer, loss="mse", folder=folder)
    criterion = nn.MSELoss()
    for epoch in range(4):
        for (batch,) in torch.utils.data.DataLoader(torch.utils.data.TensorDataset(x), 32, shuffle=True):
            output = net(batch)
            loss = criterion(output, batch)
            see(batch, batch, loss)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()


@loop("loop-wrong-parameters")
def discriminator_line_copied_from_the_generator(watch, folder):
    """After a GAN from a tutorial: the second optimizer's line is the first one's with the name changed on one side only."""
    torch.manual_seed(4)
    real = spectra()
    netG = nn.Sequential(nn.Linear(4, 32), nn.ReLU(), nn.Linear(32, 16))
    netD = nn.Sequential(nn.Linear(16, 32), nn.LeakyReLU(0.2), nn.Linear(32, 1))
    optimizerG = optim.Adam(netG.parameters(), lr=2e-3, betas=(0.5, 0.999))
    optimizerD = optim.Adam(netG.parameters(), lr=2e-3, betas=(0.5, 0.999))  # fault
    seen = watch(netD, optimizerD, loss="bce_with_logits", folder=folder)
    bce = nn.BCEWithLogitsLoss()
    for step in range(24):
        data = real[torch.randint(0, len(real), (32,))]
        fake = netG(torch.randn(32, 4))
        both = torch.cat([data, fake.detach()])
        label = torch.cat([torch.ones(32, 1), torch.zeros(32, 1)])
        netD.zero_grad()
        errD = bce(netD(both), label)
        errD.backward()
        optimizerD.step()
        seen(both, label, errD)
        netG.zero_grad()
        errG = bce(netD(netG(torch.randn(32, 4))), torch.ones(32, 1))
        errG.backward()
        optimizerG.step()


# loop-no-update


@loop("loop-no-update")
def policy_loss_from_items(watch, folder):
    """After an issue on policy gradients: .item() got round an error of devices, requires_grad=True round the next one."""
    torch.manual_seed(5)
    s, returns, better = states()
    policy = nn.Sequential(nn.Linear(4, 24), nn.Tanh(), nn.Linear(24, 2))
    optimizer = optim.Adam(policy.parameters(), lr=2e-2)
    w = watch(policy, optimizer, loss="cross_entropy", folder=folder)
    for episode in range(30):
        rows = torch.randperm(len(s))[:25]
        log_probs = F.log_softmax(policy(s[rows]), dim=-1)
        rl_loss = 0.0
        for i, action in enumerate(better[rows]):
            rl_loss = rl_loss - log_probs[i, action].item()  # fault
        rl_loss = torch.tensor(rl_loss / len(rows), requires_grad=True)
        optimizer.zero_grad()
        rl_loss.backward()
        optimizer.step()
        w(s[rows], better[rows], rl_loss)


@loop("loop-no-update")
def accumulates_more_batches_than_an_epoch_has(watch, folder):
    """After scripts with accumulation_steps from the command line: the step's turn never comes within an epoch."""
    torch.manual_seed(6)
    x, y = shapes()
    accumulation_steps = 16
    model = nn.Sequential(nn.Conv2d(1, 8, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(200, 3))
    optimizer = optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
    w = watch(model, optimizer, loss="cross_entropy", folder=folder)
    for epoch in range(3):
        model.train()
        optimizer.zero_grad()
        for i, (inputs, labels) in enumerate(batches(x, y, 32, seed=epoch)):
            loss = F.cross_entropy(model(inputs), labels)
            w(inputs, labels, loss)
            (loss / accumulation_steps).backward()
            if (i + 1) % accumulation_steps == 0:  # fault
                optimizer.step()
                optimizer.zero_grad()


class Sentiment(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(30, 12)
        self.lstm = nn.LSTM(12, 16, batch_first=True)
        self.fc = nn.Linear(16, 1)

    def forward(self, x):
        out, (h, c) = self.lstm(self.embed(x))
        return self.fc(out.mean(1)).squeeze(1)


@torch.no_grad()  # fault: shared_with_the_evaluation
def run_batch(model, x, y):
    logits = model(x)
    return logits, F.binary_cross_entropy_with_logits(logits, y)


@loop("loop-no-update")
def shared_with_the_evaluation(watch, folder):
    """After notebooks that share one function between training and test: it has the decorator of the test."""
    torch.manual_seed(7)
    x, y = reviews()
    net = Sentiment()
    opt = optim.AdamW(net.parameters(), lr=1e-2)
    w = watch(net, opt, loss="bce_with_logits", folder=folder)
    for _ in range(3):
        for xb, yb in batches(x, y, 32):
            logits, loss = run_batch(net, xb, yb)
            loss.requires_grad_(True)
            opt.zero_grad()
            loss.backward()
            opt.step()
            w(xb, yb, loss)


@loop("loop-no-update")
def step_named_but_not_called(watch, folder):
    """After a question of a beginner: optimizer.step is named and not called."""
    torch.manual_seed(8)
    data, price = houses()
    model = nn.Sequential(nn.Linear(7, 20), nn.ReLU(), nn.Linear(20, 1))
    criterion = nn.L1Loss()
    optimizer = torch.optim.Adam(model.parameters(), lr=0.03)
    w = watch(model, optimizer, loss="mae", folder=folder)
    for t in range(40):
        idx = torch.randint(0, 320, (64,))
        y_pred = model(data[idx])
        loss = criterion(y_pred, price[idx].unsqueeze(1))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step  # fault
        w(data[idx], price[idx].unsqueeze(1), loss)


# loop-detached


class SmoothedNet(nn.Module):
    """Smooths its hidden features by NumPy, as somebody does who knows scipy better."""

    def __init__(self):
        super().__init__()
        self.project = nn.Linear(8, 3)
        self.classify = nn.Sequential(nn.Linear(3, 16), nn.ReLU(), nn.Linear(16, 6))

    def forward(self, x):
        h = torch.tanh(self.project(x)).detach().numpy()  # fault: numpy_between_the_layers
        h = h - h.mean(axis=1, keepdims=True) * 0.1
        return self.classify(torch.from_numpy(h))


@loop("loop-detached")
def numpy_between_the_layers(watch, folder):
    """After "Can't call numpy() on Tensor that requires grad": the advice in the message was taken."""
    torch.manual_seed(9)
    x, y = blobs()
    model = SmoothedNet()
    optimizer = optim.Adam(model.parameters(), lr=0.02)
    w = watch(model, optimizer, loss=nn.CrossEntropyLoss(), folder=folder)
    for epoch in range(4):
        for xb, yb in batches(x, y, 45, seed=epoch):
            optimizer.zero_grad()
            loss = nn.CrossEntropyLoss()(model(xb), yb)
            loss.backward()
            optimizer.step()
            w(xb, yb, loss)


class NoisyAutoencoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = nn.Sequential(nn.Linear(16, 12), nn.ReLU(), nn.Linear(12, 2))
        self.decoder = nn.Sequential(nn.Linear(2, 12), nn.ReLU(), nn.Linear(12, 16))

    def forward(self, x):
        mu = self.encoder(x)
        z = torch.distributions.Normal(mu, torch.full_like(mu, 0.05)).sample()  # fault: sample_for_rsample
        return self.decoder(z)


@loop("loop-detached")
def sample_for_rsample(watch, folder):
    """After questions on variational autoencoders: sample() has no gradient, rsample() has."""
    torch.manual_seed(10)
    x = spectra()
    model = NoisyAutoencoder()
    optimizer = optim.Adam(model.parameters(), lr=2e-2)
    w = watch(model, optimizer, loss="mse", folder=folder)
    for step in range(40):
        batch = x[torch.randint(0, len(x), (64,))]
        recon = model(batch)
        loss = F.mse_loss(recon, batch)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        w(batch, batch, loss)


class Extractor(nn.Module):
    """Takes features from a layer by a hook, as wrappers of vision transformers do."""

    def __init__(self, backbone, layer):
        super().__init__()
        self.backbone = backbone
        self.latents = None
        layer.register_forward_hook(self._hook)

    def _hook(self, _, inputs, output):
        self.latents = output.clone().detach()  # fault: extractor_hook_detaches

    def forward(self, x):
        self.backbone(x)
        return self.latents


class Captioner(nn.Module):
    def __init__(self):
        super().__init__()
        trunk = nn.Sequential(nn.Conv2d(1, 6, 3, stride=2), nn.ReLU(), nn.Flatten(), nn.Linear(150, 3))
        self.image = Extractor(trunk, trunk[3])
        self.to_logits = nn.Linear(3, 3)

    def forward(self, x):
        return self.to_logits(self.image(x))


@loop("loop-detached")
def extractor_hook_detaches(watch, folder):
    """After an issue of CoCa-pytorch: the extractor of features clones and detaches, so the image encoder never learns."""
    torch.manual_seed(11)
    images, labels = shapes()
    coca = Captioner()
    opt = optim.AdamW(coca.parameters(), lr=1e-2)
    w = watch(coca, opt, loss="cross_entropy", folder=folder)
    for epoch in range(3):
        for im, lab in batches(images, labels, 30, seed=epoch):
            loss = F.cross_entropy(coca(im), lab)
            w(im, lab, loss)
            loss.backward()
            opt.step()
            opt.zero_grad()


class Forecaster(nn.Module):
    """Reads the windows by a GRU; says what comes next."""

    def __init__(self):
        super().__init__()
        self.gru = nn.GRU(2, 4, batch_first=True)
        self.head = nn.Linear(4, 1)

    def forward(self, x):
        with torch.no_grad():  # fault: no_grad_left_from_the_linear_probe
            _, h = self.gru(x)
        return self.head(h[-1])


@loop("loop-detached")
def no_grad_left_from_the_linear_probe(watch, folder):
    """After repositories whose probe became fine-tuning: all parameters are in the optimizer, no_grad stayed in forward."""
    torch.manual_seed(12)
    x, y = sensors()
    model = Forecaster()
    optimizer = optim.Adam([{"params": model.gru.parameters(), "lr": 3e-2}, {"params": model.head.parameters(), "lr": 3e-2}])
    w = watch(model, optimizer, loss="huber", folder=folder)
    criterion = nn.HuberLoss()
    for epoch in range(5):
        for window, target in batches(x, y[:, None], 32, seed=epoch):
            prediction = model(window)
            loss = criterion(prediction, target)
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 5.0)
            optimizer.step()
            w(window, target, loss)
