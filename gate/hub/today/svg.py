"""The day's chart written out as SVG; not by a template, for it is asked for all day."""

from collections.abc import Iterable
from html import escape
from typing import Final

from django.utils.safestring import SafeString, mark_safe

from gate.hub.today.chart import FLOOR, LEFT, MIDDLE, RIGHT, TOP, WIDTH, Bar, Chart

HEIGHT: Final = 216


def written(chart: Chart) -> SafeString:
    """Return the picture; every colour is the page's."""
    parts = (
        f'<svg class="chart" viewBox="0 0 {WIDTH} {HEIGHT}" role="img"',
        f' aria-label="{escape(chart.words)}"><g class="grid">',
        *(_level(y, count) for y, count in chart.levels),
        f'</g><text class="name" x="{LEFT}" y="{TOP - 7}">{escape(chart.title)}</text>',
        f'<text class="name" x="{LEFT}" y="{FLOOR + 15}">In and out</text>',
        f'<path class="under" d="{chart.area}"/><path class="count-line" d="{chart.line}"/>',
        f'<g class="grid">{_most(chart, FLOOR + 21)}{_most(chart, MIDDLE + 34)}</g>',
        f'<g class="ins">{_bars(chart.ins, chart)}</g>',
        f'<g class="outs">{_bars(chart.outs, chart)}</g>',
        f'<path class="axis" d="M{LEFT} {MIDDLE}H{RIGHT}"/><g class="refused">',
        *(f'<path transform="translate({x} 193)" d="M-3.5 3L0-4 3.5 3Z"/>' for x in chart.refused),
        "</g>",
        _now(chart),
        '<g class="grid">',
        *(
            f'<text x="{x}" y="210" text-anchor="middle">{escape(words)}</text>'
            for x, words in chart.hours
        ),
        "</g></svg>",
    )
    return mark_safe("".join(parts))  # noqa: S308 - numbers of ours, and words that are escaped


def _level(y: float, count: int) -> str:
    label = f'<text x="{LEFT - 6}" y="{y}" dy="3" text-anchor="end">{count}</text>'
    return f'<path d="M{LEFT} {y}H{RIGHT}"/>{label}'


def _most(chart: Chart, y: int) -> str:
    return f'<text x="{LEFT - 6}" y="{y}" text-anchor="end">{chart.most_moved}</text>'


def _bars(bars: Iterable[Bar], chart: Chart) -> str:
    return "".join(
        f'<rect x="{bar.x}" y="{bar.y}" width="{chart.bar_width}" height="{bar.height}">'
        f"<title>{escape(bar.words)}</title></rect>"
        for bar in bars
    )


def _now(chart: Chart) -> str:
    if chart.now_x is None:
        return ""
    here = f'<circle class="here" cx="{chart.now_x}" cy="{chart.now_y}" r="3"/>'
    return f'<path class="now" d="M{chart.now_x} 12V197"/>{here}'
