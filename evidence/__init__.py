"""Bytes with provenance: intake, storage, and later inspection and previews; knows no items."""
