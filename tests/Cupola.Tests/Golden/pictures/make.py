"""Makes the small images beside it and expected.json, what Pillow 9.4 sees of them: python3 make.py

Each image comes with the hash of Image.open(image).convert("RGB"). Each preprocessing comes with the hash of the
crop that open_clip's transforms give (open_clip, transform.py; torchvision, functional.py), written here with Pillow's
own resize, crop and paste, because those transforms call nothing else.
"""
import hashlib
import json
import struct
import zlib
from pathlib import Path

import numpy as np
from PIL import Image

HERE = Path(__file__).parent
random = np.random.default_rng(11)


def scene(height, width, channels, top=255):
    """Waves with some noise: neighbours are alike, as in photos, and no two pixels are equal by design."""
    y, x, c = np.mgrid[0:height, 0:width, 0:channels]
    waves = np.sin(x / 5 + c) + np.cos(y / 4 - c) + np.sin((x + y) / 9) + random.normal(0, 0.15, x.shape)
    return np.clip((waves + 3.2) / 6.4 * top, 0, top).astype(np.uint16 if top > 255 else np.uint8)


def png(name, pixels, depth, colour, extra=()):
    """A PNG of a kind that Pillow does not write: any depth, and chunks of one's own before the pixels."""
    height, width = pixels.shape[:2]
    if depth == 16:
        rows = [row.astype(">u2").tobytes() for row in pixels]
    elif depth == 8:
        rows = [row.tobytes() for row in pixels]
    else:
        shifts = np.arange(8 - depth, -1, -depth)
        padded = np.pad(pixels.reshape(height, width), ((0, 0), (0, -width % len(shifts)))).reshape(height, -1, len(shifts))
        rows = [(row << shifts).sum(axis=1).astype(np.uint8).tobytes() for row in padded]

    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    body = b"".join(b"\0" + row for row in rows)
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    chunks = [(b"IHDR", header), *extra, (b"IDAT", zlib.compress(body, 9)), (b"IEND", b"")]
    (HERE / name).write_bytes(b"\x89PNG\r\n\x1a\n" + b"".join(chunk(kind, body) for kind, body in chunks))


GREY, RGB, PALETTE, GREY_ALPHA, RGB_ALPHA = 0, 2, 3, 4, 6
small = scene(23, 31, 4)
palette = (b"PLTE", random.integers(0, 256, 48, np.uint8).tobytes())

