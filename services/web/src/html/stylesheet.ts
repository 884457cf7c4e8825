/** The one style sheet. It travels inside the page: the public origin routes no path for it. */
export const stylesheet = `
:root { color-scheme: light dark; --ink: #1b1b1f; --soft: #5b5b66; --paper: #fdfcf9; --line: #dcd8cf; --link: #0b57a4; --code: #f3f0e8 }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e9e7e2; --soft: #a8a6a0; --paper: #16161a; --line: #37363c; --link: #8ab8f0; --code: #212127 }
}
* { box-sizing: border-box }
body { margin: 0; padding: 1.5rem 1rem 3rem; background: var(--paper); color: var(--ink); font: 1rem/1.6 system-ui, sans-serif }
header, main, footer { max-width: 44rem; margin: 0 auto }
header a { color: inherit; font-weight: 600; text-decoration: none }
h1 { margin: 1.5rem 0 .5rem; font-size: 1.9rem; line-height: 1.2 }
h2 { margin: 2rem 0 .5rem; font-size: 1.2rem }
a { color: var(--link) }
dl { display: grid; grid-template-columns: repeat(auto-fit, minmax(8rem, 1fr)); gap: .75rem; margin: 1rem 0 }
dl div { padding: .6rem .8rem; border: 1px solid var(--line); border-radius: .4rem; overflow-wrap: anywhere }
dt, footer, .note { color: var(--soft); font-size: .9rem }
dd { margin: 0; font-size: 1.35rem; font-variant-numeric: tabular-nums }
pre { padding: .8rem; overflow-x: auto; border: 1px solid var(--line); border-radius: .4rem; background: var(--code); line-height: 1.5 }
code { font: .85rem/1.5 ui-monospace, monospace }
footer { margin-top: 3rem; padding-top: .75rem; border-top: 1px solid var(--line); overflow-wrap: anywhere }
`;
