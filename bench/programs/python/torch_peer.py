"""PyTorch: an ordinary training loop, with batches taken by a permutation, which costs less than a DataLoader.

Adam is fused; on a GPU the data lies there, and the losses are added up there; -compile compiles the model."""

import torch
from torch import nn

import common
from torch_networks import NETWORKS


class Last(nn.Module):
    """The last output of a recurrent network."""

    def __init__(self, *recurrent):
        super().__init__()
        self.recurrent = nn.ModuleList(recurrent)

    def forward(self, x):
        for layer in self.recurrent:
            x, _ = layer(x)
        return x[:, -1]


def network(task):
    if task in NETWORKS:
        return NETWORKS[task]()
    if task == "example3":
        return Last(nn.RNN(1, 64, batch_first=True), nn.RNN(64, 1, batch_first=True))
    if task == "mlp":
        return nn.Sequential(nn.Linear(784, 512), nn.ReLU(), nn.Linear(512, 512), nn.ReLU(), nn.Linear(512, 10))
    if task == "lstm":
        return nn.Sequential(Last(nn.LSTM(8, 32, batch_first=True)), nn.Linear(32, 1))
    return nn.Sequential(nn.Linear(10, 64), nn.Sigmoid() if task == "example2" else nn.ReLU(), nn.Linear(64, 1))


def main():
    args = common.arguments()
    x, y = (torch.from_numpy(a) for a in common.data(args.task, args.rows))
    _, _, epochs, batch = common.TASKS[args.task]
    rows = len(x)
    loss_of = nn.functional.mse_loss
    if x.dim() == 4:
        x = x.permute(0, 3, 1, 2).contiguous()
    if args.task in common.CLASSIFIERS:
        loss_of, y = nn.functional.cross_entropy, y[:, 0].long()
    torch.manual_seed(1)
    on_gpu = torch.cuda.is_available()
    device = torch.device("cuda" if on_gpu else "cpu")
    x, y = x.to(device), y.to(device)

    def make(rate):
        model = network(args.task).to(device)
        adam = torch.optim.Adam(model.parameters(), lr=rate, eps=1e-7, fused=True)
        predict = torch.compile(model) if args.compile else model

        def fit():
            for _ in range(epochs):
                total = 0.0
                for index in torch.randperm(rows, device=device).split(batch):
                    adam.zero_grad()
                    loss = loss_of(predict(x[index]), y[index])
                    loss.backward()
                    if args.task == "example3":
                        for p in model.parameters():
                            nn.utils.clip_grad_norm_(p, 1.0)
                    adam.step()
                    total += (loss.detach() if on_gpu else loss.item()) * len(index)
            return float(total) / rows

        return fit

    common.measure(args, make, {"torch": torch.__version__})


main()
