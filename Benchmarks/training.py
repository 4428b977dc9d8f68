"""Times PyTorch on one step of training like those `benchmarks training` times: the layers of
`models.py` with dropout, the same losses, and Adam in its fused form.

Usage: training.py <model> <spots> <runs>
Prints a line a run: name, milliseconds, and MB of the process's memory at its highest.
"""

import resource
import sys
import time

import torch
from torch import nn
from torch.nn import functional

import models

GENES, COPIES = models.GENES, 5


class Hist2ST(models.Hist2ST):
    """With the heads that only training reads."""

    def __init__(self):
        super().__init__()
        self.mean, self.dispersion, self.zeros = (nn.Linear(1024, GENES) for _ in range(3))
        self.weighing = nn.Sequential(nn.Linear(1024, 1024), nn.ReLU(), nn.Linear(1024, 1))


def zero_inflated(counts, mu, theta, pi, epsilon=1e-10):
    binomial = (
        torch.lgamma(theta + epsilon) + torch.lgamma(counts + 1)
        - torch.lgamma(counts + theta + epsilon)
        + (theta + counts) * torch.log(1 + mu / (theta + epsilon))
        + counts * (torch.log(theta + epsilon) - torch.log(mu + epsilon))
    )
    non_zero = binomial - torch.log(1 - pi + epsilon)
    power = torch.pow(theta / (theta + mu + epsilon), theta)
    zero = -torch.log(pi + (1 - pi) * power + epsilon)
    return torch.where(counts <= 1e-8, zero, non_zero).mean()


def loss(model, read, observed, counts):
    if not isinstance(model, Hist2ST):
        return functional.mse_loss(model(*read), observed)
    features = [model.features(*read) for _ in range(1 + COPIES)]
    predicted = [model.head(each) for each in features]
    weights = torch.softmax(torch.stack([model.weighing(each) for each in features[1:]]), 0)
    distilled = (torch.stack(predicted[1:]) * weights).sum(0)
    likely = zero_inflated(
        counts, model.mean(features[0]).exp().clamp(1e-5, 1e6),
        functional.softplus(model.dispersion(features[0])).clamp(1e-4, 1e4),
        torch.sigmoid(model.zeros(features[0])),
    )
    expected = functional.mse_loss(predicted[0], observed)
    return expected + 0.25 * likely + 0.5 * functional.mse_loss(distilled, predicted[0])


torch.manual_seed(0)
name, spots, runs = sys.argv[1], *map(int, sys.argv[2:])
model = {"Hist2ST": Hist2ST}.get(name, getattr(models, name))().train()
read = models.section(spots)
observed, counts = torch.rand(spots, GENES), torch.randint(-1, 4, (spots, GENES)).clamp(min=0).float()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-5, fused=True)
for run in range(-1, runs):
    start = time.perf_counter()
    optimizer.zero_grad()
    loss(model, read, observed, counts).backward()
    optimizer.step()
    taken = time.perf_counter() - start
    highest = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    if run >= 0:
        print(name, 1000 * taken, highest)
