"""Rasterises the letters of figures from DejaVu Sans, regular and bold, into one grey atlas.

Needs Pillow and fonts-dejavu-core. Output: for each weight (0 regular, 1 bold) and character a
record of its code point (4 bytes, little endian), weight, advance in pixels (2 bytes, little
endian, in 64ths), left and top of its box from the pen on the baseline (1 signed byte each), the
box's width and height (1 byte each) and as many grey bytes. Usage:
make-text-font.py > dejavu-sans-36.glyphs
"""

import struct
import sys

from PIL import Image, ImageDraw, ImageFont

SIZE, MARGIN = 36, 12
CHARACTERS = sorted(
    {chr(code) for code in range(32, 127)}
    | set("·–—…×′°²³½µ≥≤±≈−‘’“”éèêüöäñøåßçÉÜÖÄÅØ★▾▴↑↓←→αβγδΔκλσρ₁₀•§")
)

for weight, face in enumerate(["DejaVuSans.ttf", "DejaVuSans-Bold.ttf"]):
    font = ImageFont.truetype(
        f"/usr/share/fonts/truetype/dejavu/{face}", SIZE, layout_engine=ImageFont.Layout.BASIC
    )
    for character in CHARACTERS:
        canvas = Image.new("L", (SIZE * 2 + MARGIN, SIZE * 2 + MARGIN))
        ImageDraw.Draw(canvas).text(
            (MARGIN, SIZE + MARGIN), character, font=font, fill=255, anchor="ls"
        )
        box = canvas.getbbox() or (MARGIN, SIZE + MARGIN, MARGIN, SIZE + MARGIN)
        glyph = canvas.crop(box)
        sys.stdout.buffer.write(
            struct.pack(
                "<IBHbbBB", ord(character), weight, round(font.getlength(character) * 64),
                box[0] - MARGIN, box[1] - SIZE - MARGIN, glyph.width, glyph.height,
            )
            + (glyph.tobytes() if glyph.width else b"")
        )
