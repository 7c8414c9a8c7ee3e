"""The ninth batch, correct loops with what people do on purpose: freezing, accumulating, clipping, schedules, precision."""

import copy
import math

import torch
from loops import loop
from loops_ninth_data import babble, batches, blobs, cells, customers, houses, reviews, sensors, shapes, spectra, states
from torch import nn
from torch.nn import functional as F
from torch.optim import lr_scheduler


@loop("loop-correct")
def frozen_trunk_in_eval_mode(watch, folder):
    """Feature extraction as in the tutorial on transfer learning: the trunk is frozen, its batch norm too, the head learns."""
    torch.manual_seed(81)
    x, y = shapes()
    trunk = nn.Sequential(nn.Conv2d(1, 12, 3), nn.BatchNorm2d(12), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten())
    for param in trunk.parameters():
        param.requires_grad = False
    model = nn.Sequential(trunk, nn.Linear(300, 3))
    optimizer = torch.optim.Adam(model[1].parameters(), lr=1e-2)
    w = watch(model, optimizer, loss="cross_entropy", folder=folder)
    for epoch in range(3):
        model.train()
        trunk.eval()
        for images, labels in batches(x, y, 30, seed=epoch):
            loss = F.cross_entropy(model(images), labels)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            w(images, labels, loss)


@loop("loop-correct")
def accumulates_four_scaled(watch, folder):
    """Gradient accumulation by the book: divided by the number of micro-batches, stepped and cleared at every fourth."""
    torch.manual_seed(82)
    ids, y = reviews()

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.emb = nn.Embedding(30, 16)
            self.enc = nn.TransformerEncoderLayer(16, 4, 32, dropout=0.1, batch_first=True)
            self.out = nn.Linear(16, 1)

        def forward(self, x):
            return self.out(self.enc(self.emb(x)).mean(1)).squeeze(1)

    model = Net()
    optimizer = torch.optim.AdamW(model.parameters(), lr=5e-3)
    w = watch(model, optimizer, loss="bce_with_logits", folder=folder)
    gradient_accumulation_steps = 4
    for step, (xb, yb) in enumerate(batches(ids, y, 8, seed=1)):
        loss = F.binary_cross_entropy_with_logits(model(xb), yb)
        w(xb, yb, loss)
        (loss / gradient_accumulation_steps).backward()
        if (step + 1) % gradient_accumulation_steps == 0:
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            optimizer.zero_grad()


@loop("loop-correct")
def accumulates_two_unscaled(watch, folder):
    """Sums the gradients of two batches on purpose, with half the rate."""
    torch.manual_seed(83)
    x, price = houses()
    model = nn.Sequential(nn.Linear(7, 32), nn.ReLU(), nn.Linear(32, 1))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.02, momentum=0.8)
    w = watch(model, optimizer, loss="mse", folder=folder)
    model.zero_grad()
    for epoch in range(2):
        for i, (xb, yb) in enumerate(batches(x, price[:, None], 16, seed=epoch), start=1):
            loss = F.mse_loss(model(xb), yb)
            loss.backward()
            w(xb, yb, loss)
            if i % 2 == 0:
                optimizer.step()
                model.zero_grad()


@loop("loop-correct")
def clips_by_value_then_by_norm(watch, folder):
    """Recurrent networks with both kinds of clipping at limits that rarely bind."""
    torch.manual_seed(84)
    x, y = sensors()

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.rnn = nn.RNN(2, 16, batch_first=True, nonlinearity="tanh")
            self.fc = nn.Linear(16, 1)

        def forward(self, x):
            return self.fc(self.rnn(x)[1][-1])

    model = Net()
    optimizer = torch.optim.RMSprop(model.parameters(), lr=3e-3)
    w = watch(model, optimizer, loss=nn.MSELoss(), folder=folder)
    for epoch in range(4):
        for xb, yb in batches(x, y.unsqueeze(-1), 32, seed=epoch):
            optimizer.zero_grad()
            loss = nn.MSELoss()(model(xb), yb)
            loss.backward()
            nn.utils.clip_grad_value_(model.parameters(), 0.5)
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            w(xb, yb, loss)


