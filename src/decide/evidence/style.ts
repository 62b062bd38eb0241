/** The style sheet of the page of a pack: one column, readable on a phone and in print. */
export const STYLE = `
:root { --ink: #1b2126; --soft: #55606b; --line: #d5dbe1; --mark: #f3f6f8; --good: #1c6b3f; --bad: #9b1c1c; }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 60rem; padding: 1.5rem 1rem 4rem; color: var(--ink); background: #fff; font: 1rem/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
header { border-bottom: 3px solid var(--ink); padding-bottom: 1rem; }
h1 { font-size: 1.7rem; line-height: 1.25; margin: 0 0 .5rem; }
h2 { font-size: 1.3rem; margin: 2.5rem 0 .5rem; padding-top: .75rem; border-top: 1px solid var(--line); }
h3 { font-size: 1.05rem; margin: 1.5rem 0 .25rem; }
p { margin: .25rem 0 .75rem; max-width: 46rem; }
nav ul { margin: 0; padding-left: 1.2rem; }
dl { display: grid; grid-template-columns: minmax(7rem, 12rem) minmax(0, 1fr); gap: .2rem 1rem; margin: .5rem 0 1rem; }
dt { color: var(--soft); }
dd { margin: 0; }
.wide { overflow-x: auto; margin: .5rem 0 1rem; }
table { border-collapse: collapse; width: 100%; font-size: .9rem; }
th, td { overflow-wrap: break-word; text-align: left; vertical-align: top; padding: .35rem .8rem .35rem 0; border-bottom: 1px solid var(--line); }
th { color: var(--soft); font-weight: 600; white-space: nowrap; }
article { border: 1px solid var(--line); border-radius: .4rem; padding: .25rem 1rem .5rem; margin: 1rem 0; }
article > h3 { margin-top: .75rem; }
.status { font-weight: 600; }
.succeeded { color: var(--good); }
.failed, .canceled { color: var(--bad); }
.note { color: var(--soft); }
pre, code { font: .85rem/1.45 ui-monospace, monospace; }
pre { white-space: pre-wrap; background: var(--mark); padding: .6rem .8rem; border-radius: .3rem; margin: .3rem 0 .8rem; }
td pre { margin: 0; padding: .2rem .4rem; overflow-wrap: anywhere; }
iframe { width: 100%; height: 36rem; border: 1px solid var(--line); background: #fff; }
footer { margin-top: 3rem; color: var(--soft); }
@media (max-width: 34rem) {
  dl { display: block; }
  dd { margin-bottom: .5rem; }
  iframe { height: 28rem; }
  thead { display: none; }
  table, tbody, tr, td { display: block; }
  td { overflow-wrap: anywhere; padding: 0; border: 0; }
  td:not(:empty)::before { content: attr(data-head) ": "; color: var(--soft); }
  tr { border-bottom: 1px solid var(--line); padding: .4rem 0; }
}
@media print {
  body { max-width: none; padding: 0; font-size: 10pt; }
  article, table, pre { break-inside: auto; }
  h2, h3 { break-after: avoid; }
  tr { break-inside: avoid; }
  .screen { display: none; }
  .wide { overflow: visible; }
}
`;
