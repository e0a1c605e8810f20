"""Texts -> the ids of their tokens, as the ``tokenizer.json`` of a model's folder says.

The vocabulary of the bundled model is sentencepiece's own kind, and sentencepiece cuts texts with it seven times as fast
as tokenizers does; whatever else a folder may ask for is done by tokenizers. Both find the same pieces, but where two ways
to cut a text are equally likely (one passage of 12,000). Knows nothing about vectors.
"""

from __future__ import annotations

import base64
import json
import re
import struct
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from regional_qa.errors import ModelError

FILE = "tokenizer.json"
_APART = {
    "type": "Sequence",
    "pretokenizers": [
        {"type": "WhitespaceSplit"},
        {"type": "Punctuation", "behavior": "Removed"},
        {"type": "Digits", "individual_digits": False},
    ],
}
"""A text is parted at blanks, punctuation and the ends of numbers: there is nothing to do where no piece crosses these."""
_CROSSING = re.compile(r"[^\w\n]|_|\d[^\d\n]|[^\d\n]\d")
# A terminal hands over undecodable bytes as these, and neither library takes them.
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")


class Tokenizer(NamedTuple):
    """How many tokens there are, and a function from texts to the ids of each."""

    size: int
    encode: Callable[[Sequence[str]], Sequence[Sequence[int]]]


def open_tokenizer(folder: Path) -> Tokenizer:
    """The tokenizer of a folder as sentence-transformers writes it; it adds no tokens of its own to a text.

    Raises:
        ModelError: the file is missing or damaged.
    """
    file = folder / FILE
    try:
        written = file.read_bytes()
    except OSError as error:
        raise ModelError(f"{folder} lacks {error.filename}; restore the folder or choose another model") from error
    try:
        told = json.loads(written)
        tokenizer = _by_sentencepiece(told) if _is_of_pieces(told) else _by_tokenizers(written)
    except (ValueError, TypeError, KeyError, AttributeError, RuntimeError) as error:
        raise ModelError(f"{file} is damaged ({error}); restore the folder") from error
    return Tokenizer(tokenizer.size, lambda texts: tokenizer.encode([_LONE_SURROGATE.sub(" ", text) for text in texts]))


def _by_tokenizers(written: bytes) -> Tokenizer:
    from tokenizers import Tokenizer as Whole

    whole = Whole.from_buffer(written)
    whole.no_padding()

    def encode(texts: Sequence[str]) -> list[list[int]]:
        if len(texts) == 1:  # a query: other threads would have to be woken for it
            return [whole.encode(texts[0], add_special_tokens=False).ids]
        return [one.ids for one in whole.encode_batch_fast(texts, add_special_tokens=False)]

    return Tokenizer(whole.get_vocab_size(), encode)


def _is_of_pieces(told: dict[str, Any]) -> bool:
    """Whether sentencepiece finds the pieces that tokenizers does."""
    model, normalizer = told["model"], told.get("normalizer")
    return (
        (model.get("type"), model.get("unk_id"), model.get("byte_fallback")) == ("Unigram", 0, False)
        and (normalizer is None or normalizer["type"] == "Precompiled")
        and told.get("pre_tokenizer") == _APART
        and not (told.get("added_tokens") or told.get("truncation"))
        and not _CROSSING.search("\n".join(piece for piece, _ in model["vocab"][1:]))
    )


def _by_sentencepiece(told: dict[str, Any]) -> Tokenizer:
    import sentencepiece

    vocabulary, normalizer = told["model"]["vocab"], told.get("normalizer") or {"precompiled_charsmap": ""}
    unknown, *pieces = (_field(1, piece.encode()) + b"\x15" + struct.pack("<f", score) for piece, score in vocabulary)
    charsmap = base64.b64decode(normalizer["precompiled_charsmap"])
    model = [_field(1, unknown + b"\x18\x02"), *(_field(1, piece) for piece in pieces), _field(2, _UNIGRAM)]
    processor = sentencepiece.SentencePieceProcessor(
        model_proto=b"".join([*model, _field(3, _field(2, charsmap) + _AS_IT_IS)])
    )

    def encode(texts: Sequence[str]) -> list[list[int]]:
        if len(texts) == 1:  # a query: a thread would be begun for it
            return [processor.encode(texts[0])]
        return processor.encode(list(texts), num_threads=1) if texts else []

    return Tokenizer(len(vocabulary), encode)


# What sentencepiece reads is a message of protocol buffers, ``sentencepiece_model.proto``: pieces (1), each with its
# letters (1), score (2) and kind (3); how they were trained (2): as Unigram (3), without begin (41), end (42) or
# padding (43); and how a text is made ready (3): by a map of characters (2), with no blank before it (3), blanks kept (4)
# and not written as ▁ (5).
_NONE = b"\xff" * 9 + b"\x01"
_UNIGRAM = b"\x18\x01" + b"\xc8\x02" + _NONE + b"\xd0\x02" + _NONE + b"\xd8\x02" + _NONE
_AS_IT_IS = b"\x18\x00\x20\x00\x28\x00"


def _field(number: int, content: bytes) -> bytes:
    """A field of bytes in a message.

    >>> _field(1, b"a" * 300)[:4]
    b'\\n\\xac\\x02a'
    """
    size, length = len(content), b""
    while size > 0x7F:
        length += bytes([size & 0x7F | 0x80])
        size >>= 7
    return bytes([number << 3 | 2]) + length + bytes([size]) + content
