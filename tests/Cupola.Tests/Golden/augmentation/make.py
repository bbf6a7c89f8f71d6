"""Makes expected.json: what Pillow 9.4 (ImageEnhance, crop and resize) makes of random pixels.

    python3 make.py > expected.json
"""
import base64
import json

from PIL import Image, ImageEnhance

WIDTH, HEIGHT = 29, 17
state = 20261201


def random_byte():
    global state
    state = (state * 1664525 + 1013904223) % 2**32
    return state >> 24


def text(image):
    return base64.b64encode(image.tobytes()).decode()


image = Image.frombytes("RGB", (WIDTH, HEIGHT), bytes(random_byte() for _ in range(WIDTH * HEIGHT * 3)))
enhancers = {"brightness": ImageEnhance.Brightness, "contrast": ImageEnhance.Contrast, "saturation": ImageEnhance.Color}
print(json.dumps({
    "width": WIDTH,
    "height": HEIGHT,
    "pixels": text(image),
    "enhanced": [
        {"what": what, "factor": factor, "pixels": text(enhancer(image).enhance(factor))}
        for what, enhancer in enhancers.items() for factor in (0.0, 0.35, 0.9, 1.0, 1.2, 2.0)
    ],
    "cropped": [
        {"left": left, "top": top, "width": width, "height": height, "size": size, "pixels": text(image.crop((left, top, left + width, top + height)).resize((size, size), Image.BICUBIC))}
        for left, top, width, height, size in ((0, 0, 29, 17, 8), (3, 2, 20, 11, 8), (28, 16, 1, 1, 8), (5, 0, 9, 17, 16))
    ],
}, indent=1))
