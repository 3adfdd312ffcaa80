"""Which files have a fingerprint beyond their digest, and how much of it is told at most."""

PICTURES = frozenset({"jpg", "jpeg", "png", "gif", "webp", "bmp", "tif", "tiff", "heic"})
PACKAGES = frozenset({"docx", "xlsx", "pptx", "ofd"})
ENDINGS = PICTURES | PACKAGES | {"pdf"}
LONGEST_ANSWER = 6 << 20
"""Bytes: of forty small copies with their features, and what is said beside them."""
