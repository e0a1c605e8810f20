"""A Word document -> its text. The python-docx room.

Paragraphs in the order of the file, those of tables and text boxes among them. Knows nothing about articles.
"""

from __future__ import annotations

import io
import re
import zipfile
from typing import Any

import docx
import docx.opc.exceptions

from regional_qa.reading.parsers import Parsed
from regional_qa.reading.problem import UnreadableError

_MAX_UNPACKED = 200_000_000
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_BREAKS = {f"{_W}tab": "\t", f"{_W}br": "\n", f"{_W}cr": "\n"}


def parse(data: bytes) -> Parsed:
    """The paragraphs with an empty line between them, headings marked by ``#``; hidden words are left out.

    Raises:
        UnreadableError: not a Word document, one that unpacks to more than 200 MB, encrypted or without text.
    """
    _require_document(data)
    try:
        document: Any = docx.Document(io.BytesIO(data))
    except (docx.opc.exceptions.PackageNotFoundError, KeyError, ValueError, zipfile.BadZipFile) as fault:
        raise UnreadableError(f"the Word document is broken ({str(fault)[:80]}); save it anew") from None
    walk = _Walk({style.style_id: _level(style.name) for style in document.styles})
    walk.into(document.element.body)
    if not walk.paragraphs:
        raise UnreadableError("the Word document holds no text (pictures only?)")
    notes = (f"{walk.hidden} hidden characters are left out",) if walk.hidden else ()
    return Parsed("\n\n".join(walk.paragraphs), notes=notes)


def _require_document(data: bytes) -> None:
    """Look at the table of contents before anything is unpacked."""
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise UnreadableError("an old or encrypted Word document; save it as .docx without a password")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            size = sum(entry.file_size for entry in packed.infolist())
            names = set(packed.namelist())
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError):
        raise UnreadableError("not a Word document, or one cut short; save it anew as .docx") from None
    if "word/document.xml" not in names and "[Content_Types].xml" not in names:
        raise UnreadableError("a zip archive, not a Word document; archives are never unpacked")
    if size > _MAX_UNPACKED:
        raise UnreadableError(f"unpacks to {size // 1_000_000} MB, at most {_MAX_UNPACKED // 1_000_000} are read")


def _level(style: str | None) -> int:
    """The heading level that a style's name tells: Title is 1, Heading 1 is 2; 0 for a plain paragraph."""
    named = re.fullmatch(r"(?i)(title|标题)|(?:heading|标题)\s*([1-6])", style or "")
    if not named:
        return 0
    return 1 if named.group(1) else min(int(named.group(2)) + 1, 6)


class _Walk:
    """Collects the paragraphs of a document's XML."""

    def __init__(self, levels: dict[str, int]) -> None:
        self.paragraphs: list[str] = []
        self.hidden = 0
        self._levels = levels

    def into(self, element: Any) -> None:
        """Everything below ``element``; a text box inside a paragraph comes after it."""
        waiting = [element]
        while waiting:
            current = waiting.pop()
            if current.tag == f"{_W}p":
                boxes = self._paragraph(current)
                waiting += reversed(boxes)
            elif current.tag != _FALLBACK:
                waiting += reversed(list(current))

    def _paragraph(self, paragraph: Any) -> list[Any]:
        """Take a paragraph's words; its text boxes are returned."""
        boxes: list[Any] = []
        words: list[str] = []
        waiting = list(reversed(paragraph))
        while waiting:
            node = waiting.pop()
            if node.tag == f"{_W}txbxContent":
                boxes.append(node)
            elif node.tag == f"{_W}t":
                words.append(node.text or "")
            elif node.tag in _BREAKS:
                words.append(_BREAKS[node.tag])
            elif node.tag == f"{_W}r" and _is_hidden(node):
                self.hidden += sum(len(text.text or "") for text in node.iter(f"{_W}t"))
            elif node.tag not in (_FALLBACK, f"{_W}moveFrom"):
                waiting += reversed(list(node))
        text = "".join(words).strip()
        if text:
            style = paragraph.find(f"{_W}pPr/{_W}pStyle")
            level = self._levels.get(style.get(f"{_W}val"), 0) if style is not None else 0
            self.paragraphs.append(f"{'#' * level} {text}" if level and "\n" not in text else text)
        return boxes


def _is_hidden(run: Any) -> bool:
    """Marked as hidden, white, or smaller than 2 points."""
    vanish = run.find(f"{_W}rPr/{_W}vanish")
    if vanish is not None and vanish.get(f"{_W}val") not in ("0", "false"):
        return True
    color = run.find(f"{_W}rPr/{_W}color")
    shade = run.find(f"{_W}rPr/{_W}shd")
    size = run.find(f"{_W}rPr/{_W}sz")
    white = color is not None and (color.get(f"{_W}val") or "").upper() == "FFFFFF" and shade is None
    half_points = size.get(f"{_W}val") or "" if size is not None else ""
    return white or (half_points.isdigit() and int(half_points) < 4)