@loop("loop-correct")
def autocast_in_bfloat16(watch, folder):
    """Mixed precision on the CPU, with the loss in float32."""
    torch.manual_seed(85)
    images, masks = cells()
    model = nn.Sequential(nn.Conv2d(1, 8, 3, padding=1), nn.ReLU(), nn.Conv2d(8, 8, 3, padding=1), nn.ReLU(), nn.Conv2d(8, 1, 1))
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
    w = watch(model, optimizer, loss="bce_with_logits", folder=folder)
    for epoch in range(4):
        for image, mask in batches(images, masks, 20, seed=epoch):
            with torch.autocast(device_type="cpu", dtype=torch.bfloat16):
                logits = model(image)
            loss = F.binary_cross_entropy_with_logits(logits.float(), mask)
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            optimizer.step()
            w(image, mask, loss)


@loop("loop-correct")
def scaler_with_unscale(watch, folder):
    """GradScaler as documented: scale, unscale_, clip, step, update."""
    torch.manual_seed(86)
    x, y = blobs()
    model = nn.Sequential(nn.Linear(8, 32), nn.LayerNorm(32), nn.ReLU(), nn.Linear(32, 6))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9, nesterov=True)
    scaler = torch.amp.GradScaler("cpu", init_scale=1024.0)
    w = watch(model, optimizer, loss="cross_entropy", folder=folder)
    for epoch in range(2):
        for xb, yb in batches(x, y, 24, seed=epoch):
            optimizer.zero_grad()
            with torch.autocast("cpu", dtype=torch.bfloat16):
                loss = F.cross_entropy(model(xb), yb)
            scaler.scale(loss).backward()
            scaler.unscale_(optimizer)
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            scaler.step(optimizer)
            scaler.update()
            w(xb, yb, loss)


@loop("loop-correct")
def warms_up_then_follows_a_cosine(watch, folder):
    """A rate set by hand before each step, as in small language models: linear warm-up, cosine, a floor."""
    torch.manual_seed(87)
    text = babble()
    inputs, targets = text[:-1], text[1:]
    max_lr, min_lr, warmup_iters, max_iters = 3e-2, 3e-3, 6, 40

    def get_lr(it):
        if it < warmup_iters:
            return max_lr * (it + 1) / warmup_iters
        ratio = (it - warmup_iters) / (max_iters - warmup_iters)
        return min_lr + 0.5 * (1 + math.cos(math.pi * ratio)) * (max_lr - min_lr)

    class TinyLM(nn.Module):
        """Shares the weights of its embedding with the output."""

        def __init__(self):
            super().__init__()
            self.wte = nn.Embedding(12, 24)
            self.mlp = nn.Sequential(nn.Linear(24, 48), nn.GELU(), nn.Linear(48, 24))
            self.lm_head = nn.Linear(24, 12, bias=False)
            self.lm_head.weight = self.wte.weight

        def forward(self, idx):
            return self.lm_head(self.mlp(self.wte(idx))).flatten(0, 1)

    model = TinyLM()
    optimizer = torch.optim.AdamW(model.parameters(), lr=max_lr, betas=(0.9, 0.95), weight_decay=0.1)
    w = watch(model, optimizer, loss="cross_entropy", folder=folder)
    for it in range(max_iters):
        for group in optimizer.param_groups:
            group["lr"] = get_lr(it)
        ix = torch.randint(0, len(inputs) - 8, (16,)).tolist()
        xb, yb = torch.stack([inputs[i : i + 8] for i in ix]), torch.stack([targets[i : i + 8] for i in ix])
        loss = F.cross_entropy(model(xb), yb.flatten())
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        w(xb, yb.flatten(), loss)


