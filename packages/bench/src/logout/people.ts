import { randomUUID } from 'node:crypto';

/** Somebody signed in, and what the L1s hold of them. */
export interface Person {
  access: string;
  /** By jti, the L1's address. */
  held: Map<string, { l1: string; token: string }>;
}

const AT_ONCE = 8;
const ATTEMPTS = 5;

async function postJson(
  url: string,
  body: object,
  access?: string,
  attempts = ATTEMPTS,
): Promise<Record<string, unknown>> {
  const headers = {
    'content-type': 'application/json',
    ...(access === undefined ? {} : { authorization: `Bearer ${access}` }),
  };
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
  // On a machine that others use as well, auth may be late.
  if (response.status === 503 && attempts > 1) return await postJson(url, body, access, attempts - 1);
  if (!response.ok) throw new Error(`POST ${new URL(url).pathname} answered ${response.status}`);
  return (await response.json()) as Record<string, unknown>;
}

/** Work done by eight at once. */
async function each<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const todo = [...items];
  const lane = async (): Promise<void> => {
    for (let item = todo.pop(); item !== undefined; item = todo.pop()) await work(item);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
}

/** Somebody new, attached to all of these. */
export async function newPerson(origin: string, l1s: readonly string[]): Promise<Person> {
  const login = { username: `bench-${randomUUID().slice(0, 8)}`, password: randomUUID() };
  const access = String((await postJson(`${origin}/auth/register`, login))['access_token']);
  const held: Person['held'] = new Map();
  await each(l1s, async (l1) => {
    const token = String((await postJson(`${origin}/renderers/attach`, { l1_server: l1 }, access))['token']);
    const payload = Buffer.from(token.split('.')[1] ?? '', 'base64url').toString();
    held.set((JSON.parse(payload) as { jti: string }).jti, { l1, token });
  });
  return { access, held };
}

/** How long the answer took, in milliseconds. */
export async function logOut(origin: string, { access }: Person): Promise<number> {
  const begun = performance.now();
  await postJson(`${origin}/auth/logout`, {}, access, 1);
  return performance.now() - begun;
}

/** Throws, which voids the run, unless every token is refused as revoked. */
export async function refuseAll(origin: string, { held }: Person): Promise<void> {
  await each([...held.values()], async ({ l1, token }) => {
    const headers = { 'content-type': 'application/json' };
    const body = JSON.stringify({ token, l1_server: l1 });
    const response = await fetch(`${origin}/auth/verify`, { method: 'POST', headers, body });
    const { code } = (await response.json()) as { code?: string };
    if (response.status !== 401 || code !== 'token_revoked')
      throw new Error(`after a logout /auth/verify answered ${response.status} ${String(code)}`);
  });
}
