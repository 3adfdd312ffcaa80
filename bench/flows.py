"""The peer built from stock viewflow: three human steps, driven as its documents show."""

from __future__ import annotations

from viewflow import this
from viewflow.workflow import flow


class Stock(flow.Flow):
    start = flow.StartHandle().Next(this.accept)
    accept = flow.View(None).Next(this.progress)
    progress = flow.View(None).Next(this.reassign)
    reassign = flow.View(None).Next(this.end)
    end = flow.End()
