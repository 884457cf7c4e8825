/** The one style sheet. It travels inside the page: the public origin routes no path for it. */
export const stylesheet = `
:root { color-scheme: light dark; --ink: #1b1b1f; --soft: #5b5b66; --paper: #fdfcf9; --line: #dcd8cf; --edge: #87837a; --link: #0b57a4; --code: #f3f0e8; --wrong: #b3261e; --on-link: #fff }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e9e7e2; --soft: #a8a6a0; --paper: #16161a; --line: #37363c; --edge: #7b7983; --link: #8ab8f0; --code: #212127; --wrong: #f2a29b; --on-link: #10151c }
}
* { box-sizing: border-box }
body { margin: 0; padding: 1.5rem 1rem 3rem; background: var(--paper); color: var(--ink); font: 1rem/1.6 system-ui, sans-serif }
header, main, footer { max-width: 44rem; margin: 0 auto }
header, nav { display: flex; flex-wrap: wrap; align-items: baseline; gap: .25rem 1rem }
header { justify-content: space-between }
header > a { color: inherit; font-weight: 600; text-decoration: none }
nav { font-size: .95rem }
nav form { display: contents }
nav strong { max-width: min(20rem, 36vw); overflow: hidden; text-overflow: ellipsis; white-space: nowrap }
strong { font-weight: 600; overflow-wrap: anywhere }
h1 { margin: 1.5rem 0 .5rem; font-size: 1.9rem; line-height: 1.2 }
h2 { margin: 2rem 0 .5rem; font-size: 1.2rem }
a { color: var(--link) }
:focus-visible { outline: 2px solid var(--link); outline-offset: 2px }
dl { display: grid; grid-template-columns: repeat(auto-fit, minmax(8rem, 1fr)); gap: .75rem; margin: 1rem 0 }
dl div { padding: .6rem .8rem; border: 1px solid var(--line); border-radius: .4rem; overflow-wrap: anywhere }
dt, footer, .note { color: var(--soft); font-size: .9rem }
dd { margin: 0; font-size: 1.35rem; font-variant-numeric: tabular-nums }
pre { padding: .8rem; overflow-x: auto; border: 1px solid var(--line); border-radius: .4rem; background: var(--code); line-height: 1.5 }
code { font: .85rem/1.5 ui-monospace, monospace }
.stack { max-width: 24rem; margin: 1.25rem 0 }
.field { margin: 0 0 1.1rem }
.field label, .field > span { display: block }
.field label { font-weight: 600 }
.field label .note { font-weight: 400 }
input { width: 100%; margin-top: .3rem; padding: .55rem .7rem; border: 1px solid var(--edge); border-radius: .4rem; background: var(--paper); color: var(--ink); font: inherit }
input[aria-invalid] { border: 2px solid var(--wrong) }
.error { color: var(--wrong) }
p.error { max-width: 24rem; padding: .6rem .8rem; border: 1px solid var(--wrong); border-left-width: .3rem; border-radius: .4rem }
button, .button { display: inline-block; padding: .55rem 1.2rem; border: 1px solid var(--link); border-radius: .4rem; background: var(--link); color: var(--on-link); font: inherit; font-weight: 600; text-decoration: none; cursor: pointer }
.button { background: none; color: var(--link) }
button.link { padding: 0; border: 0; background: none; color: var(--link); font-weight: inherit; text-decoration: underline }
.methods { padding: 0; list-style: none }
footer { margin-top: 3rem; padding-top: .75rem; border-top: 1px solid var(--line); overflow-wrap: anywhere }
footer:empty { display: none }
`;
