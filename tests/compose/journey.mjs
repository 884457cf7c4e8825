/** Runs in the peer's container: registers, is followed, claims, and checks what the Fedify server verified. */
import assert from 'node:assert/strict';
import { createHash, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

const gateway = 'http://gateway:8200';
const peer = 'http://peer:8210';

async function call(url, { body, token } = {}) {
  const headers = {
    accept: 'application/json',
    ...(body && { 'content-type': 'application/json' }),
    ...(token && { authorization: `Bearer ${token}` }),
  };
  const response = await fetch(url, {
    method: body ? 'POST' : 'GET',
    headers,
    ...(body && { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: await response.json().catch(() => ({})) };
}

async function until(attempt, seconds = 15) {
  for (const end = Date.now() + seconds * 1000; ; await sleep(200)) {
    const found = await attempt();
    if (found) return found;
    if (Date.now() > end) throw new Error(`not so within ${seconds} s: ${attempt}`);
  }
}

const username = `u${randomUUID().slice(0, 8)}`;
const target = `acct:${username}@gateway:8200`;
const registered = await call(`${gateway}/auth/register`, { body: { username, password: randomUUID() } });
assert.equal(registered.status, 201);
await until(async () => (await call(`${gateway}/.well-known/webfinger?resource=${target}`)).status === 200);
assert.equal((await call(`${peer}/control/follow`, { body: { target } })).status, 200);
const arrival = (type) =>
  until(async () => (await call(`${peer}/control/received`)).body.received.find((one) => one.type === type));
assert.equal((await arrival('Accept')).httpSignature.verified, true);

const contentHash = createHash('sha3-256').update(randomUUID()).digest('hex');
const asset = { name: `${username}-sunrise`, content_hash: contentHash, asset_type: 'image', tags: [] };
const claimed = await call(`${gateway}/assets`, { body: asset, token: registered.body.access_token });
assert.equal(claimed.status, 201);
const create = await arrival('Create');
assert.deepEqual(
  [create.httpSignature.verified, create.proof, create.body.object.contentHash.value],
  [true, 'verified', contentHash],
);
console.log(`Fedify verified the HTTP signature and the proof of ${create.id}`);

const client = await fetch(`${gateway}/download/client`);
assert.deepEqual([client.status, client.headers.get('content-type')], [200, 'application/gzip']);
console.log(`The image of web has the client: ${(await client.arrayBuffer()).byteLength} bytes`);
