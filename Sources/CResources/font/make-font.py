"""Rasterises the characters that pictures need from DejaVu Sans Mono into one grey atlas.

Needs Pillow and fonts-dejavu-core. Output: for each character its code point (4 bytes, little
endian) and 11 x 22 grey bytes, sorted by code point. Usage: make-font.py > dejavu-mono-18.glyphs
"""

import sys

from PIL import Image, ImageDraw, ImageFont

WIDTH, HEIGHT, SIZE = 11, 22, 18
CHARACTERS = sorted(
    {chr(code) for code in range(33, 127)} | set("·–—…×′°²½µ≥≤±≈−‘’“”éüöäñøåßÉÜÖÄ★▾▴↑↓←→")
)

font = ImageFont.truetype("/usr/share/fonts/truetype/dejavu/DejaVuSansMono.ttf", SIZE)
ascent, _ = font.getmetrics()
for character in CHARACTERS:
    glyph = Image.new("L", (WIDTH, HEIGHT))
    ImageDraw.Draw(glyph).text((0, 2 + ascent), character, font=font, fill=255, anchor="ls")
    sys.stdout.buffer.write(ord(character).to_bytes(4, "little") + glyph.tobytes())
