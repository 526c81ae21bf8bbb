"""A copy of a GGUF file with all numbers as 32-bit floats: python gguf_f32.py IN OUT (needs the Python package gguf)."""

import sys

import gguf
import numpy as np

source = gguf.GGUFReader(sys.argv[1])
copy = gguf.GGUFWriter(sys.argv[2], "llama")
for field in source.fields.values():
    if field.name.startswith("GGUF.") or field.name in ("general.architecture", "general.file_type"): continue
    kind = field.types[0]
    copy.add_key_value(field.name, field.contents(), kind, field.types[-1] if kind == gguf.GGUFValueType.ARRAY else None)
copy.add_file_type(0)
for tensor in source.tensors:
    copy.add_tensor(tensor.name, np.ascontiguousarray(gguf.quants.dequantize(tensor.data, tensor.tensor_type).astype("f4")))
copy.write_header_to_file()
copy.write_kv_data_to_file()
copy.write_tensors_to_file()
copy.close()
