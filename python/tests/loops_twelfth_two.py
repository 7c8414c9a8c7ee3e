"""Twelfth batch: eval mode, broadcasts, another loss than the one meant."""

import torch
from loops import classes, loader, loop
from loops_twelfth_data import flats, masks, phrases, series, signs
from torch import nn
from torch.distributions import Categorical
from torch.nn import functional as F

# loop-eval-mode


def small_resnet():
    class Block(nn.Module):
        def __init__(self, width):
            super().__init__()
            self.a, self.na = nn.Conv2d(width, width, 3, padding=1, bias=False), nn.BatchNorm2d(width)
            self.b, self.nb = nn.Conv2d(width, width, 3, padding=1, bias=False), nn.BatchNorm2d(width)

        def forward(self, x):
            return F.relu(x + self.nb(self.b(F.relu(self.na(self.a(x))))))

    stem = nn.Sequential(nn.Conv2d(1, 8, 3, stride=2, padding=1, bias=False), nn.BatchNorm2d(8), nn.ReLU())
    return nn.Sequential(stem, Block(8), nn.AdaptiveAvgPool2d(2), nn.Flatten(), nn.Dropout(0.2), nn.Linear(32, 4))


def check_accuracy(model, batches):
    model.eval()  # fault: accuracy_checked_now_and_then
    correct, count = 0, 0
    with torch.no_grad():
        for x, y in batches:
            correct += (model(x).argmax(1) == y).sum().item()
            count += len(y)
    return correct / count


# facebookresearch/clevr-iep pull request 22: check_accuracy() sets the mode and does not set it back
@loop("loop-eval-mode")
def accuracy_checked_now_and_then(watch, folder):
    torch.manual_seed(11)
    x, y = signs(300, seed=12)
    train = loader(x[:240], y[:240], 30)
    val = loader(x[240:], y[240:], 60, shuffle=False)
    model = small_resnet()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.9, nesterov=True)
    w = watch(model, optimizer, loss="cross_entropy", folder=folder)
    t, stats = 0, {"train_losses": [], "val_accs": []}
    model.train()
    while t < 40:
        for images, answers in train:
            t += 1
            optimizer.zero_grad()
            loss = F.cross_entropy(model(images), answers)
            loss.backward()
            optimizer.step()
            w(images, answers, loss)
            stats["train_losses"].append(loss.item())
            if t % 4 == 0:
                stats["val_accs"].append(check_accuracy(model, val))


