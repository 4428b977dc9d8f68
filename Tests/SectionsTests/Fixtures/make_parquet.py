"""Writes the small Parquet files that ParquetTableTests reads, and what is in them.

Run with pyarrow 26.0.1: python make_parquet.py, in this folder.
"""

import json
import math
import os

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

rows = 120
generator = np.random.default_rng(1)
missing = generator.random(rows) < 0.2


def gaps(values):
    return [None if gone else value for value, gone in zip(values, missing)]


barcodes = [f"s_016um_{i // 20:05d}_{i % 20:05d}-1" for i in range(rows)]
columns = {
    "barcode": pa.array(barcodes, pa.string()),
    "large": pa.array(gaps([f"name {i % 7} é" for i in range(rows)]), pa.large_string()),
    "flag": pa.array(gaps([bool(v) for v in generator.random(rows) < 0.5]), pa.bool_()),
    "whole": pa.array(gaps([int(v) for v in generator.integers(-9, 9, rows)]), pa.int32()),
    "long": pa.array([int(v) for v in generator.integers(-(2**52), 2**52, rows)], pa.int64()),
    "unsigned": pa.array([2**32 - 1 - i for i in range(rows)], pa.uint32()),
    "single": pa.array(gaps([float(v) for v in generator.normal(size=rows)]), pa.float32()),
    "double": pa.array([float(v) for v in generator.normal(size=rows)], pa.float64()),
    "constant": pa.array([1] * rows, pa.int32()),
    "nothing": pa.array([None] * rows, pa.float64()),
}
required = {"barcode", "long", "double", "constant"}
schema = pa.schema(
    [pa.field(name, array.type, nullable=name not in required) for name, array in columns.items()]
)
table = pa.table(columns, schema=schema)


def write(name, **options):
    pq.write_table(table, f"parquet/{name}.parquet", **options)


os.makedirs("parquet", exist_ok=True)
write("snappy")
write("plain", compression="none", use_dictionary=False)
write("gzip-v2", compression="gzip", data_page_version="2.0", row_group_size=50)
write("zstd-v2", compression="zstd", data_page_version="2.0", use_dictionary=False)
write("zstd-pages", compression="zstd", data_page_size=200, write_batch_size=16)
write("none-v2-pages", compression="none", data_page_version="2.0", data_page_size=100,
      write_batch_size=16, row_group_size=33)
write("format-1", version="1.0", use_dictionary=["large"])
pq.write_table(table.slice(0, 0), "parquet/no-rows.parquet")

few = table.select(["constant"])
pq.write_table(few, "parquet/refused-brotli.parquet", compression="brotli")
pq.write_table(few, "parquet/refused-lz4.parquet", compression="lz4")
pq.write_table(few, "parquet/refused-delta.parquet", use_dictionary=False,
               column_encoding={"constant": "DELTA_BINARY_PACKED"})
pq.write_table(pa.table({"a": [[1], [2, 3]]}), "parquet/refused-lists.parquet")
pq.write_table(pa.table({"a": [{"b": 1}]}), "parquet/refused-nested.parquet")
pq.write_table(pa.table({"a": [b"ab", b"cd"]}, schema=pa.schema([("a", pa.binary(2))])),
               "parquet/refused-fixed.parquet")

# Positions of six bins of Visium HD, one off tissue and one without pixels.
bins = [(row, column) for row in range(2) for column in range(3)]
pq.write_table(
    pa.table({
        "barcode": [f"s_016um_{row:05d}_{column:05d}-1" for row, column in bins],
        "in_tissue": pa.array([1, 1, 0, 1, 1, 1], pa.int32()),
        "array_row": pa.array([row for row, _ in bins], pa.int32()),
        "array_col": pa.array([column for _, column in bins], pa.int32()),
        "pxl_row_in_fullres": [10.0 * row + 10 for row, _ in bins],
        "pxl_col_in_fullres": [None if row else 10.0 * column + 10.5 for row, column in bins],
    }), "parquet/positions.parquet")


def plain(value):
    if isinstance(value, bool):
        return int(value)
    return None if value is None or isinstance(value, float) and math.isnan(value) else value


with open("parquet/values.json", "w") as file:
    json.dump({name: [plain(v) for v in table[name].to_pylist()] for name in columns}, file)
