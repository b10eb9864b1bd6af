# ruff: noqa: E501 (lines of another language)
"""The page's look: light and dark, wide and narrow, on paper. Text and lines keep the contrast of WCAG 2 level AA."""

from __future__ import annotations

STYLE = """
:root {
  color-scheme: light dark;
  --ground: #fcfcfa; --sheet: #ffffff; --ink: #1b1d20; --soft: #565b62; --rule: #d9dbd6; --link: #00599c;
  --accent: #00599c; --bad: #a02c00; --grid: #e4e6e1;
  --c0: #0067a8; --c1: #c04f00; --c2: #00775a; --c3: #9c3c94; --c4: #7a5c00; --c5: #3c3f44;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #15171a; --sheet: #1d2024; --ink: #eceef0; --soft: #a9b0b8; --rule: #3a3f46; --link: #86c5f5;
    --accent: #86c5f5; --bad: #ff9d73; --grid: #2d3137;
    --c0: #5db8f2; --c1: #ff9b54; --c2: #3fcaa0; --c3: #e08bd6; --c4: #d9ba4a; --c5: #d4d7db;
  }
}
* { box-sizing: border-box; }
html { font: 100%/1.55 system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif; background: var(--ground); color: var(--ink); }
body { margin: 0 auto; padding: 1.5rem 1.1rem 4rem; max-width: 54rem; }
h1 { font-size: 1rem; font-weight: 600; color: var(--soft); margin: 0 0 .4rem; overflow-wrap: anywhere; }
h2 { font-size: 1.3rem; line-height: 1.25; margin: 3rem 0 .6rem; padding-top: 1.1rem; border-top: 2px solid var(--ink); }
h3 { font-size: 1.02rem; margin: 2rem 0 .5rem; }
p { margin: .5rem 0; }
a { color: var(--link); }
a:focus-visible, button:focus-visible, input:focus-visible, select:focus-visible, summary:focus-visible, .wide:focus-visible {
  outline: 3px solid var(--accent); outline-offset: 2px; border-radius: 3px;
}
.skip { position: absolute; left: -999rem; }
.skip:focus { position: static; }
.verdict { font-size: clamp(1.3rem, 1rem + 1.9vw, 1.95rem); line-height: 1.3; font-weight: 650; letter-spacing: -.01em; margin: 0 0 1rem; overflow-wrap: anywhere; text-wrap: pretty; }
.small, figcaption { color: var(--soft); font-size: .875rem; }
.warning { border-left: 4px solid var(--bad); padding-left: .8rem; }
nav ul { list-style: none; display: flex; flex-wrap: wrap; gap: .2rem 1.1rem; padding: 0; margin: 1.2rem 0 0; font-size: .92rem; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .15rem 1rem; margin: 1rem 0; font-size: .95rem; }
dt { color: var(--soft); } dd { margin: 0; overflow-wrap: anywhere; }
.wide { overflow-x: auto; margin: .8rem 0; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; font-size: .95rem; }
caption { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
.under { display: block; color: var(--soft); font-size: .875rem; }
th, td { text-align: left; vertical-align: top; padding: .5rem .7rem .5rem 0; border-bottom: 1px solid var(--rule); font-weight: 400; }
thead th { color: var(--soft); font-size: .85rem; border-bottom-color: var(--soft); vertical-align: bottom; }
th.n, td.n { text-align: right; padding-left: .6rem; padding-right: 0; } td.n { white-space: nowrap; }
tbody th { min-width: 9rem; }
.lead th:first-child { width: 100%; }
tr.best th { font-weight: 650; }
.cannot { display: block; color: var(--bad); font-size: .875rem; overflow-wrap: anywhere; }
.small { overflow-wrap: anywhere; }
.key { display: inline-block; min-width: 1.45em; padding: 0 .3em; text-align: center; font-size: .82em; font-weight: 700; border: 1.5px solid currentColor; border-radius: 1em; line-height: 1.45; }
figure { margin: .5rem 0 1rem; }
svg.figure { width: 100%; height: auto; display: block; background: var(--sheet); border: 1px solid var(--rule); border-radius: 6px; }
svg.narrow { display: none; }
@media (max-width: 34rem) { svg.broad { display: none; } svg.narrow { display: block; } body { padding-inline: .85rem; } }
svg text { font: 13px system-ui, "DejaVu Sans", sans-serif; fill: var(--ink); }
svg .tick { fill: var(--soft); font-size: 12px; } svg .label { fill: var(--soft); }
svg .end { text-anchor: end; } svg .mid { text-anchor: middle; }
svg .grid { stroke: var(--grid); } svg .axis { stroke: var(--soft); }
svg .now { stroke: var(--ink); stroke-dasharray: 2 4; }
svg .line { fill: none; stroke-width: 3; stroke-linejoin: round; } svg .line.thin { stroke-width: 1.2; }
svg .front { fill: none; stroke: var(--ink); stroke-width: 1.5; stroke-dasharray: 5 4; }
svg .letter { font-weight: 700; stroke: none; }
svg .inside { font-size: 11px; font-weight: 700; text-anchor: middle; fill: var(--sheet); stroke: none; }
svg .dot { stroke-width: 2; } svg .dot.hollow { fill: var(--sheet); }
.bars { display: block; width: 100%; height: 16px; margin-top: .25rem; }
.bars .band, .bars .range { fill: var(--ink); } .bars .cut { fill: var(--ground); }
.bars .low { fill: var(--c0); } .bars .high { fill: var(--c1); }
.swatch { width: 26px; height: 12px; margin-right: .45rem; vertical-align: middle; }
.square { display: inline-block; width: .8em; height: .8em; border-radius: 2px; margin-right: .35em; vertical-align: -.05em; }
.square.low { background: var(--c0); } .square.high { background: var(--c1); }
COLOURS
.keys li { display: flex; align-items: baseline; gap: .4rem; }
.keys { list-style: none; padding: 0; margin: .7rem 0 .3rem; display: grid; grid-template-columns: repeat(auto-fill, minmax(15.5rem, 1fr)); gap: .25rem 1rem; color: var(--ink); }
fieldset { border: 1px solid var(--rule); border-radius: 8px; background: var(--sheet); padding: .6rem 1.1rem 1.1rem; margin: 1rem 0; min-width: 0; }
legend { padding: 0 .4rem; color: var(--soft); font-size: .875rem; }
.slider { display: grid; grid-template-columns: 1fr auto; gap: 0 1rem; align-items: baseline; padding: .45rem 0; }
.slider input[type=range] { grid-column: 1 / -1; width: 100%; accent-color: var(--accent); height: 1.6rem; margin: 0; }
.value { font-weight: 650; font-variant-numeric: tabular-nums; }
input[type=number] { font: inherit; width: 5.5rem; text-align: right; }
input[type=number], select, button { font: inherit; color: inherit; background: var(--ground); border: 1px solid var(--soft); border-radius: 6px; padding: .3rem .6rem; max-width: 100%; }
button { margin-top: .5rem; cursor: pointer; }
.answer { font-size: 1.12rem; font-weight: 600; min-height: 3.2em; }
.heard { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); margin: 0; }
details { border-bottom: 1px solid var(--rule); padding: .15rem 0; }
summary { cursor: pointer; padding: .45rem 0; overflow-wrap: anywhere; }
details details { border: 0; padding-left: 1.1rem; }
summary .amount { float: right; font-variant-numeric: tabular-nums; }
.bill > summary { font-weight: 600; }
.tree, .tree ul { list-style: none; padding-left: 1.1rem; margin: .3rem 0; }
.tree li { margin: 0 0 .8rem; overflow-wrap: anywhere; } .tree .product { margin: .15rem 0; font-variant-numeric: tabular-nums; font-size: .92rem; }
.tree .amount { float: right; font-variant-numeric: tabular-nums; }
code { font: .9em ui-monospace, "DejaVu Sans Mono", monospace; }
footer { margin-top: 3rem; padding-top: 1rem; border-top: 1px solid var(--rule); }
@media print {
  :root { color-scheme: light; --ground: #fff; --sheet: #fff; --ink: #000; --soft: #444; --rule: #bbb; --grid: #ddd; --link: #000; --accent: #000;
    --c0: #0067a8; --c1: #c04f00; --c2: #00775a; --c3: #9c3c94; --c4: #7a5c00; --c5: #3c3f44; --bad: #a02c00; }
  html { font-size: 10pt; } body { max-width: none; padding: 0; }
  nav, .skip, button, select, label[for=reach], label[for=rival] { display: none; }
  figure, tr, .tree li, .slider { break-inside: avoid; } h2, h3, summary { break-after: avoid; }
  .wide { overflow: visible; } svg.broad { display: block; } svg.narrow { display: none; }
  * { print-color-adjust: exact; }
}
@media (forced-colors: active) { svg text, svg .inside { fill: CanvasText; } svg .line, svg .dot { stroke: CanvasText; } }
""".replace(
    "COLOURS",
    "\n".join(
        f"svg .line.c{n} {{ stroke: var(--c{n}); }} svg .dot.c{n} {{ fill: var(--c{n}); stroke: var(--c{n}); }} "
        f"svg .letter.c{n}, svg .inside.hollow.c{n}, .bars .bar.c{n} {{ fill: var(--c{n}); }} "
        f"svg .dot.hollow.c{n} {{ fill: var(--sheet); }}"
        for n in range(6)
    ),
)
"""The style sheet; it names no file, no font of the network and no motion."""
