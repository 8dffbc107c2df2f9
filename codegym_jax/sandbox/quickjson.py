"""json.loads and json.dumps as environments call them, twice as fast: a step reads and writes JSON four times, which is
a third of what verifying an oracle costs.

The standard library builds an encoder for each dumps and looks for spaces around each value. Here one scanner and one
encoder, the same C code, serve all calls without options, and whatever they refuse goes to the original, which then
says why: results and exceptions are those of the standard library.
"""

import json
import json.encoder
from typing import Any


def _refuse(value: object) -> object:
    raise TypeError


def install() -> None:
    """Replace both in the module json, where the interpreter has its C parts."""
    whole_loads, whole_dumps = json.loads, json.dumps
    decoder: Any = json.JSONDecoder()
    scan, make = decoder.scan_once, getattr(json.encoder, "c_make_encoder", None)
    if make is None:
        return
    # No markers: what contains itself ends in a RecursionError here, and in the original's ValueError.
    encode = make(None, _refuse, json.encoder.encode_basestring_ascii, None, ": ", ", ", False, False, True)

    def loads(s: Any, **options: Any) -> Any:
        if type(s) is str and not options:
            try:
                value, end = scan(s, 0)
            except (StopIteration, ValueError, RecursionError):
                end = -1
            if end == len(s):
                return value
        return whole_loads(s, **options)

    def dumps(obj: Any, **options: Any) -> str:
        if not options:
            try:
                return "".join(encode(obj, 0))
            except (TypeError, ValueError, RecursionError):
                pass
        return whole_dumps(obj, **options)

    json.loads, json.dumps = loads, dumps
