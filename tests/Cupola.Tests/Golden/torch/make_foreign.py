"""Makes foreign-*.pt beside it with PyTorch 1.13 and NumPy: python3 make_foreign.py

Three tensors of a CLIP's names, and beside them what training code keeps: each protocol, with and without zip.
"""
import argparse
import collections
import datetime
import pathlib

import numpy as np
import torch

state = collections.OrderedDict(
    [("module.visual.conv1.weight", torch.arange(12.0).reshape(1, 3, 2, 2)), ("module.token_embedding.weight", torch.ones(2, 1).half()), ("module.logit_scale", torch.tensor([[2.5]]))]
)
beside = dict(
    best=np.float64(0.5), order=np.arange(3), type=np.dtype("float32"), arguments=argparse.Namespace(lr=0.1, out=pathlib.Path("/runs")), seen={1, 2},
    frozen=frozenset([3]), when=datetime.datetime(2024, 1, 2), losses=collections.defaultdict(list, a=[0.5]), count=collections.Counter("ab"),
    queue=collections.deque([1]), big=10**400, negative=-(10**25), z=1 + 2j, part=slice(1, 2), steps=range(3), some=object(), raw=b"\x00\xff",
    array=bytearray(b"abc"), device=torch.device("cpu"), dtype=torch.float16, size=torch.Size([1, 2]), nothing=None, nan=float("nan"), inf=float("inf"),
)
for protocol in range(6):
    for kind, zipped in (("zip", True), ("legacy", False)):
        content = {"model_state_dict": state, **beside, None: 1, (1, 2): 3, 1.5: 2}
        torch.save(content, f"foreign-{kind}-{protocol}.pt", pickle_protocol=protocol, _use_new_zipfile_serialization=zipped)
