"""Writes a synthetic section of Visium's size in the legacy layout: make_visium.py <folder>

5,000 spots on a hexagonal lattice, 250 genes whose expression varies smoothly over the tissue with
the noise of counts on top, a picture of tissue, and four labels. The same at every run.
"""

import gzip
import math
import pathlib
import random
import struct
import sys
import zlib

SPOTS, GENES, COLUMNS = 5_000, 250, 71
PITCH = 24.0  # pixels from one spot to the next
MARGIN = 40.0
SECTION = "V1"
LABELS = ["invasive cancer", "connective tissue", "adipose tissue", "immune infiltrate"]

random_numbers = random.Random(5)


def spots():
    """Array position and pixels of each spot; odd rows are half a pitch to the right."""
    for index in range(SPOTS):
        row, column = divmod(index, COLUMNS)
        yield (
            2 * column + row % 2, row,
            MARGIN + PITCH * (column + row % 2 / 2), MARGIN + PITCH * row * math.sqrt(3) / 2,
        )


def pattern():
    """A smooth surface of about -1.5 to 1.5, as a function of pixels."""
    waves = [
        (random_numbers.uniform(-9, 9), random_numbers.uniform(-9, 9),
         random_numbers.uniform(0, 2 * math.pi), random_numbers.uniform(0.2, 0.6))
        for _ in range(3)
    ]
    return lambda x, y: sum(
        height * math.sin(fx * x / 1700 + fy * y / 1700 + phase) for fx, fy, phase, height in waves)


def poisson(mean):
    """A count: by multiplication for small means, rounded normal numbers for large ones."""
    if mean > 30:
        return max(0, round(random_numbers.gauss(mean, math.sqrt(mean))))
    limit, product, count = math.exp(-mean), random_numbers.random(), 0
    while product > limit:
        product *= random_numbers.random()
        count += 1
    return count


def png(width, height, rows):
    def chunk(kind, content):
        return (struct.pack(">I", len(content)) + kind + content
                + struct.pack(">I", zlib.crc32(kind + content)))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    pixels = zlib.compress(b"".join(b"\0" + row for row in rows), 3)
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels)
            + chunk(b"IEND", b""))


def write(folder):
    for part in ("ST-cnts", "ST-spotfiles", f"ST-imgs/V/{SECTION}", "ST-pat/lbl"):
        (folder / part).mkdir(parents=True, exist_ok=True)
    places = list(spots())

    patterns = [(pattern(), math.exp(random_numbers.uniform(-1, 3.5))) for _ in range(GENES)]
    lines = ["\t" + "\t".join(f"GENE{gene + 1}" for gene in range(GENES))]
    for column, row, x, y in places:
        counts = (poisson(mean * math.exp(surface(x, y))) for surface, mean in patterns)
        lines.append(f"{column}x{row}\t" + "\t".join(map(str, counts)))
    with gzip.open(folder / f"ST-cnts/{SECTION}.tsv.gz", "wt", compresslevel=3) as file:
        file.write("\n".join(lines) + "\n")

    lines = ["x\ty\tnew_x\tnew_y\tpixel_x\tpixel_y\tselected"]
    lines += [f"{c}\t{r}\t{c}\t{r}\t{x:.1f}\t{y:.1f}\t1" for c, r, x, y in places]
    (folder / f"ST-spotfiles/{SECTION}_selection.tsv").write_text("\n".join(lines) + "\n")

    region = pattern()
    lines = ["x\ty\tlabel"]
    lines += [f"{c}\t{r}\t{LABELS[min(3, max(0, int(2 * region(x, y) + 2)))]}" for c, r, x, y in places]
    (folder / f"ST-pat/lbl/{SECTION}_labeled_coordinates.tsv").write_text("\n".join(lines) + "\n")

    width = int(places[COLUMNS - 1][2] + PITCH / 2 + MARGIN)
    height = int(places[-1][3] + MARGIN)
    stain = pattern()
    picture = []
    for y in range(height):
        # A value every 16 pixels, and grain that differs from pixel to pixel.
        shades = [stain(16 * x, y) for x in range(width // 16 + 1)]
        grain = random_numbers.randbytes(width)
        picture.append(bytes(
            channel
            for x in range(width)
            for light in (int(24 * shades[x // 16]) + (grain[x] >> 3),)
            for channel in (170 + light, 90 + light, 150 + light)))
    (folder / f"ST-imgs/V/{SECTION}/{SECTION}.png").write_bytes(png(width, height, picture))


write(pathlib.Path(sys.argv[1]))
