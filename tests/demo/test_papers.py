import re
import struct
import zlib

from demo import papers


def chunks(picture: bytes) -> list[tuple[bytes, bytes]]:
    found, at = [], 8
    while at < len(picture):
        (size,) = struct.unpack(">I", picture[at : at + 4])
        kind, body = picture[at + 4 : at + 8], picture[at + 8 : at + 8 + size]
        (crc,) = struct.unpack(">I", picture[at + 8 + size : at + 12 + size])
        assert crc == zlib.crc32(kind + body)
        found.append((kind, body))
        at += 12 + size
    return found


def pixels(seed: str) -> bytes:
    return zlib.decompress(chunks(papers.png(seed))[1][1])


def test_a_picture_is_a_whole_png_of_480_by_320() -> None:
    picture = papers.png("1-1")
    assert picture.startswith(b"\x89PNG\r\n\x1a\n")
    parts = chunks(picture)
    assert [kind for kind, _ in parts] == [b"IHDR", b"IDAT", b"IEND"]
    assert parts[0][1] == struct.pack(">IIBBBBB", 480, 320, 8, 2, 0, 0, 0)
    assert len(zlib.decompress(parts[1][1])) == 320 * (1 + 480 * 3)


def test_two_seeds_give_visibly_different_pictures() -> None:
    one, two = pixels("1-1"), pixels("1-2")
    assert sum(a != b for a, b in zip(one, two, strict=True)) > len(one) // 4


def test_the_same_seed_gives_the_same_picture() -> None:
    assert papers.png("2-3") == papers.png("2-3")


def test_a_pdf_finds_each_of_its_objects_by_the_table() -> None:
    paper = papers.pdf(["会议纪要", "第一行", "second line"])
    table = int(re.findall(rb"startxref\n(\d+)\n", paper)[0])
    offsets = re.findall(rb"^(\d{10}) 00000 n $", paper[table:], re.MULTILINE)
    assert len(offsets) == 5
    for number, offset in enumerate(offsets, start=1):
        assert paper[int(offset) :].startswith(b"%d 0 obj" % number)


def test_a_pdf_says_its_lines_in_utf_16() -> None:
    paper = papers.pdf(["纪要", "清淤7处"])
    assert b"<7eaa8981> Tj" in paper
    assert b"<6e056de400375904> Tj" in paper


def test_a_long_text_runs_over_lines_and_pages() -> None:
    paper = papers.pdf(["表", "长" * 28, *["行"] * 21])
    assert b"/Count 2 " in paper
    assert paper.count(b"/Type /Page ") == 2
    assert paper.count(b" Tj ET") == 1 + 23


def test_a_text_ends_each_line_as_windows_does() -> None:
    assert papers.text(["一", "b"]) == "一\r\nb\r\n".encode()
