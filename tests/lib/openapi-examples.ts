import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { request } from 'undici';
import type { Operation, OperationExample } from '@artdag/service-kit';
import { proofOf } from './msign/client.ts';
import { type ClientKey, keyOfSeed, sha256 } from './msign/key.ts';
import { root } from './scripts.ts';

/** In the order in which they are run: later ones build on earlier ones. */
export const examples = JSON.parse(
  readFileSync(join(root, 'docs', 'openapi-examples.json'), 'utf8'),
) as OperationExample[];

/** The address in the examples. */
const shownHost = 'localhost:8200';

/** What is another one in each run. */
const chances = {
  jwt: /eyJ[\w-]+\.[\w-]+\.[\w-]+/,
  time: /\d{4}-\d\d-\d\dT[\d:.]+Z/,
  pem: /-----BEGIN PUBLIC KEY-----[^-]+/,
  apiKeyPreview: /dk_[\w-]{5}\.\.\./,
  // TypeIDs, UUIDs, hashes, keys and signatures: long, without what makes a sentence, and with a digit or capitals where no word has them (one key
  // identifier in forty has no digit).
  other: /(?=[A-Za-z+/_-]*(?:\d|[a-z][A-Z]|[A-Z]{2}))[\w+/-]{20,}={0,2}/,
};
const chance = new RegExp(
  Object.values(chances)
    .map(({ source }) => source)
    .join('|'),
  'g',
);

/** The keys of the examples, by their public halves. */
export const exampleKeys: ReadonlyMap<unknown, ClientKey> = new Map(
  ['laptop', 'desktop', 'night'].map((name) => keyOfSeed(sha256(name))).map((key) => [key.publicKey, key]),
);

/** Texts of the examples that were by chance, and what stands for them in this run. */
export type Known = Map<string, string>;

export interface RunAnswer {
  status: number;
  /** As in the example where only chance makes the difference; undefined when empty. */
  answer: unknown;
}

/**
 * Runs an example at a suite.
 *
 * @param known of the examples before; learns what differs in this one
 * @param token of whom it is run as
 */
export async function runExample(
  o: { url: string; operation: Operation; example: OperationExample; token: string | undefined },
  known: Known,
): Promise<RunAnswer> {
  const { url, operation, example } = o;
  const { host } = new URL(url);
  const toRun = (text: string): string =>
    text.replace(chance, (part) => known.get(part) ?? part).replaceAll(shownHost, host);
  await proveKey(url, example.body, known);
  const parameters = Object.entries(example.parameters ?? {}).map(
    ([name, value]) => [name, toRun(String(value))] as const,
  );
  const { path, headers } = requestOf(operation, parameters);
  const body = example.body === undefined ? null : toRun(textOf(example.body));
  const response = await request(`${url}${path}`, {
    method: operation.method,
    headers: {
      ...headers,
      ...(o.token !== undefined && { authorization: `Bearer ${o.token}` }),
      ...(body !== null && { 'content-type': operation.request?.bodyTypes?.[0] ?? 'application/json' }),
    },
    body,
  });
  const mediaType = String(response.headers['content-type']);
  const text = (await response.body.text()).replaceAll(host, shownHost);
  // Bytes are no example for people: what is shown of them is how to get them.
  if (mediaType === 'application/octet-stream') return { status: response.statusCode, answer: undefined };
  const isJson = /[/+]json\b/.test(mediaType);
  const actual: unknown = isJson ? JSON.parse(text) : text || undefined;
  return { status: response.statusCode, answer: asInExample(actual, example.answer, known) };
}

/** A body that proves a key signs a challenge, which is another one in each run. */
async function proveKey(url: string, body: unknown, known: Known): Promise<void> {
  const key = isObject(body) ? exampleKeys.get(body['public_key_b64']) : undefined;
  if (!isObject(body) || key === undefined) return;
  const proof = await proofOf({ origin: url, host: new URL(url).host, now: () => new Date() }, key);
  known.set(String(body['challenge_token']), proof.challenge_token);
  known.set(String(body['signature_b64']), proof.signature_b64);
}

function requestOf(
  operation: Operation,
  parameters: readonly (readonly [string, string])[],
): { path: string; headers: Record<string, string> } {
  const headerNames = Object.keys(operation.request?.headers?.shape ?? {});
  const isInPath = (name: string): boolean => operation.path.includes(`{${name}}`);
  const path = operation.path.replace(/\{(\w+)\}/g, (_, name: string) =>
    // A tile's is several segments.
    (new Map(parameters).get(name) ?? '').split('/').map(encodeURIComponent).join('/'),
  );
  const query = parameters.filter(([name]) => !isInPath(name) && !headerNames.includes(name));
  const search = new URLSearchParams(Object.fromEntries(query)).toString();
  return {
    path: search === '' ? path : `${path}?${search}`,
    headers: {
      accept: 'application/json',
      ...Object.fromEntries(parameters.filter(([name]) => headerNames.includes(name))),
    },
  };
}

const textOf = (body: unknown): string => (typeof body === 'string' ? body : JSON.stringify(body));

/** An answer with the example's text wherever only chance differs; those pairs become known. */
function asInExample(actual: unknown, shown: unknown, known: Known): unknown {
  if (typeof actual === 'string' && typeof shown === 'string') {
    const ours = actual.match(chance) ?? [];
    const theirs = shown.match(chance) ?? [];
    if (actual.replace(chance, '') !== shown.replace(chance, '') || ours.length !== theirs.length) return actual;
    theirs.forEach((text, at) => known.set(text, ours[at] ?? text));
    return shown;
  }
  if (Array.isArray(actual) && Array.isArray(shown))
    return actual.map((element, at): unknown => asInExample(element, shown[at], known));
  if (isObject(actual) && isObject(shown))
    return Object.fromEntries(
      Object.entries(actual).map(([name, value]) => [name, asInExample(value, shown[name], known)]),
    );
  return actual;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
