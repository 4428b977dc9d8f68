"""Times PyTorch on layers like those `benchmarks models` times: the same sizes, random weights.

Written from the papers' descriptions, to be fast: no gradients, all patches at once. Dropout does
nothing here; `training.py` trains the same layers.

Usage: models.py <spots> <runs>
Prints a line a run and model: name and milliseconds.
"""

import sys
import time

import torch
from torch import nn
from torch.nn import functional

GENES, POSITIONS = 785, 64


class Block(nn.Module):
    def __init__(self, width, hidden, rate, heads=16):
        super().__init__()
        self.dropout = nn.Dropout(rate)
        self.heads, inner = heads, 64 * heads
        self.first, self.second = nn.LayerNorm(width), nn.LayerNorm(width)
        self.qkv = nn.Linear(width, 3 * inner, bias=False)
        self.out = nn.Linear(inner, width)
        self.wide, self.narrow = nn.Linear(width, hidden), nn.Linear(hidden, width)

    def forward(self, x):
        q, k, v = self.qkv(self.first(x)).view(len(x), 3, self.heads, 64).permute(1, 2, 0, 3)
        mixed = functional.scaled_dot_product_attention(q[None], k[None], v[None])[0]
        x = x + self.dropout(self.out(mixed.transpose(0, 1).reshape(len(x), -1)))
        hidden = self.dropout(functional.gelu(self.wide(self.second(x))))
        return x + self.dropout(self.narrow(hidden))


class Places(nn.Module):
    """The embeddings of a spot's row and column."""

    def __init__(self, width):
        super().__init__()
        self.x, self.y = nn.Embedding(POSITIONS, width), nn.Embedding(POSITIONS, width)

    def forward(self, x, y):
        return self.x(x), self.y(y)


class HisToGene(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding, self.places = nn.Linear(3 * 112 * 112, 1024), Places(1024)
        self.blocks = nn.Sequential(*[Block(1024, 2048, 0.1) for _ in range(4)])
        self.head = nn.Sequential(nn.LayerNorm(1024), nn.Linear(1024, GENES))
        self.dropout = nn.Dropout(0.1)

    def forward(self, patches, x, y, adjacency):
        tokens = sum(self.places(x, y), self.embedding(patches.flatten(1)))
        return self.head(self.blocks(self.dropout(tokens)))


class DynamicConvolution(nn.Module):
    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(4, 16, 3, 4, 4) * 0.09)
        self.squeeze = nn.Sequential(nn.Conv2d(3, 16, 1, bias=False), nn.BatchNorm2d(16), nn.ReLU())
        self.gates = nn.ModuleList(nn.Conv2d(16, size, 1) for size in (3, 16, 16, 4))

    def forward(self, x):
        squeezed = self.squeeze(x.mean((2, 3), keepdim=True))
        channels, filters, places, candidates = (gate(squeezed) for gate in self.gates)
        kernels = torch.softmax(candidates.flatten(1), 1) @ self.weight.flatten(1)
        kernels = kernels.view(-1, 16, 3, 4, 4) * torch.sigmoid(places).view(-1, 1, 1, 4, 4)
        kernels = kernels * torch.sigmoid(channels).view(-1, 1, 3, 1, 1)
        kernels = kernels * torch.sigmoid(filters).view(-1, 16, 1, 1, 1)
        # One image with as many groups as there are patches.
        size = x.shape[-1]
        maps = functional.conv2d(
            x.reshape(1, -1, size, size), kernels.view(-1, 3, 4, 4), stride=4, groups=len(x)
        )
        return maps.view(len(x), 16, size // 4, size // 4)


def squash(x):
    length = x.norm(dim=-1, keepdim=True)
    return (1 - 1 / (length.exp() + 1e-20)) * x / (length + 1e-20)


class Routing(nn.Module):
    def __init__(self, routed=20, width=64):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(routed, 16, 8, width) * 0.02)
        self.bias = nn.Parameter(torch.zeros(routed, 16))

    def forward(self, capsules):
        votes = torch.einsum("njd,kjdz->nkjz", capsules, self.weight)
        agreement = (votes * votes.sum(2, keepdim=True)).sum(3) / votes.shape[3] ** 0.5
        shares = torch.softmax(agreement, 1) + self.bias
        return squash((shares[..., None] * votes).sum(2))


class GraphHead(nn.Module):
    def __init__(self, inputs, outputs):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(inputs, outputs) * inputs**-0.5)
        self.attention = nn.Parameter(torch.randn(2, outputs) * outputs**-0.5)
        self.dropout = nn.Dropout(0.2)

    def forward(self, x, adjacency):
        values = x @ self.weight
        attending, attended = values @ self.attention[0], values @ self.attention[1]
        scores = functional.leaky_relu(attending[:, None] + attended[None], 0.01)
        scores = scores.masked_fill(adjacency <= 0, -9e15)
        return functional.elu(self.dropout(torch.softmax(scores, 0)) @ values)