class Commenter(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(30, 16)
        layer = nn.TransformerEncoderLayer(16, 4, 32, dropout=0.2, batch_first=True, norm_first=True)
        self.encoder = nn.TransformerEncoder(layer, 2, enable_nested_tensor=False)
        self.head = nn.Sequential(nn.Dropout(0.3), nn.Linear(16, 2))

    def forward(self, ids):
        return self.head(self.encoder(self.embed(ids)).mean(1))


class CommentTrainer:
    """ThilinaRajapakse/simpletransformers issue 941: evaluate_during_training leaves the model in eval mode."""

    def __init__(self, model, optimizer, w):
        self.model, self.optimizer, self.w = model, optimizer, w
        self.criterion = nn.CrossEntropyLoss()

    def evaluate(self, batches):
        self.model.eval()
        losses = []
        with torch.no_grad():
            for ids, labels in batches:
                losses.append(self.criterion(self.model(ids), labels).item())
        return sum(losses) / len(losses)

    def fit(self, train, held_out, epochs):
        self.model.train()  # fault: evaluate_during_training
        for _ in range(epochs):
            for ids, labels in train:
                loss = self.criterion(self.model(ids), labels)
                self.w(ids, labels, loss)
                self.optimizer.zero_grad()
                loss.backward()
                nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
                self.optimizer.step()
            self.evaluate(held_out)


@loop("loop-eval-mode")
def evaluate_during_training(watch, folder):
    torch.manual_seed(12)
    x, y = phrases(320, seed=13)
    model = Commenter()
    optimizer = torch.optim.AdamW(model.parameters(), lr=4e-3, weight_decay=0.01)
    w = watch(model, optimizer, loss=nn.CrossEntropyLoss(), folder=folder)
    trainer = CommentTrainer(model, optimizer, w)
    trainer.fit(loader(x[:256], y[:256], 64), loader(x[256:], y[256:], 64, shuffle=False), epochs=12)


class CharModel(nn.Module):
    def __init__(self, letters):
        super().__init__()
        self.embed = nn.Embedding(letters, 12)
        self.rnn = nn.GRU(12, 32, num_layers=2, dropout=0.3, batch_first=True)
        self.drop = nn.Dropout(0.3)
        self.out = nn.Linear(32, letters)

    def forward(self, ids):
        h, _ = self.rnn(self.embed(ids))
        return self.out(self.drop(h)).transpose(1, 2)


# shubhamagarwal92/mmd issue 14: eval mode for the sampled text, never back
@loop("loop-eval-mode")
def a_sample_of_text_every_few_steps(watch, folder):
    torch.manual_seed(13)
    text = "the quick brown fox jumps over the lazy dog and the lazy dog sleeps all the day. " * 8
    letters = sorted(set(text))
    ids = torch.tensor([letters.index(c) for c in text])
    model = CharModel(len(letters))
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
    w = watch(model, optimizer, loss="cross_entropy", folder=folder)

    def sample(start, length=10):
        model.eval()  # fault
        line = [letters.index(start)]
        for _ in range(length):
            p = model(torch.tensor([line]))[0, :, -1].softmax(0)
            line.append(torch.multinomial(p, 1).item())
        return "".join(letters[i] for i in line)

    model.train()
    for step in range(60):
        at = torch.randint(0, len(ids) - 21, (16,))
        chunk = torch.stack([ids[a : a + 21] for a in at.tolist()])
        inputs, targets = chunk[:, :-1], chunk[:, 1:]
        optimizer.zero_grad()
        loss = F.cross_entropy(model(inputs), targets)
        loss.backward()
        optimizer.step()
        w(inputs, targets, loss)
        if step % 5 == 0:
            with torch.no_grad():
                sample("t")


# loop-broadcast


class Forecaster(nn.Module):
    def __init__(self, pred_len=1):
        super().__init__()
        self.lstm = nn.LSTM(1, 20, batch_first=True)
        self.fc = nn.Linear(20, pred_len)

    def forward(self, x):
        _, (h, _) = self.lstm(x)
        return self.fc(h[-1])


# jsboige/CoursIA pull request 926: MSELoss with pred_len=1, outputs (B, 1), targets (B,)
@loop("loop-broadcast")
def forecast_of_one_step(watch, folder):
    torch.manual_seed(14)
    x, y = series(seed=15)
    model = Forecaster()
    criterion = nn.MSELoss()
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
    w = watch(model, optimizer, loss=criterion, folder=folder)
    for epoch in range(10):
        model.train()
        for x_batch, y_batch in loader(x, y, 40):
            optimizer.zero_grad()
            pred = model(x_batch)
            loss = criterion(pred, y_batch)  # fault
            w(x_batch, y_batch, loss)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()


# An actor's critic: the returns are one row, the values one column (the shapes of pytorch/pytorch issue 16045)
@loop("loop-broadcast")
def advantage_of_a_column_and_a_row(watch, folder):
    torch.manual_seed(15)
    critic = nn.Sequential(nn.Linear(4, 32), nn.Tanh(), nn.Linear(32, 1))
    critic_optim = torch.optim.Adam(critic.parameters(), lr=1e-2)
    w = watch(critic, critic_optim, loss="mse", folder=folder)
    for update in range(50):
        states = torch.randn(64, 4)
        rewards = states[:, 0] - 0.5 * states[:, 1].abs() + 0.1 * torch.randn(64)
        returns, running = torch.zeros(64), 0.0
        for t in reversed(range(64)):
            running = rewards[t] + (0.9 * running if t % 2 == 0 else 0.0)
            returns[t] = running
        values = critic(states)
        advantage = returns - values  # fault
        value_loss = advantage.pow(2).mean()
        critic_optim.zero_grad()
        value_loss.backward()
        critic_optim.step()
        w(states, returns, value_loss)


class Denoiser(nn.Module):
    def __init__(self):
        super().__init__()
        self.down = nn.Sequential(nn.Conv2d(1, 8, 3, stride=2, padding=1), nn.ReLU())
        self.up = nn.ConvTranspose2d(8, 8, 2, stride=2)
        self.last = nn.Conv2d(9, 1, 3, padding=1)

    def forward(self, x):
        h = F.relu(self.up(self.down(x)))
        return self.last(torch.cat([h, x], 1)).squeeze(1)  # fault: denoised_without_a_channel


# Shapes as in pytorch/pytorch issue 4938
@loop("loop-broadcast")
def denoised_without_a_channel(watch, folder):
    torch.manual_seed(16)
    noisy, clean = masks(96, seed=17)
    net = Denoiser()
    optimizer = torch.optim.AdamW(net.parameters(), lr=5e-3)
    loss_fn = nn.MSELoss()
    w = watch(net, optimizer, loss=loss_fn, folder=folder)
    for epoch in range(6):
        for i in range(0, len(noisy), 16):
            x, y = noisy[i : i + 16], clean[i : i + 16]
            loss = loss_fn(net(x), y)
            optimizer.zero_grad()
            loss.backward()
            w(x, y, loss)
            optimizer.step()


# loop-other-loss


class BagOfWords(nn.Module):
    def __init__(self, words=30, dim=16, kinds=2):
        super().__init__()
        self.embedding = nn.EmbeddingBag(words, dim)
        self.linear = nn.Linear(dim, kinds)
        self.softmax = nn.Softmax(dim=1)

    def forward(self, text):
        return self.softmax(self.linear(self.embedding(text)))  # fault: softmax_in_the_model


# Lightning-Universe/lightning-bolts issue 654, bowang-lab/Transformer-GCN-QA pull request 32
@loop("loop-other-loss")
def softmax_in_the_model(watch, folder):
    torch.manual_seed(17)
    dataset = loader(*phrases(320, seed=18), 40)
    model = BagOfWords()
    criterion = nn.CrossEntropyLoss()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.5)
    w = watch(model, optimizer, loss=criterion, folder=folder)
    for epoch in range(8):
        for text, label in dataset:
            optimizer.zero_grad()
            predicted = model(text)
            loss = criterion(predicted, label)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 0.5)
            optimizer.step()
            w(text, label, loss)


