/** The style sheet of the reference page: one column on a phone, and the contents next to it on a wide screen. */
export const STYLE = `
:root { color-scheme: light dark; --ink: #1c2126; --soft: #58636e; --line: #d7dde3; --back: #fff; --mark: #f2f5f8; --link: #0b57a4; }
@media (prefers-color-scheme: dark) { :root { --ink: #e4e8ec; --soft: #a0abb6; --line: #3a434c; --back: #15191d; --mark: #20262c; --link: #7db8f5; } }
* { box-sizing: border-box; }
html { scroll-padding-top: 1rem; }
body { margin: 0 auto; max-width: 76rem; padding: 1rem; color: var(--ink); background: var(--back); font: 1rem/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
h1 { font-size: 1.8rem; margin: 0; }
h2 { font-size: 1.35rem; margin: 2.5rem 0 .5rem; }
main > section:first-child > h2 { margin-top: 1rem; }
h3 { font-size: 1.1rem; margin: 0 0 .5rem; }
h4 { font-size: 1rem; margin: 1.25rem 0 .25rem; }
p { margin: .25rem 0 .75rem; max-width: 44rem; }
a { color: var(--link); }
code { font: .9em ui-monospace, monospace; background: var(--mark); padding: .05em .3em; border-radius: .25em; }
article { border-top: 1px solid var(--line); padding: 1.25rem 0; }
.route { font-size: 1rem; }
.type, .limits { color: var(--soft); font-size: .9rem; }
dl { margin: .25rem 0; }
dl + p { margin-top: 1rem; }
dt { margin-top: .6rem; }
dd { margin: 0 0 0 1rem; }
dd > p { margin: 0; }
dd dl { border-left: 2px solid var(--line); padding-left: .75rem; }
nav h2 { font-size: 1rem; margin: 1rem 0 .25rem; }
nav ul { margin: 0; padding: 0; list-style: none; }
nav a { display: inline-block; padding: .25rem 0; }
@media (min-width: 60rem) {
  body { display: grid; grid-template-columns: 17rem 1fr; column-gap: 3rem; align-items: start; }
  header { grid-column: 1 / -1; }
  nav { position: sticky; top: 0; max-height: 100vh; overflow-y: auto; padding: 1rem 0; }
}
@media print { nav { display: none; } }
`;
