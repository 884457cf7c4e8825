import { expect } from '@jest/globals';

/** What strangers write into fields to have it run, followed, or misread. */
export const hostileTexts = [
  `"><script>alert(1)</script>`,
  `'><img src=x onerror=alert(1)>`,
  `</title></style></textarea></code></pre><svg onload=alert(1)>`,
  `" onmouseover="alert(1)" autofocus onfocus="alert(1)`,
  'javascript:alert(1)//',
  ' \tjava\nscript:alert(1)',
  'data:text/html,<script>alert(1)</script>',
  '\u202egnp.exe\u2066\u200f\u2060\u206a\ufffa',
  'a\u0000b\u001b[31mc\u009bd\u007f',
  '\ud800 half a character',
  '`${alert(1)}`{{7*7}}<!--',
  `https://ok.example/"onclick="alert(1)`,
];

/** Texts whose values are fixed by the API, so that no stranger has a say in them. */
const fixed = new Set(['type', 'visibility', 'state', 'actor_type', 'status', 'provider_type', 'result', 'suspected']);

/**
 * An answer of the API in which every text that a stranger may have written is another one.
 *
 * @param kept names of what stays as well, for the page to be there
 */
export function poisoned(value: unknown, text: string, kept: ReadonlySet<string> = new Set(), key = ''): unknown {
  if (typeof value === 'string') return fixed.has(key) || kept.has(key) ? value : text;
  if (Array.isArray(value)) return value.map((element) => poisoned(element, text, kept, key));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, poisoned(member, text, kept, name)]));
}

/** Nothing in the page runs, loads from a stranger or leads to anything but the web, and all of it reads as it is written. */
export function expectHarmless(page: string): void {
  // Judged without an `expect` for each of hundreds of tags: that took most of the time of the tests of all pages.
  expect((page.match(/<[^>]*>/g) ?? []).flatMap(faultsOf)).toEqual([]);
  expect(page).not.toMatch(
    /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/,
  );
}

const ours = /^<script src="\/static\/(?:site\.[\w-]{16}\.js" defer|claim\.[\w-]{16}\.js" type="module")>$/;

/** What is wrong with a tag. */
function faultsOf(tag: string): string[] {
  // What stands between quotes is text: quotes of its own are escaped.
  const attributes = tag.replace(/"[^"]*"/g, '""');
  const targets = [...tag.matchAll(/\s(?:href|src|action|formaction)="([^"]*)"/gi)].map(([, target = '']) => target);
  const faults = {
    'is a script of somebody else': /^<script/i.test(tag) && !ours.test(tag),
    'runs or styles': /\son\w+\s*=|\sstyle\s*=|\ssrcdoc\s*=/i.test(attributes),
    loads: /^<(?:img|video|audio|iframe|object|embed|base|meta http-equiv)\b/i.test(tag),
    'leads elsewhere': targets.some((target) => !/^(?:\/(?!\/)|#|https?:\/\/)/.test(target)),
  };
  return Object.entries(faults).flatMap(([fault, isSo]) => (isSo ? [`${tag} ${fault}`] : []));
}
