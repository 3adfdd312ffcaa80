"""The only writers. One file a verb family; every verb on an item goes through `step.take`.

from workflows.actions import decisions
decisions.approve(item_id, actor=actor, command=Command(id=..., version=...), opinion="…")
"""
