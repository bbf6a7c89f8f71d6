"""CLIP in plain PyTorch and float64, written anew from arXiv 2103.00020 and the names of OpenAI's checkpoints."""
import math

import torch
import torch.nn.functional as F


def attention(x, weight, bias, out_weight, out_bias, heads, mask=None):
    rows, length, width = x.shape
    query, key, value = (part.reshape(rows, length, heads, width // heads).transpose(1, 2) for part in F.linear(x, weight, bias).chunk(3, dim=-1))
    scores = query @ key.transpose(-1, -2) / math.sqrt(width // heads)
    weights = (scores if mask is None else scores + mask).softmax(-1)
    return F.linear((weights @ value).transpose(1, 2).reshape(rows, length, width), out_weight, out_bias)


def transformer(p, prefix, x, layers, heads, activation, mask=None):
    def norm(name, x):
        return F.layer_norm(x, x.shape[-1:], p[f"{name}.weight"], p[f"{name}.bias"], 1e-5)

    for layer in range(layers):
        at = f"{prefix}transformer.resblocks.{layer}."
        weights = [p[at + "attn." + name] for name in ("in_proj_weight", "in_proj_bias", "out_proj.weight", "out_proj.bias")]
        x = x + attention(norm(at + "ln_1", x), *weights, heads, mask)
        hidden = F.linear(norm(at + "ln_2", x), p[at + "mlp.c_fc.weight"], p[at + "mlp.c_fc.bias"])
        hidden = hidden * torch.sigmoid(1.702 * hidden) if activation == "quick_gelu" else F.gelu(hidden)
        x = x + F.linear(hidden, p[at + "mlp.c_proj.weight"], p[at + "mlp.c_proj.bias"])
    return x


def norm(p, name, x):
    return F.layer_norm(x, x.shape[-1:], p[name + ".weight"], p[name + ".bias"], 1e-5)


def texts(p, config, ids):
    """The pooled row of each text, and its embedding."""
    length = ids.shape[1]
    mask = torch.full((length, length), -math.inf, dtype=torch.float64).triu(1)
    x = p["token_embedding.weight"][ids] + p["positional_embedding"][:length]
    x = norm(p, "ln_final", transformer(p, "", x, config["text_layers"], config["text_heads"], config["activation"], mask))
    pooled = x[torch.arange(len(ids)), ids.argmax(-1)]
    return pooled, pooled @ p["text_projection"]


def vision_transformer(p, config, pixels, training, running):
    x = F.conv2d(pixels, p["visual.conv1.weight"], stride=config["patch_size"]).flatten(2).transpose(1, 2)
    start = p["visual.class_embedding"].expand(len(x), 1, -1)
    x = norm(p, "visual.ln_pre", torch.cat([start, x], 1) + p["visual.positional_embedding"])
    x = transformer(p, "visual.", x, config["image_layers"], config["image_heads"], config["activation"])
    return norm(p, "visual.ln_post", x[:, 0]) @ p["visual.proj"]


def residual_network(p, config, pixels, training, running):
    def unit(x, convolution, batch_norm, stride=1):
        weight = p[f"visual.{convolution}.weight"]
        x = F.conv2d(x, weight, stride=stride, padding=weight.shape[-1] // 2)
        at = f"visual.{batch_norm}."
        mean, variance = (running[at + name] for name in ("running_mean", "running_var"))
        return F.batch_norm(x, mean, variance, p[at + "weight"], p[at + "bias"], training=training, momentum=0.1, eps=1e-5)

    x = unit(pixels, "conv1", "bn1", stride=2).relu()
    x = unit(unit(x, "conv2", "bn2").relu(), "conv3", "bn3").relu()
    x = F.avg_pool2d(x, 2)
    for stage, blocks in enumerate(config["image_layers"], start=1):
        for block in range(blocks):
            at, stride = f"layer{stage}.{block}.", 2 if stage > 1 and block == 0 else 1
            branch = unit(unit(x, at + "conv1", at + "bn1").relu(), at + "conv2", at + "bn2").relu()
            branch = unit(F.avg_pool2d(branch, stride), at + "conv3", at + "bn3")
            if f"visual.{at}downsample.0.weight" in p:
                x = unit(F.avg_pool2d(x, stride), at + "downsample.0", at + "downsample.1")
            x = (x + branch).relu()
    x = x.flatten(2).transpose(1, 2)
    x = torch.cat([x.mean(1, keepdim=True), x], 1) + p["visual.attnpool.positional_embedding"]
    weight, bias = (torch.cat([p[f"visual.attnpool.{name}_proj.{part}"] for name in "qkv"]) for part in ("weight", "bias"))
    return attention(x, weight, bias, p["visual.attnpool.c_proj.weight"], p["visual.attnpool.c_proj.bias"], config["image_heads"])[:, 0]


def images(p, config, pixels, training=False, running=None):
    tower = residual_network if isinstance(config["image_layers"], list) else vision_transformer
    return tower(p, config, pixels, training, running if running is not None else p)


def unit(x):
    return x / x.norm(dim=-1, keepdim=True)


def forward(p, config, pixels, ids):
    """Embeddings, and what the four ensembles make of three classes of four prompts each."""
    pooled, text = texts(p, config, ids)
    image, scale = images(p, config, pixels), p["logit_scale"].exp()
    pooled_mean = unit(pooled.reshape(3, 4, -1).mean(1) @ p["text_projection"])
    embedding_mean = unit(unit(text).reshape(3, 4, -1).mean(1))
    cosines = unit(image) @ unit(text).T
    by_class = cosines.reshape(len(image), 3, 4)
    return {
        "pixel_values": pixels, "input_ids": ids, "image_embeds": image, "text_embeds": text, "text_pooled": pooled,
        "probs_image_to_text": (scale * cosines).softmax(-1),
        "prob_pooled_mean": (scale * unit(image) @ pooled_mean.T).softmax(-1),
        "prob_embedding_mean": (scale * unit(image) @ embedding_mean.T).softmax(-1),
        "prob_score_mean": (scale * by_class.mean(-1)).softmax(-1),
        "prob_score_max": (scale * by_class.amax(-1)).softmax(-1),
        "class_pooled_mean": pooled_mean, "class_embedding_mean": embedding_mean,
    }


def train(p, config, pixels, ids, keeps_final):
    """Steps of AdamW on the mean of both cross entropies; gradients of the first, parameters after the last."""
    learned = {name: value.clone().requires_grad_() for name, value in p.items() if "running_" not in name}
    running = {name: value.clone() for name, value in p.items() if "running_" in name}
    decayed = [value for value in learned.values() if value.ndim >= 2]
    others = [value for value in learned.values() if value.ndim < 2]
    groups = [{"params": decayed, "weight_decay": 0.2}, {"params": others, "weight_decay": 0.0}]
    optimizer = torch.optim.AdamW(groups, lr=5e-4, betas=(0.9, 0.98), eps=1e-6)
    made = {"pixel_values": pixels, "input_ids": ids}
    losses = []
    for step in range(len(pixels)):
        optimizer.zero_grad()
        image = unit(images(learned, config, pixels[step], training=True, running=running))
        logits = learned["logit_scale"].exp() * image @ unit(texts(learned, config, ids[step])[1]).T
        places = torch.arange(len(logits))
        loss = (F.cross_entropy(logits, places) + F.cross_entropy(logits.T, places)) / 2
        loss.backward()
        losses.append(loss.item())
        if step == 0:
            made.update({f"grad.{name}": value.grad.clone() for name, value in learned.items()})
            made.update({f"first.{name}": value.clone() for name, value in running.items()})
        optimizer.step()
        with torch.no_grad():
            learned["logit_scale"].clamp_(0, math.log(100))
    if keeps_final:
        made.update({f"final.{name}": value.detach() for name, value in learned.items()})
    return {**made, "losses": torch.tensor(losses, dtype=torch.float64)}
