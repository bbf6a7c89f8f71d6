"""Makes the small archives beside it with PyTorch 1.13: python3 make.py"""
from collections import OrderedDict

import torch
from torch import nn

base = torch.arange(24, dtype=torch.float32).reshape(4, 6)
state = OrderedDict(
    plain=base,
    transposed=base.t(),
    window=base[1:3, 2:5],
    half=base.half(),
    bfloat=base.bfloat16(),
    integers=torch.arange(5),
    number=torch.tensor(2.5),
    parameter=nn.Parameter(torch.ones(3)),
    empty=torch.zeros(0, 4),
)
torch.save(state, "zip.pt")
torch.save(state, "legacy.pt", _use_new_zipfile_serialization=False)
torch.save({"epoch": 3, "name": "run", "state_dict": {"module." + k: v for k, v in state.items()}}, "training.pt")


class Inner(nn.Module):
    def __init__(self):
        super().__init__()
        self.linear = nn.Linear(2, 3)

    def forward(self, x):
        return self.linear(x)


class Outer(nn.Module):
    size: int

    def __init__(self):
        super().__init__()
        self.inner = Inner()
        self.size = 7
        self.register_buffer("scale", torch.tensor([1.0, 2.0]))
        with torch.no_grad():
            self.inner.linear.weight.copy_(torch.arange(6.0).reshape(3, 2))
            self.inner.linear.bias.copy_(torch.tensor([10.0, 11.0, 12.0]))

    def forward(self, x):
        return self.inner(x * self.scale) + self.size


torch.jit.script(Outer()).save("script.pt")