def policy_loss(logits, y):
    """What is to fall: y holds actions and their advantages."""
    return (F.cross_entropy(logits, y[:, 0].long(), reduction="none") * y[:, 1]).mean()


# discuss.pytorch.org, "Policy Gradients and Reinforce with Baseline Loss Function" (the sign of the loss)
@loop("loop-other-loss")
def reinforce_without_the_minus(watch, folder):
    torch.manual_seed(18)
    contexts, best = classes(400, 6, 3, seed=19)
    policy = nn.Sequential(nn.Linear(6, 24), nn.ReLU(), nn.Linear(24, 3))
    optimizer = torch.optim.Adam(policy.parameters(), lr=1e-2)
    w = watch(policy, optimizer, loss=policy_loss, folder=folder)
    for episode in range(60):
        rows = torch.randint(0, 400, (64,))
        dist = Categorical(logits=policy(contexts[rows]))
        action = dist.sample()
        reward = (action == best[rows]).float()
        log_probs = dist.log_prob(action)
        loss = (log_probs * reward).mean()  # fault
        w(contexts[rows], torch.stack([action.float(), reward], 1), loss)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()


@loop("loop-other-loss")
def square_of_the_mean_error(watch, folder):
    torch.manual_seed(19)
    x, y = flats(seed=20)
    mean, std = y.mean(), y.std()
    y = (y - mean) / std
    net = nn.Sequential(nn.Linear(5, 32), nn.SiLU(), nn.Linear(32, 32), nn.SiLU(), nn.Linear(32, 1), nn.Flatten(0))
    optimizer = torch.optim.Adagrad(net.parameters(), lr=0.03)
    w = watch(net, optimizer, loss="mse", folder=folder)
    for epoch in range(8):
        for features, price in loader(x, y, 50):
            estimate = net(features)
            error = estimate - price
            mse = torch.mean(error) ** 2  # fault
            optimizer.zero_grad()
            mse.backward()
            optimizer.step()
            w(features, price, mse)
