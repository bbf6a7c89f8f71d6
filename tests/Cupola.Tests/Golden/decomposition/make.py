"""
Makes the golden numbers of this folder: for the small models of ../parity, the cosine of each image with some texts as a sum of
terms (arXiv 2310.05916), in float64 and straight from the definition, one term at a time.
Made with Python 3.11 and NumPy 1.24.2: /usr/bin/python3 make.py.
"""
import json
import math
import os
import struct

import numpy as np

FOLDER = os.path.dirname(os.path.abspath(__file__))
TYPES = {"F16": "<f2", "F32": "<f4", "F64": "<f8", "I64": "<i8", "I32": "<i4"}
EPSILON = 1e-5
TEXTS = [0, 3, 5]


def read(path):
    """A safetensors file in float64."""
    with open(path, "rb") as file:
        length = struct.unpack("<Q", file.read(8))[0]
        header = json.loads(file.read(length))
        body = file.read()
    header.pop("__metadata__", None)
    return {name: np.frombuffer(body[slice(*entry["data_offsets"])], TYPES[entry["dtype"]]).reshape(entry["shape"]).astype("f8")
            for name, entry in header.items()}


def write(path, tensors):
    """A safetensors file."""
    header, bodies, offset = {}, [], 0
    for name, array in tensors.items():
        kind = {"float64": "F64", "int32": "I32"}[array.dtype.name]
        body = np.ascontiguousarray(array).tobytes()
        header[name] = {"dtype": kind, "shape": list(array.shape), "data_offsets": [offset, offset + len(body)]}
        bodies.append(body)
        offset += len(body)
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-(8 + len(text)) % 64)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + b"".join(bodies))


def norm(rows, weight, bias):
    centred = rows - rows.mean(-1, keepdims=True)
    return centred / np.sqrt((centred ** 2).mean(-1, keepdims=True) + EPSILON) * weight + bias


def activate(rows, kind):
    return rows / (1 + np.exp(-1.702 * rows)) if kind == "quick_gelu" else rows * 0.5 * (1 + np.vectorize(math.erf)(rows / math.sqrt(2)))


