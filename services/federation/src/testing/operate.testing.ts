import { send } from './http-client.testing.ts';

/**
 * Calls what `artdag-admin federation` calls.
 *
 * @param o.assertion of the service `admin`
 */
export async function operate(o: { url: string; assertion: string; path: string; body: object }) {
  const headers: [string, string][] = [
    ['x-actor-assertion', o.assertion],
    ['content-type', 'application/json'],
  ];
  const url = `${o.url}/internal/admin/federation${o.path}`;
  const answer = await send(url, { method: 'POST', headers, body: JSON.stringify(o.body) });
  return { status: answer.status, body: answer.json() };
}
