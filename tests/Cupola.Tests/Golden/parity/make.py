"""
Makes the golden numbers of this folder: small models of seeded random numbers, and what reference.py says of them in float64.
Made with Python 3.11, PyTorch 1.13.1 and NumPy 1.24.2: /usr/bin/python3 make.py. The numbers of weights and images are ones
that float16 holds, and stored so; what the reference answers is stored as float32.
"""
import json
import os
import struct

import numpy as np
import torch

import reference

FOLDER = os.path.dirname(os.path.abspath(__file__))
CONTEXT, VOCABULARY = 16, 100
START, END = VOCABULARY - 2, VOCABULARY - 1

MODELS = {
    "vit": {"activation": "quick_gelu", "embedding": 32, "image_size": 16, "patch_size": 8, "image_layers": 2, "image_width": 64, "image_heads": 1,
            "text_layers": 1, "text_width": 64, "text_heads": 1},
    "vit-gelu": {"activation": "gelu", "embedding": 16, "image_size": 24, "patch_size": 8, "image_layers": 2, "image_width": 32, "image_heads": 4,
                 "text_layers": 2, "text_width": 32, "text_heads": 2},
    "resnet": {"activation": "quick_gelu", "embedding": 32, "image_size": 64, "image_layers": [1, 2, 1, 1], "image_width": 4, "image_heads": 2,
               "text_layers": 1, "text_width": 64, "text_heads": 1},
}


def write(path, tensors):
    """A safetensors file."""
    header, bodies, offset = {}, [], 0
    for name, array in tensors.items():
        body = np.ascontiguousarray(array).tobytes()
        kind = {"float16": "F16", "float32": "F32", "int64": "I64"}[array.dtype.name]
        header[name] = {"dtype": kind, "shape": list(array.shape), "data_offsets": [offset, offset + len(body)]}
        bodies.append(body)
        offset += len(body)
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-(8 + len(text)) % 64)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as file:
        file.write(struct.pack("<q", len(text)) + text + b"".join(bodies))


def write_json(path, content):
    with open(path, "w") as file:
        json.dump(content, file, indent=1)
        file.write("\n")


def half(array):
    return array.astype(np.float16)


def block(p, at, width, draw):
    p[at + "attn.in_proj_weight"], p[at + "attn.in_proj_bias"] = draw(3 * width, width), draw(3 * width, scale=0.1)
    p[at + "attn.out_proj.weight"], p[at + "attn.out_proj.bias"] = draw(width, width), draw(width, scale=0.1)
    p[at + "mlp.c_fc.weight"], p[at + "mlp.c_fc.bias"] = draw(4 * width, width), draw(4 * width, scale=0.1)
    p[at + "mlp.c_proj.weight"], p[at + "mlp.c_proj.bias"] = draw(width, 4 * width), draw(width, scale=0.1)
    norm(p, at + "ln_1", width, draw)
    norm(p, at + "ln_2", width, draw)


def norm(p, at, width, draw):
    p[at + ".weight"], p[at + ".bias"] = 1 + draw(width, scale=0.1), draw(width, scale=0.1)


def convolution(p, at, batch_norm, size, draw):
    p[f"visual.{at}.weight"] = draw(*size)
    norm(p, f"visual.{batch_norm}", size[0], draw)
    p[f"visual.{batch_norm}.running_mean"], p[f"visual.{batch_norm}.running_var"] = draw(size[0], scale=0.2), 1 + abs(draw(size[0], scale=0.2))