def decompose(weights, config, pixels, last):
    """The embedding, and its terms: every token of the last layers by itself, [layers, heads, tokens, embedding], and the rest."""
    vision = {name[len("vision_model."):]: value for name, value in weights.items() if name.startswith("vision_model.")}
    patch, heads, layers = config["patch_size"], config["num_attention_heads"], config["num_hidden_layers"]
    width, grid = config["hidden_size"], config["image_size"] // config["patch_size"]
    kernel = vision["embeddings.patch_embedding.weight"].reshape(width, -1)
    tokens = [vision["embeddings.class_embedding"]]
    for y in range(grid):
        for x in range(grid):
            tokens.append(kernel @ pixels[:, y * patch:(y + 1) * patch, x * patch:(x + 1) * patch].reshape(-1))
    rows = np.stack(tokens) + vision["embeddings.position_embedding.weight"]
    rows = norm(rows, vision["pre_layrnorm.weight"], vision["pre_layrnorm.bias"])
    initial, terms, mlps, biases, head = rows[0].copy(), [], [], [], width // heads
    for layer in range(layers):
        part = lambda name: vision[f"encoder.layers.{layer}.{name}"]
        normed = norm(rows, part("layer_norm1.weight"), part("layer_norm1.bias"))
        query, key, value = (normed @ part(f"self_attn.{name}_proj.weight").T + part(f"self_attn.{name}_proj.bias") for name in "qkv")
        if layer == layers - 1:
            near = np.zeros((len(rows), len(rows)))
            for one in range(grid * grid):
                for other in range(grid * grid):
                    distance = (one // grid - other // grid) ** 2 + (one % grid - other % grid) ** 2
                    near[1 + one, 1 + other] = math.exp(-distance / (2 * 5 ** 2))
            alone = {"value": value, "naclip": np.zeros_like(value)}
            for index in range(heads):
                where = slice(index * head, (index + 1) * head)
                alike = np.exp(key[:, where] @ key[:, where].T / math.sqrt(head) + near)
                alone["naclip"][:, where] = alike / alike.sum(-1, keepdims=True) @ value[:, where]
            alone = {name: part("self_attn.out_proj.weight") @ each[1:].T + part("self_attn.out_proj.bias")[:, None] for name, each in alone.items()}
        mixed, ofhead = np.zeros_like(rows), []
        for index in range(heads):
            where = slice(index * head, (index + 1) * head)
            scores = query[:, where] @ key[:, where].T / math.sqrt(head)
            scores = np.exp(scores - scores.max(-1, keepdims=True))
            scores /= scores.sum(-1, keepdims=True)
            mixed[:, where] = scores @ value[:, where]
            ofhead.append([part("self_attn.out_proj.weight")[:, where] @ (scores[0, token] * value[token, where]) for token in range(len(rows))])
        terms.append(ofhead)
        biases.append(part("self_attn.out_proj.bias"))
        rows = rows + mixed @ part("self_attn.out_proj.weight").T + biases[-1]
        inner = activate(norm(rows, part("layer_norm2.weight"), part("layer_norm2.bias")) @ part("mlp.fc1.weight").T + part("mlp.fc1.bias"), config["hidden_act"])
        added = inner @ part("mlp.fc2.weight").T + part("mlp.fc2.bias")
        mlps.append(added[0])
        rows = rows + added
    state, gain, bias = rows[0], vision["post_layernorm.weight"], vision["post_layernorm.bias"]
    projection, deviation = weights["visual_projection.weight"], math.sqrt(rows[0].var() + EPSILON)
    through = lambda residual: (gain * (residual - residual.mean(-1, keepdims=True)) / deviation) @ projection.T
    terms = through(np.array(terms))
    first = max(0, layers - last)
    alone = {name: norm(each.T, gain, bias) @ projection.T for name, each in alone.items()}
    return projection @ norm(state, gain, bias), {name: each / np.linalg.norm(each, axis=-1, keepdims=True) for name, each in alone.items()}, {
        "map": terms[first:, :, 1:].sum((0, 1)), "class_token": terms[first:, :, 0].sum((0, 1)),
        "attention_bias": sum(through(each) for each in biases[first:]),
        "earlier": terms[:first].sum((0, 1, 2)) + sum((through(each) for each in biases[:first]), np.zeros(len(projection))),
        "mlp": sum(through(each) for each in mlps), "initial": through(initial), "ln_bias": projection @ bias, "heads": terms.sum(2)}


def main():
    for name in ("vit", "vit-gelu"):
        folder = os.path.join(FOLDER, "..", "parity", name)
        config = json.load(open(os.path.join(folder, "transformers", "config.json")))["vision_config"]
        weights = read(os.path.join(folder, "transformers", "model.safetensors"))
        forward = read(os.path.join(folder, "forward.safetensors"))
        texts = forward["text_embeds"][TEXTS]
        texts = texts / np.linalg.norm(texts, axis=-1, keepdims=True)
        grid, result = config["image_size"] // config["patch_size"], {}
        for pixels in forward["pixel_values"]:
            for prefix, last in (("", 4), ("last1.", 1)):
                embedding, alone, terms = decompose(weights, config, pixels, last)
                length, rest = np.linalg.norm(embedding), 0
                for term, vectors in terms.items():
                    values = np.moveaxis(vectors @ texts.T / length, -1, 0)
                    if term == "map":
                        values = values.reshape(len(texts), grid, grid)
                    if term != "heads":
                        rest += values.reshape(len(texts), -1).sum(-1)
                    if term != "heads" or not prefix:
                        result.setdefault(prefix + term, []).append(values)
                cosine = texts @ embedding / length
                assert np.abs(cosine - rest).max() < 1e-14
            result.setdefault("cosine", []).append(cosine)
            for kind, places in alone.items():
                result.setdefault(kind, []).append((texts @ places.T).reshape(len(texts), grid, grid))
        write(os.path.join(FOLDER, f"{name}.safetensors"), {"texts": np.array(TEXTS, "i4"), **{key: np.array(value) for key, value in result.items()}})


main()
