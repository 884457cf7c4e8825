import { withoutChance } from './console-blocks.ts';

/** A command of docs/api.md and the answer that it says it has. */
export interface Example {
  /** The heading above it. */
  title: string;
  command: string;
  answer?: { form: 'json' | 'text'; text: string };
}

const cut = '…';

/** The `sh` blocks of a Markdown text, each with the `json` or `text` block that follows it, and the first `python` block. */
export function readApiPage(markdown: string): { examples: Example[]; script: string } {
  const examples: Example[] = [];
  let script = '';
  let title = '';
  for (const [, heading, form = '', text = ''] of markdown.matchAll(/^#+ (.+)$|^```(\w+)\n([\s\S]*?)^```$/gm)) {
    if (heading !== undefined) title = heading;
    else if (form === 'sh') examples.push({ title, command: text });
    else if (form === 'python') script ||= text;
    else if (form === 'json' || form === 'text') Object.assign(examples.at(-1) ?? {}, { answer: { form, text } });
  }
  return { examples, script };
}

/**
 * A JSON value with what differs from run to run made alike, and cut where the page cuts: a text at `…`, a list at an element `…`, an object
 * to the members that the page shows when it has one named `…`.
 */
export function asShown(actual: unknown, shown: unknown): unknown {
  if (typeof actual === 'string') return typeof shown === 'string' ? textAsShown(actual, shown) : actual;
  if (Array.isArray(actual) && Array.isArray(shown)) {
    const end = shown.indexOf(cut);
    const kept = end === -1 ? actual : actual.slice(0, end);
    return [...kept.map((element, at): unknown => asShown(element, shown[at])), ...(end === -1 ? [] : [cut])];
  }
  if (isObject(actual) && isObject(shown)) {
    const names = Object.keys(cut in shown ? shown : actual);
    return Object.fromEntries(names.map((name) => [name, name === cut ? cut : asShown(actual[name], shown[name])]));
  }
  return actual;
}

function textAsShown(actual: string, shown: string): string {
  if (!shown.includes(cut)) return withoutChance(actual);
  const [start = '', end = ''] = shown.split(cut);
  const isSame = actual.length > start.length + end.length && actual.startsWith(start) && actual.endsWith(end);
  return isSame ? withoutChance(shown) : actual;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
