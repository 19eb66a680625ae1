"""JSON of other types than it should be, as far as it can be read."""

from __future__ import annotations

from contextlib import suppress
from typing import Any, get_args, get_origin

import msgspec

BROKEN = (msgspec.DecodeError, UnicodeError, RecursionError)
"""What decoding can raise: it is no JSON, of other types, no text, or nested without end."""

MOST_WITHIN = 50
"""Things that are read of a list within something: we ask for 20 messages, and a message has 30 pictures at most."""

NULL = msgspec.Raw(b"null")
LOOSE = msgspec.json.Decoder(dict[str, msgspec.Raw])


def mended(raw: bytes | msgspec.Raw, kind: Any, decoder: msgspec.json.Decoder[Any] | None = None) -> Any:
    """`raw` as `kind`. What does not fit is left out, as deep inside as can be; a number will do for a text.

    None when nothing of it fits, as with `[]`, which is how PHP writes an empty object.
    """
    with suppress(*BROKEN):
        return decoder.decode(raw) if decoder else msgspec.json.decode(raw, type=kind)
    for part in get_args(kind) or (kind,):
        with suppress(*BROKEN):
            shape = get_origin(part) or part
            if shape is list:
                (item,) = get_args(part)
                within = msgspec.json.decode(raw, type=list[msgspec.Raw])
                return [mended(element, item) for element in within[:MOST_WITHIN]]
            if isinstance(shape, type) and issubclass(shape, msgspec.Struct):
                given = LOOSE.decode(raw)
                fields = [field for field in msgspec.structs.fields(part) if field.encode_name in given]
                return part(**{field.name: mended(given[field.encode_name], field.type) for field in fields})
            if part is str:
                return str(msgspec.json.decode(raw, type=int | float))
    return None