def parameters(config, random):
    """Under the names of OpenAI's checkpoints."""
    def draw(*shape, scale=None):
        inputs = np.prod(shape[1:]) if len(shape) > 1 else 1
        return random.normal(size=shape) * (scale if scale is not None else 1 / np.sqrt(inputs))

    width, embedding, image = config["text_width"], config["embedding"], config["image_width"]
    p = {"positional_embedding": draw(CONTEXT, width, scale=0.3), "text_projection": draw(width, embedding), "logit_scale": np.array(2.65926)}
    if isinstance(config["image_layers"], list):
        half_width, inputs, outputs = image // 2, image, image
        convolution(p, "conv1", "bn1", (half_width, 3, 3, 3), draw)
        convolution(p, "conv2", "bn2", (half_width, half_width, 3, 3), draw)
        convolution(p, "conv3", "bn3", (image, half_width, 3, 3), draw)
        for stage, blocks in enumerate(config["image_layers"], start=1):
            planes = image * 2 ** (stage - 1)
            for index in range(blocks):
                at = f"layer{stage}.{index}."
                convolution(p, at + "conv1", at + "bn1", (planes, inputs, 1, 1), draw)
                convolution(p, at + "conv2", at + "bn2", (planes, planes, 3, 3), draw)
                convolution(p, at + "conv3", at + "bn3", (4 * planes, planes, 1, 1), draw)
                if index == 0:
                    convolution(p, at + "downsample.0", at + "downsample.1", (4 * planes, inputs, 1, 1), draw)
                inputs = 4 * planes
        p["visual.attnpool.positional_embedding"] = draw((config["image_size"] // 32) ** 2 + 1, inputs, scale=0.3)
        for name, outputs in (("q", inputs), ("k", inputs), ("v", inputs), ("c", embedding)):
            p[f"visual.attnpool.{name}_proj.weight"], p[f"visual.attnpool.{name}_proj.bias"] = draw(outputs, inputs), draw(outputs, scale=0.1)
    else:
        p["visual.conv1.weight"] = draw(image, 3, config["patch_size"], config["patch_size"])
        p["visual.class_embedding"], p["visual.proj"] = draw(image, scale=0.3), draw(image, embedding)
        p["visual.positional_embedding"] = draw((config["image_size"] // config["patch_size"]) ** 2 + 1, image, scale=0.3)
        norm(p, "visual.ln_pre", image, draw)
        norm(p, "visual.ln_post", image, draw)
        for layer in range(config["image_layers"]):
            block(p, f"visual.transformer.resblocks.{layer}.", image, draw)
    for layer in range(config["text_layers"]):
        block(p, f"transformer.resblocks.{layer}.", width, draw)
    p["token_embedding.weight"] = draw(VOCABULARY, width, scale=0.5)
    norm(p, "ln_final", width, draw)
    return {name: half(array) for name, array in p.items()}


def transformers_names(p):
    """The same parameters under the names of transformers."""
    made = {}
    for name, array in p.items():
        tower, rest = ("vision_model.", name[len("visual."):]) if name.startswith("visual.") else ("text_model.", name)
        if rest.startswith("transformer.resblocks."):
            layer, part = rest[len("transformer.resblocks."):].split(".", 1)
            at = f"{tower}encoder.layers.{layer}."
            if part.startswith("attn.in_proj_"):
                for third, letter in zip(np.split(array, 3), "qkv"):
                    made[f"{at}self_attn.{letter}_proj.{part[len('attn.in_proj_'):]}"] = third
                continue
            for ours, theirs in (("attn.out_proj", "self_attn.out_proj"), ("mlp.c_fc", "mlp.fc1"), ("mlp.c_proj", "mlp.fc2"), ("ln_1", "layer_norm1"), ("ln_2", "layer_norm2")):
                part = part.replace(ours, theirs)
            made[at + part] = array
        else:
            known = {
                "positional_embedding": "text_model.embeddings.position_embedding.weight", "token_embedding.weight": "text_model.embeddings.token_embedding.weight",
                "ln_final.weight": "text_model.final_layer_norm.weight", "ln_final.bias": "text_model.final_layer_norm.bias", "text_projection": "text_projection.weight",
                "logit_scale": "logit_scale", "visual.proj": "visual_projection.weight", "visual.class_embedding": "vision_model.embeddings.class_embedding",
                "visual.conv1.weight": "vision_model.embeddings.patch_embedding.weight", "visual.positional_embedding": "vision_model.embeddings.position_embedding.weight",
                "visual.ln_pre.weight": "vision_model.pre_layrnorm.weight", "visual.ln_pre.bias": "vision_model.pre_layrnorm.bias",
                "visual.ln_post.weight": "vision_model.post_layernorm.weight", "visual.ln_post.bias": "vision_model.post_layernorm.bias",
            }
            made[known[name]] = array.T if name in ("text_projection", "visual.proj") else array
    return made


def open_clip_config(config):
    vision = {"image_size": config["image_size"], "layers": config["image_layers"], "width": config["image_width"]}
    is_residual = isinstance(config["image_layers"], list)
    vision["patch_size"] = None if is_residual else config["patch_size"]
    vision["head_width"] = (32 if is_residual else 1) * config["image_width"] // config["image_heads"]
    text = {"context_length": CONTEXT, "vocab_size": VOCABULARY, "width": config["text_width"], "heads": config["text_heads"], "layers": config["text_layers"]}
    model = {"embed_dim": config["embedding"], "vision_cfg": vision, "text_cfg": text, "quick_gelu": config["activation"] == "quick_gelu"}
    return {"model_cfg": model, "preprocess_cfg": {"mean": [0.48145466, 0.4578275, 0.40821073], "std": [0.26862954, 0.26130258, 0.27577711]}}


def transformers_config(config):
    def tower(width, layers, heads):
        return {"hidden_size": width, "intermediate_size": 4 * width, "num_hidden_layers": layers, "num_attention_heads": heads, "hidden_act": config["activation"], "layer_norm_eps": 1e-5}

    text = {**tower(config["text_width"], config["text_layers"], config["text_heads"]), "vocab_size": VOCABULARY, "max_position_embeddings": CONTEXT, "bos_token_id": START, "eos_token_id": END}
    vision = {**tower(config["image_width"], config["image_layers"], config["image_heads"]), "image_size": config["image_size"], "patch_size": config["patch_size"]}
    return {"architectures": ["CLIPModel"], "model_type": "clip", "projection_dim": config["embedding"], "text_config": text, "vision_config": vision}


def sentences(random, *shape):
    ids = np.zeros((*shape, CONTEXT), np.int64)
    for place in np.ndindex(*shape):
        count = random.integers(2, CONTEXT - 1)
        ids[place][: count + 2] = [START, *random.integers(1, START, count), END]
    return torch.tensor(ids)


def images(random, *shape):
    return torch.tensor(half(random.normal(size=shape)).astype(np.float64))


def stored(tensors):
    def numbers(name, tensor):
        array = tensor.numpy()
        return array if array.dtype == np.int64 else half(array) if name == "pixel_values" else array.astype(np.float32)

    return {name: numbers(name, tensor) for name, tensor in tensors.items()}


def make(name, config, seed):
    random = np.random.default_rng(seed)
    weights = parameters(config, random)
    p = {key: torch.tensor(array.astype(np.float64)) for key, array in weights.items()}
    folder, size = os.path.join(FOLDER, name), config["image_size"]
    counts = {key.replace("running_mean", "num_batches_tracked"): np.array(1) for key in weights if key.endswith("running_mean")}
    write(os.path.join(folder, "open_clip", "open_clip_model.safetensors"), {**weights, **counts})
    write_json(os.path.join(folder, "open_clip", "open_clip_config.json"), open_clip_config(config))
    if not counts:
        write(os.path.join(folder, "transformers", "model.safetensors"), transformers_names(weights))
        write_json(os.path.join(folder, "transformers", "config.json"), transformers_config(config))
    with torch.no_grad():
        write(os.path.join(folder, "forward.safetensors"), stored(reference.forward(p, config, images(random, 6, 3, size, size), sentences(random, 12))))
    if name != "vit-gelu":
        steps = 1 if counts else 4
        trained = reference.train(p, config, images(random, steps, 8, 3, size, size), sentences(random, steps, 8), keeps_final=not counts)
        write(os.path.join(folder, "train.safetensors"), stored(trained))


if __name__ == "__main__":
    for seed, (name, config) in enumerate(MODELS.items()):
        make(name, config, seed)
