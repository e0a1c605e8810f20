"""Small documents for the tests of reading: a PDF of placed words, a Word file of paragraphs."""

from __future__ import annotations

import io
import zlib
from collections.abc import Iterable, Sequence

import docx

Words = tuple[float, float, float, str]
"""``(x, y, size, text)``, from the lower left in points."""
_TO_UNICODE = (
    b"/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /U def /CMapType 2 def\n"
    b"1 begincodespacerange <0000> <FFFF> endcodespacerange\n"
    b"256 beginbfrange\n"
    + b"".join(b"<%02X00> <%02XFF> <%02X00>\n" % (high, high, high) for high in range(256))
    + b"endbfrange\n"
    b"endcmap CMapName currentdict /CMap defineresource pop end end"
)


def pdf(pages: Sequence[Sequence[Words]], *, fonts_tell: bool = True) -> bytes:
    """A PDF whose words stand where they are put, in the order given."""
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [%s] /Count %d >>"
        % (b" ".join(b"%d 0 R" % (7 + 2 * i) for i in range(len(pages))), len(pages)),
        b"<< /Type /Font /Subtype /Type0 /BaseFont /Song /Encoding /Identity-H /DescendantFonts [4 0 R]%s >>"
        % (b" /ToUnicode 6 0 R" if fonts_tell else b""),
        b"<< /Type /Font /Subtype /CIDFontType2 /BaseFont /Song /DW 1000 /FontDescriptor 5 0 R"
        b" /CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> >>",
        b"<< /Type /FontDescriptor /FontName /Song /Flags 4 /FontBBox [0 0 1000 1000] /ItalicAngle 0"
        b" /Ascent 800 /Descent -200 /CapHeight 700 /StemV 80 >>",
        _stream(_TO_UNICODE),
    ]
    for i, words in enumerate(pages):
        shown = b"\n".join(
            b"BT /F %g Tf %g %g Td <%s> Tj ET" % (size, x, y, text.encode("utf-16-be").hex().encode())
            for x, y, size, text in words
        )
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Resources << /Font << /F 3 0 R >> >>"
            b" /Contents %d 0 R >>" % (8 + 2 * i)
        )
        objects.append(_stream(shown))
    return _file(objects)


def pdf_of_streams(*streams: bytes) -> bytes:
    """A PDF of one page whose contents are these stream objects, as they are."""
    kids = b" ".join(b"%d 0 R" % (4 + i) for i in range(len(streams)))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents [%s] /Resources << /Font << /F"
        b" << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >> >>" % kids,
        *streams,
    ]
    return _file(objects)


def bomb(size: int) -> bytes:
    """A stream object that unpacks to ``size`` bytes."""
    packer = zlib.compressobj(9)
    packed = b"".join(packer.compress(b" " * 1_000_000) for _ in range(size // 1_000_000)) + packer.flush()
    twice = zlib.compress(packed, 9)
    return b"<< /Filter [/FlateDecode /FlateDecode] /Length %d >>\nstream\n%s\nendstream" % (len(twice), twice)


def word(paragraphs: Iterable[tuple[str, str]]) -> bytes:
    """A Word document of ``(style, text)``."""
    document = docx.Document()
    for style, text in paragraphs:
        document.add_paragraph(text, style=style or None)
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def _stream(data: bytes) -> bytes:
    return b"<< /Length %d >>\nstream\n%s\nendstream" % (len(data), data)


def _file(objects: Sequence[bytes]) -> bytes:
    out = bytearray(b"%PDF-1.7\n")
    places = []
    for number, content in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    return bytes(out + b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, table))
