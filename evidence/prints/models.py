"""Fingerprints as rows: each named by the digest it was made of, found again by its keys.

What reads pictures is not loaded with them: pages need the rows alone.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class Print(models.Model):
    """What one file's bytes told of themselves."""

    digest = models.CharField(max_length=64, unique=True)
    facts = models.JSONField(default=dict)
    """Dates, makers, pages and which of them are blank."""
    made_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.digest[:12]


class Picture(models.Model):
    """A picture that is a file, or stands in one."""

    of = models.ForeignKey(Print, models.CASCADE, related_name="pictures")
    no = models.PositiveSmallIntegerField()
    page = models.PositiveSmallIntegerField()
    """Where it stands; 0 where its file has no pages to speak of."""
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    ink = models.FloatField()
    """Which share of it shows anything."""
    copy = models.BinaryField()
    """Small and grey: what it is compared by, and shown by."""
    features = models.BinaryField(null=True)
    """What it is laid over others by; null where it was kept before they were."""

    class Meta:
        ordering: ClassVar = ["of_id", "no"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["of", "no"], name="a_picture_has_its_number")
        ]

    def __str__(self) -> str:
        return f"{self.of} #{self.no}"


class PictureKey(models.Model):
    """One entry of the index: asked by equality, on either database."""

    picture = models.ForeignKey(Picture, models.CASCADE, related_name="keys", db_index=False)
    key = models.BigIntegerField()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["key", "picture"], name="picture_by_key"),
            models.Index(fields=["picture"], name="keys_of_picture"),
        ]

    def __str__(self) -> str:
        return f"{self.key:x}"


class Text(models.Model):
    """A text, of a file or written into the ledger by hand."""

    digest = models.CharField(max_length=64, unique=True)
    """Of the file's bytes, or of the words themselves."""
    shingles = models.BinaryField()
    made_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.digest[:12]


class TextKey(models.Model):
    text = models.ForeignKey(Text, models.CASCADE, related_name="keys", db_index=False)
    key = models.BigIntegerField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["key", "text"], name="text_by_key")]

    def __str__(self) -> str:
        return f"{self.key:x}"