png("grey-16.png", scene(23, 31, 1, 700), 16, GREY)
png("grey-16-transparent.png", scene(23, 31, 1, 700), 16, GREY, [(b"tRNS", b"\0\x40")])
png("grey-alpha-16.png", scene(23, 31, 2, 65535), 16, GREY_ALPHA)
png("rgb-16.png", scene(23, 31, 3, 65535), 16, RGB)
png("rgb-16-transparent.png", scene(23, 31, 3, 65535), 16, RGB, [(b"tRNS", b"\1\2\3\4\5\6")])
png("rgb-alpha-16.png", scene(23, 31, 4, 65535), 16, RGB_ALPHA)
png("grey-1.png", small[..., :1] // 128, 1, GREY)
png("grey-2.png", small[..., :1] // 64, 2, GREY)
png("grey-4.png", small[..., :1] // 16, 4, GREY)
png("grey-transparent.png", small[..., :1], 8, GREY, [(b"tRNS", b"\0\x80")])
png("rgb-transparent.png", small[..., :3], 8, RGB, [(b"tRNS", b"\0\1\0\2\0\3")])
png("grey-alpha.png", small[..., :2], 8, GREY_ALPHA)
png("palette-1.png", small[..., :1] // 128, 1, PALETTE, [palette])
png("palette-4-transparent.png", small[..., :1] // 16, 4, PALETTE, [palette, (b"tRNS", bytes(range(0, 160, 10)))])
png("palette-8-transparent.png", small[..., :1] // 16, 8, PALETTE, [palette, (b"tRNS", b"\0\x80")])
png("one-pixel.png", np.array([[[12, 200, 99]]], np.uint8), 8, RGB)
png("column.png", scene(3000, 1, 1), 8, GREY)
png("row.png", scene(1, 3000, 1), 8, GREY)

photo = Image.fromarray(small[..., :3])
photo.resize((40, 30)).convert("CMYK").save(HERE / "cmyk.jpg", quality=90)
photo.save(HERE / "lossy.webp", quality=80)
Image.fromarray(small).save(HERE / "alpha-lossy.webp", quality=80)
photo.save(HERE / "photo.png")

frames = [Image.fromarray(scene(23, 31, 3)) for _ in range(3)]
frames[0].save(HERE / "animated.webp", save_all=True, append_images=frames[1:], lossless=True, duration=50)
frames[0].save(HERE / "animated.gif", save_all=True, append_images=frames[1:], duration=50)
indexed = Image.fromarray(small[..., 0] // 16)
indexed = Image.frombytes("P", indexed.size, indexed.tobytes())
indexed.putpalette(palette[1])
indexed.save(HERE / "transparent.gif", transparency=5)
indexed.save(HERE / "interlaced.gif", interlace=1)
# The same frame on a larger canvas, whose size stands in bytes 6 to 9.
gif = (HERE / "transparent.gif").read_bytes()
(HERE / "larger-canvas.gif").write_bytes(gif[:6] + struct.pack("<HH", 40, 30) + gif[10:])
# Fewer colours than indices: the palette of four stands behind byte 13, and its size in byte 10.
(HERE / "short-palette.gif").write_bytes(gif[:10] + bytes([gif[10] & 0xF8 | 1]) + gif[11:25] + gif[13 + (6 << (gif[10] & 7)) :])


# What scanners, old programs and test sets write: TIFFs that are turned, bitmaps of every header, portable maps. Their numbers come from a generator of their own.
drawn = np.random.default_rng(14)
TINY = drawn.integers(0, 256, (9, 7, 3), np.uint8)


def tiff(name, order, orientation, kind=3, big=False, compress=None):
    """A TIFF of three strips whose orientation is a number of some type: 3 is two bytes, 4 four, 5 a fraction, 16 eight."""
    strips = [TINY[row : row + 3].tobytes() for row in range(0, 9, 3)]
    strips = [zlib.compress(strip) for strip in strips] if compress else strips
    codes = {3: "H", 4: "I", 5: "II", 16: "Q"}
    named = (orientation, 1) if kind == 5 else (orientation,)
    tags = [(256, 4, (7,)), (257, 4, (9,)), (258, 3, (8, 8, 8)), (259, 3, (8 if compress else 1,)), (262, 3, (2,)), (273, 4, (0, 0, 0)), (274, kind, named),
            (277, 3, (3,)), (278, 3, (3,)), (279, 4, tuple(map(len, strips)))]
    header, entry, room, word = (16, 20, 8, "Q") if big else (8, 12, 4, "I")

    def pack(kind, values):
        return struct.pack(order + (codes[kind] if kind == 5 else codes[kind] * len(values)), *values)

    behind = header + (8 if big else 2) + entry * len(tags) + room
    place = behind + sum(len(pack(kind, values)) for _, kind, values in tags if len(pack(kind, values)) > room)
    places = tuple(place + sum(map(len, strips[:index])) for index in range(3))
    entries = extra = b""
    for tag, kind, values in tags:
        value = pack(kind, places if tag == 273 else values)
        count = 1 if kind == 5 else len(values)
        entries += struct.pack(order + "HH" + word, tag, kind, count)
        if len(value) <= room:
            entries += value.ljust(room, b"\0")
        else:
            entries += struct.pack(order + word, behind + len(extra))
            extra += value
    start = struct.pack(order + "HHHQ", 43, 8, 0, header) if big else struct.pack(order + "HI", 42, header)
    directory = struct.pack(order + ("Q" if big else "H"), len(tags)) + entries + bytes(room)
    (HERE / name).write_bytes((b"II" if order == "<" else b"MM") + start + directory + extra + b"".join(strips))


for orientation in range(10):
    tiff(f"turned-{orientation}.tif", "<", orientation)
tiff("turned-big-endian.tif", ">", 6, compress=True)
tiff("turned-big.tif", "<", 5, big=True)
tiff("turned-long.tif", ">", 8, kind=4)
tiff("turned-fraction.tif", "<", 7, kind=5)
for mode, compression in (("1", "group4"), ("L", "packbits"), ("P", "tiff_lzw"), ("CMYK", "raw"), ("RGB", "jpeg"), ("RGBA", "tiff_adobe_deflate")):
    source = Image.fromarray(TINY)
    source = source.quantize(8) if mode == "P" else source.convert(mode)
    source.save(HERE / f"turned-{mode}.tif", compression=compression, tiffinfo={274: 6})


def bitmap(name, header_size, bits, rows, colours=b"", masks=b"", compression=0, height=9):
    """A bitmap whose header is one of OS/2's (12, 64) or of Windows' (40, 108, 124)."""
    if header_size == 12:
        header = struct.pack("<IHHHH", 12, 7, height, 1, bits)
    else:
        header = struct.pack("<IiiHHIIiiII", header_size, 7, height, 1, bits, compression, len(rows), 0, 0, len(colours) // 4, 0) + masks
        header = header if header_size == 40 else header.ljust(header_size, b"\0")
    start = 14 + len(header) + len(colours)
    (HERE / name).write_bytes(struct.pack("<2sIHHI", b"BM", start + len(rows), 0, 0, start) + header + colours + rows)


def noise(bits):
    return drawn.integers(0, 256, (9, (7 * bits + 31) // 32 * 4), np.uint8).tobytes()


def masks(*values):
    return struct.pack("<4I", *values)


sixteen = drawn.integers(0, 256, 64, np.uint8).tobytes()
bitmap("os2-4.bmp", 12, 4, noise(4), sixteen[:48])
bitmap("os2-24.bmp", 12, 24, noise(24))
bitmap("os2-long-8.bmp", 64, 8, noise(8), sixteen)
bitmap("short-palette.bmp", 40, 8, noise(8), sixteen)
bitmap("one-bit.bmp", 40, 1, noise(1), sixteen[:8])
bitmap("555.bmp", 40, 16, noise(16))
bitmap("565.bmp", 40, 16, noise(16), masks=masks(0xF800, 0x7E0, 0x1F, 0)[:12], compression=3)
bitmap("top-down-32.bmp", 40, 32, noise(32), height=-9)
bitmap("rgba-v4.bmp", 108, 32, noise(32), masks=masks(0xFF, 0xFF00, 0xFF0000, 0xFF000000), compression=3)
bitmap("abgr-v5.bmp", 124, 32, noise(32), masks=masks(0xFF000000, 0xFF0000, 0xFF00, 0xFF), compression=3)
runs = [drawn.integers(0, 16, 2, np.uint8) for _ in range(9)]
bitmap("rle8.bmp", 40, 8, b"".join(bytes([4, a, 0, 3, b, a, b, 0, 0, 0]) for a, b in runs) + b"\0\1", sixteen, compression=1)
bitmap("rle4.bmp", 40, 4, b"".join(bytes([3, a * 16 + b, 0, 4, a * 16 + b, b * 16 + a, 0, 0]) for a, b in runs) + b"\0\1", sixteen, compression=2)


def samples(largest, channels):
    return drawn.integers(0, largest + 1, 63 * channels)


for largest in (7, 255, 1023, 65535):
    for binary, channels in ((5, 1), (6, 3)):
        numbers, width = samples(largest, channels), ">u1" if largest < 256 else ">u2"
        (HERE / f"binary-{channels}-{largest}.pnm").write_bytes(b"P%d\n# drawn\n7 9\n%d\n" % (binary, largest) + numbers.astype(width).tobytes())
        text = " ".join(map(str, numbers)).replace(" ", " # remark\n", 2)
        (HERE / f"text-{channels}-{largest}.pnm").write_bytes(b"P%d 7 9 %d\n" % (binary - 3, largest) + text.encode())
bits = drawn.integers(0, 2, (9, 7))
(HERE / "binary-bits.pnm").write_bytes(b"P4 7 9\n" + np.packbits(bits, axis=1).tobytes())
(HERE / "text-bits.pnm").write_bytes(b"P1\n7 9\n" + "\n".join("".join(map(str, row)) for row in bits).encode())

# A sound JPEG that libjpeg remarks on: its Adobe marker names a transform that there is not.
photo.save(HERE / "remark.jpg", quality=90)
jpeg = (HERE / "remark.jpg").read_bytes()
(HERE / "remark.jpg").write_bytes(jpeg[:2] + b"\xff\xee\0\x0eAdobe\0\x64\0\0\0\0\x09" + jpeg[2:])


def sha(image):
    return hashlib.sha256(image.tobytes()).hexdigest()


def crop_or_pad(image, size, fill):
    width, height = image.size
    if size > width or size > height:
        canvas = Image.new("RGB", (max(size, width), max(size, height)), (fill,) * 3)
        canvas.paste(image, (max(size - width, 0) // 2, max(size - height, 0) // 2))
        image, (width, height) = canvas, canvas.size
    left, top = round((width - size) / 2), round((height - size) / 2)
    return image.crop((left, top, left + size, top + size))


def preprocess(image, size, mode, interpolation, fill):
    width, height = image.size
    if mode == "squash":
        return image.resize((size, size), interpolation)
    if mode == "longest":
        ratio = max(height / size, width / size)
        return crop_or_pad(image.resize((round(width / ratio), round(height / ratio)), interpolation), size, fill)
    long = int(size * max(width, height) / min(width, height))
    return crop_or_pad(image.resize((size, long) if width <= height else (long, size), interpolation), size, fill)


names = sorted(path.name for path in HERE.iterdir() if path.suffix in (".png", ".jpg", ".gif", ".webp", ".tif", ".bmp", ".pnm"))
images, crops = {}, []
for name in names:
    image = Image.open(HERE / name).convert("RGB")
    images[name] = {"width": image.width, "height": image.height, "sha256": sha(image)}
for name in ("photo.png", "cmyk.jpg", "one-pixel.png", "column.png", "row.png"):
    image = Image.open(HERE / name).convert("RGB")
    for size in (8, 15, 48):
        for mode in ("shortest", "longest", "squash"):
            if mode == "longest" and max(image.size) > 100:
                continue  # The shorter side would have no pixel left, which Pillow refuses.
            for interpolation in ("bicubic", "bilinear"):
                fill = 0 if size == 8 else 127
                crop = preprocess(image, size, mode, getattr(Image.Resampling, interpolation.upper()), fill)
                crops.append({"image": name, "size": size, "resize_mode": mode, "interpolation": interpolation, "fill_color": fill, "sha256": sha(crop)})


def lines(entries):
    return ",\n".join("  " + entry for entry in entries)


(HERE / "expected.json").write_text(
    '{\n "pictures": {\n' + lines(f"{json.dumps(name)}: {json.dumps(value)}" for name, value in images.items())
    + '\n },\n "crops": [\n' + lines(map(json.dumps, crops)) + "\n ]\n}\n"
)
