"""Writes each `<section>.pca` of a safetensors file as raw Float32: extract_points.py <file> <folder>"""

import json
import pathlib
import sys

data = pathlib.Path(sys.argv[1]).read_bytes()
start = 8 + int.from_bytes(data[:8], "little")
for name, tensor in json.loads(data[8:start]).items():
    if name.endswith(".pca"):
        first, last = tensor["data_offsets"]
        path = pathlib.Path(sys.argv[2], name.removesuffix(".pca") + ".f32")
        path.write_bytes(data[start + first : start + last])