@loop("loop-correct")
def one_cycle_by_batch(watch, folder):
    """OneCycleLR steps with every batch, as it should."""
    torch.manual_seed(88)
    x, y = customers()
    x = (x - x.mean(0)) / x.std(0)
    model = nn.Sequential(nn.Linear(4, 32), nn.BatchNorm1d(32), nn.ReLU(), nn.Dropout(0.2), nn.Linear(32, 1))
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    scheduler = lr_scheduler.OneCycleLR(optimizer, max_lr=0.03, epochs=4, steps_per_epoch=10)
    w = watch(model, optimizer, loss="bce_with_logits", folder=folder)
    for epoch in range(4):
        for xb, yb in batches(x, y[:, None], 40, seed=epoch):
            optimizer.zero_grad()
            loss = F.binary_cross_entropy_with_logits(model(xb), yb)
            loss.backward()
            optimizer.step()
            scheduler.step()
            w(xb, yb, loss)


@loop("loop-correct")
def whole_table_at_every_step(watch, folder):
    """Full-batch gradient descent: the same rows every step, since these are all there are."""
    torch.manual_seed(89)
    x, price = houses(rows=90)
    net = nn.Sequential(nn.Linear(7, 16), nn.Tanh(), nn.Linear(16, 1))
    optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
    w = watch(net, optimizer, loss="mse", folder=folder)
    for t in range(40):
        prediction = net(x)
        loss = F.mse_loss(prediction, price.view(-1, 1))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        w(x, price.view(-1, 1), loss)


@loop("loop-correct")
def average_kept_beside(watch, folder):
    """An exponential average of the weights in a copy that never goes back."""
    torch.manual_seed(90)
    data = spectra()
    model = nn.Sequential(nn.Linear(16, 32), nn.SiLU(), nn.Linear(32, 16))
    averaged = copy.deepcopy(model).requires_grad_(False)
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-2)
    w = watch(model, optimizer, loss="mse", folder=folder)
    for step in range(36):
        clean = data[torch.randint(0, len(data), (48,))]
        noisy = clean + 0.2 * torch.randn_like(clean)
        loss = F.mse_loss(model(noisy), clean)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        with torch.no_grad():
            for slow, fast in zip(averaged.parameters(), model.parameters()):
                slow.mul_(0.9).add_(fast, alpha=0.1)
        w(noisy, clean, loss)


@loop("loop-correct")
def averages_weights_at_the_end(watch, folder):
    """Stochastic weight averaging with the classes of PyTorch and its schedule."""
    torch.manual_seed(91)
    x, y = blobs()
    model = nn.Sequential(nn.Linear(8, 24), nn.ReLU(), nn.Linear(24, 6))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
    swa_model = torch.optim.swa_utils.AveragedModel(model)
    scheduler = lr_scheduler.CosineAnnealingLR(optimizer, T_max=8)
    swa_scheduler = torch.optim.swa_utils.SWALR(optimizer, swa_lr=0.05, anneal_epochs=2)
    w = watch(model, optimizer, loss="cross_entropy", folder=folder)
    for epoch in range(6):
        for xb, yb in batches(x, y, 60, seed=epoch):
            optimizer.zero_grad()
            loss = F.cross_entropy(model(xb), yb)
            loss.backward()
            optimizer.step()
            w(xb, yb, loss)
        if epoch >= 3:
            swa_model.update_parameters(model)
            swa_scheduler.step()
        else:
            scheduler.step()


@loop("loop-correct")
def lower_layers_learn_slower(watch, folder):
    """Discriminative rates: the lower the layer the slower, biases without decay."""
    torch.manual_seed(92)
    s, _, better = states()
    model = nn.Sequential(nn.Linear(4, 32), nn.ReLU(), nn.Linear(32, 32), nn.ReLU(), nn.Linear(32, 2))
    groups = []
    for depth, layer in enumerate([model[4], model[2], model[0]]):
        rate = 2e-2 * 0.3**depth
        groups.append({"params": [layer.weight], "lr": rate, "weight_decay": 1e-2})
        groups.append({"params": [layer.bias], "lr": rate, "weight_decay": 0.0})
    optimizer = torch.optim.AdamW(groups)
    w = watch(model, optimizer, loss="cross_entropy", folder=folder)
    for step in range(30):
        rows = torch.randint(0, len(s), (40,))
        loss = F.cross_entropy(model(s[rows]), better[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        w(s[rows], better[rows], loss)
