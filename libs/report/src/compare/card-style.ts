/** How a comparison's HTML page looks. Constant: nothing of a record goes in here. */

export const CARD_STYLE = `
:root {
  color-scheme: light dark;
  --ground: #ffffff; --panel: #f5f6f8; --line: #d5d9e0; --ink: #1b2430; --soft: #566273;
  --better: #11693a; --better-ground: #e0f3e7; --worse: #a5182a; --worse-ground: #fbe4e6;
  --unknown: #7a4b00; --unknown-ground: #fdf0d5; --same: #3d4a5c; --same-ground: #e9ecf1;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #12161c; --panel: #1a2029; --line: #333d4b; --ink: #e6eaf0; --soft: #a3afc0;
    --better: #7fdca4; --better-ground: #12351f; --worse: #ff9aa5; --worse-ground: #431219;
    --unknown: #f3c46b; --unknown-ground: #3a2a08; --same: #c3ccd9; --same-ground: #28303b;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink);
  font: 15px/1.45 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
main { max-width: 64rem; margin: 0 auto; padding: 1.5rem 1rem 3rem; }
h1 { font-size: 1.35rem; line-height: 1.25; margin: .4rem 0 1rem; overflow-wrap: anywhere; }
h2 { font-size: 1rem; margin: 1.6rem 0 .4rem; overflow-wrap: anywhere; }
.verdict { display: flex; flex-wrap: wrap; gap: .75rem; align-items: center; margin: 0;
  color: var(--soft); }
.verdict .badge { font-size: 1.05rem; text-transform: uppercase; letter-spacing: .04em; }
.arms { display: grid; grid-template-columns: repeat(auto-fit, minmax(17rem, 1fr)); gap: .75rem; }
.arm { background: var(--panel); border: 1px solid var(--line); border-radius: .5rem;
  padding: .7rem .9rem; min-width: 0; }
.arm h2 { margin: 0 0 .3rem; font-size: .95rem; }
.arm p { margin: 0; color: var(--soft); font-size: .82rem; overflow-wrap: anywhere; }
.side { display: inline-block; min-width: 1.5em; text-align: center; border-radius: .3rem;
  background: var(--ink); color: var(--ground); font-weight: 700; }
.world { color: var(--soft); font-size: .85rem; margin: .8rem 0; overflow-wrap: anywhere; }
.world b { color: var(--ink); }
.world.other { color: var(--worse); font-weight: 600; }
table { border-collapse: collapse; width: 100%; font-size: .88rem; }
caption { text-align: left; color: var(--soft); padding: .3rem 0; }
caption.hidden { position: absolute; width: 1px; height: 1px; overflow: hidden;
  clip-path: inset(50%); }
th, td { text-align: left; vertical-align: top; padding: .4rem .6rem .4rem 0;
  border-top: 1px solid var(--line); overflow-wrap: anywhere; }
thead th { border-top: 0; color: var(--soft); font-weight: 500; font-size: .8rem; }
tbody th { font-weight: 600; }
.rows, .differences { table-layout: fixed; }
@media (min-width: 42.01rem) {
  .rows th:first-child { width: 38%; }
  .rows th:nth-child(4) { width: 22%; }
  .rows th:nth-child(5) { width: 14%; }
}
.unit { color: var(--soft); font-weight: 400; }
.why { margin: .1rem 0 0; color: var(--soft); font-weight: 400; font-size: .8rem; }
.number { font-variant-numeric: tabular-nums; }
.text { font-size: .8rem; }
.effect { font-variant-numeric: tabular-nums; }
.effect span { display: block; color: var(--soft); font-size: .8rem; }
code { font: .82rem ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
.badge { display: inline-block; white-space: nowrap; padding: .05rem .5rem; border-radius: 1rem;
  font-weight: 600; font-size: .8rem; color: var(--same); background: var(--same-ground); }
.badge.better { color: var(--better); background: var(--better-ground); }
.badge.worse { color: var(--worse); background: var(--worse-ground); }
.badge.unknown, .badge.mixed { color: var(--unknown); background: var(--unknown-ground); }
svg { display: block; }
svg .axis { stroke: var(--line); stroke-width: 1; }
svg .even { stroke: var(--soft); stroke-width: 1; stroke-dasharray: 2 2; }
svg .range { stroke: var(--same); stroke-width: 3; stroke-linecap: round; }
svg circle { fill: var(--same); }
svg.better .range { stroke: var(--better); } svg.better circle { fill: var(--better); }
svg.worse .range { stroke: var(--worse); } svg.worse circle { fill: var(--worse); }
svg.unknown .range { stroke: var(--unknown); } svg.unknown circle { fill: var(--unknown); }
.note { color: var(--soft); font-size: .8rem; margin: 1.2rem 0 0; overflow-wrap: anywhere; }
@media (max-width: 42rem) {
  .rows thead { position: absolute; width: 1px; height: 1px; overflow: hidden;
    clip-path: inset(50%); }
  .rows, .rows tbody { display: block; }
  .rows tr { display: grid; grid-template-columns: 1fr 1fr auto; gap: .2rem .8rem;
    border-top: 1px solid var(--line); padding: .5rem 0; }
  .rows th, .rows td { border: 0; padding: 0; }
  .rows tbody th { grid-column: 1 / -1; }
  .rows td[data-label]:before { content: attr(data-label) " "; color: var(--soft); }
  .rows td:last-child { grid-column: 3; grid-row: 2; }
  .rows .effect { grid-column: 1 / -1; }
}
@media print { body { font-size: 12px; } main { padding: 0; max-width: none; } }
`;
