"""Pictures as ECharts options: plain data, drawn by static/app/board.js, never without a table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.translation import gettext as _

from workflows.states import State

if TYPE_CHECKING:
    from reports.figures import Board

# Lightness falls and patterns differ along the way, so that no state is told by hue alone.
COLOURS = {
    State.DRAFT: "#ced4da",
    State.ASSIGNED: "#a5c8ea",
    State.RECTIFYING: "#5b95cf",
    State.IN_REVIEW: "#9775c8",
    State.VERIFYING: "#5b5fb5",
    State.SUSPENDED: "#b8a9a0",
    State.CLOSED: "#2b7a45",
    State.CANCELLED: "#868e96",
}
_FRAME: dict[str, Any] = {
    "animation": False,
    "aria": {"enabled": True, "label": {"enabled": False}, "decal": {"show": True}},
    "grid": {"left": 8, "right": 24, "top": 48, "bottom": 8, "containLabel": True},
    "legend": {"top": 0, "left": 0, "itemGap": 16},
}
_TOOLTIP = {"renderMode": "richText", "confine": True}


def burn_up(board: Board) -> dict[str, Any]:
    """Two lines over the days: due by then, and closed by then."""
    planned = [[point.day.isoformat(), point.planned] for point in board.burn_up]
    closed = [
        [point.day.isoformat(), point.closed] for point in board.burn_up if point.closed is not None
    ]
    return {
        **_FRAME,
        "tooltip": {**_TOOLTIP, "trigger": "axis"},
        "xAxis": {"type": "time", "axisLabel": {"formatter": "{MM}-{dd}", "hideOverlap": True}},
        "yAxis": {"type": "value", "minInterval": 1},
        "series": [
            {
                "name": _("Due by the plan"),
                "type": "line",
                "data": planned,
                "symbol": "emptyCircle",
                "color": "#5c6770",
                "lineStyle": {"type": "dashed", "width": 2},
            },
            {
                "name": _("Closed out"),
                "type": "line",
                "data": closed,
                "symbol": "rect",
                "symbolSize": 7,
                "color": COLOURS[State.CLOSED],
                "lineStyle": {"width": 3},
                "areaStyle": {"opacity": 0.12},
                "markLine": _today(board),
            },
        ],
    }


def _today(board: Board) -> dict[str, Any]:
    return {
        "symbol": "none",
        "silent": True,
        "lineStyle": {"color": "#212529", "type": "dotted", "width": 2},
        "label": {"formatter": _("Today"), "position": "end", "color": "#212529"},
        "data": [{"xAxis": timezone.localdate(board.at).isoformat()}],
    }


def aspects(board: Board) -> dict[str, Any]:
    """One bar an aspect, from its closed items on; states that no item is in are left out."""
    shown = [state for state in order() if board.tally.states[state]]
    return {
        **_FRAME,
        "tooltip": {**_TOOLTIP, "trigger": "item"},
        "xAxis": {"type": "value", "minInterval": 1},
        "yAxis": {
            "type": "category",
            "inverse": True,
            "axisLabel": {"overflow": "break", "lineHeight": 17, "interval": 0},
            "data": [str(line.aspect) for line in board.aspects],
        },
        "series": [_series(board, state) for state in shown],
    }


def _series(board: Board, state: State) -> dict[str, Any]:
    return {
        "name": str(state.label),
        "type": "bar",
        "stack": "items",
        "barMaxWidth": 40,
        "color": COLOURS[state],
        "label": {
            "show": True,
            "color": "#000",
            "backgroundColor": "#fff",
            "padding": [2, 5],
            "borderRadius": 3,
        },
        # A bar of no length has no number on it.
        "data": [line.tally.states[state] or None for line in board.aspects],
    }


def order() -> list[State]:
    """Closed first, then back along an item's way: what is done grows from the axis."""
    way = [state for state in State if state is not State.CANCELLED]
    return [*reversed(way), State.CANCELLED]