class THItoGene(nn.Module):
    def __init__(self):
        super().__init__()
        stem = []
        for inputs, outputs, side, stride in (
            (16, 32, 5, 1), (32, 64, 3, 1), (64, 64, 3, 1), (64, 128, 3, 2)
        ):
            stem += [nn.Conv2d(inputs, outputs, side, stride), nn.BatchNorm2d(outputs), nn.ReLU()]
        self.stem = nn.Sequential(DynamicConvolution(), nn.ReLU(), *stem)
        self.primary = nn.Conv2d(128, 128, 9, groups=128)
        self.routing, self.places = Routing(), Places(64)
        self.blocks = nn.Sequential(*[Block(1408, 2048, 0.2) for _ in range(4)])
        self.heads = nn.ModuleList(GraphHead(1408, 1024) for _ in range(8))
        self.out = GraphHead(8192, 512)
        self.head = nn.Sequential(
            nn.Linear(512, 1024), nn.ReLU(), nn.LayerNorm(1024), nn.Linear(1024, GENES)
        )
        self.dropout = nn.Dropout(0.2)

    def forward(self, patches, x, y, adjacency):
        capsules = self.routing(squash(self.primary(self.stem(patches)).view(-1, 16, 8)))
        tokens = torch.cat((capsules.flatten(1), *self.places(x, y)), 1)
        tokens = self.dropout(self.blocks(self.dropout(tokens)))
        joined = torch.cat([head(tokens, adjacency) for head in self.heads], 1)
        return self.head(self.out(self.dropout(joined), adjacency))


class Mixer(nn.Module):
    def __init__(self):
        super().__init__()
        depthwise = []
        for _ in range(2):
            depthwise += [nn.Conv2d(32, 32, 5, padding=2, groups=32), nn.BatchNorm2d(32), nn.GELU()]
        self.depthwise = nn.Sequential(*depthwise)
        self.mixing = nn.Sequential(nn.Conv2d(32, 32, 1), nn.GELU(), nn.BatchNorm2d(32))

    def forward(self, x):
        return self.mixing(x + self.depthwise(x))


class Hist2ST(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = nn.Sequential(
            nn.Conv2d(3, 32, 7, 7), nn.Dropout(0.2), Mixer(), Mixer(), nn.Conv2d(32, 4, 1), nn.Flatten()
        )
        self.places = Places(1024)
        self.blocks = nn.Sequential(*[Block(1024, 1024, 0.2) for _ in range(8)])
        self.graph = nn.ModuleList(nn.Linear(1024, 1024, bias=False) for _ in range(4))
        self.memory = nn.LSTM(1024, 1024, 2)
        self.head = nn.Sequential(nn.LayerNorm(1024), nn.Linear(1024, GENES))

    def forward(self, patches, x, y, adjacency):
        return self.head(self.features(patches, x, y, adjacency))

    def features(self, patches, x, y, adjacency):
        tokens = self.blocks(sum(self.places(x, y), self.stem(patches)))
        means, steps = adjacency / adjacency.sum(1, keepdim=True).clamp(min=1e-12), []
        for layer in self.graph:
            tokens = functional.normalize(functional.relu(layer(means @ tokens)), dim=1)
            steps.append(tokens)
        return self.memory(torch.stack(steps))[0].mean(0)


class DenseLayer(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.layers = nn.Sequential(
            nn.BatchNorm2d(channels), nn.ReLU(), nn.Conv2d(channels, 128, 1, bias=False),
            nn.BatchNorm2d(128), nn.ReLU(), nn.Conv2d(128, 32, 3, padding=1, bias=False),
        )

    def forward(self, x):
        return torch.cat((x, self.layers(x)), 1)


class STNet(nn.Module):
    """DenseNet-121, which reads windows of 224 pixels each by itself."""

    WINDOWS = 32

    def __init__(self):
        super().__init__()
        layers = [nn.Conv2d(3, 64, 7, 2, 3, bias=False), nn.BatchNorm2d(64), nn.ReLU()]
        layers.append(nn.MaxPool2d(3, 2, 1))
        channels = 64
        for block, count in enumerate((6, 12, 24, 16)):
            layers += [DenseLayer(channels + 32 * layer) for layer in range(count)]
            channels += 32 * count
            layers += [nn.BatchNorm2d(channels), nn.ReLU()]
            if block < 3:
                layers += [nn.Conv2d(channels, channels // 2, 1, bias=False), nn.AvgPool2d(2)]
                channels //= 2
        self.features, self.classifier = nn.Sequential(*layers), nn.Linear(channels, 250)

    def forward(self, windows):
        return self.classifier(self.features(windows).mean((2, 3)))


def section(spots):
    """Random patches, and a nearly square array: what the models read."""
    side = int(spots**0.5) + 1
    place = torch.arange(spots)
    distance = (place[:, None] - place[None]).abs()
    adjacency = ((distance == 1) | (distance == side)).float()
    return torch.rand(spots, 3, 112, 112), place % side, place // side, adjacency


def main():
    torch.manual_seed(0)
    spots, runs = map(int, sys.argv[1:])
    models = [model().eval() for model in (THItoGene, HisToGene, Hist2ST, STNet)]
    read = section(spots)
    windows = torch.rand(min(spots, STNet.WINDOWS), 3, 224, 224)
    with torch.inference_mode():
        for run in range(-1, runs):
            for model in models:
                start = time.perf_counter()
                model(*([windows] if isinstance(model, STNet) else read))
                taken = time.perf_counter() - start
                if run >= 0:
                    print(type(model).__name__, 1000 * taken)


if __name__ == "__main__":
    main()
