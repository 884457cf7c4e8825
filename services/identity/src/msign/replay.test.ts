import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { collectLogs, eventually, tcpProxy } from '@artdag/testing';
import type { RunningIdentity } from '../start-identity.testing.ts';
import { signedRequest, startWorld, type MSignWorld, type TestKey, type WireRequest } from './msign.testing.ts';

const clock = { now: new Date() };
let world: MSignWorld;
let one: RunningIdentity;
let other: RunningIdentity;
let key: TestKey;

beforeAll(async () => {
  world = await startWorld(clock);
  await world.addHuman('gabriel');
  key = await world.addKey('gabriel');
  one = await world.replica();
  other = await world.replica();
});
afterAll(() => world.close());

const seconds = (): number => Math.floor(clock.now.getTime() / 1000);
let count = 0;
/** A new request each time. */
const change = (method = 'POST', ts = seconds()): WireRequest =>
  signedRequest({ handle: 'gabriel', key, ts, method, target: `/assets?n=${(count += 1)}`, body: '{}' });

const codes = async (on: RunningIdentity, ...requests: WireRequest[]): Promise<unknown[]> =>
  (await world.results(on, ...requests)).map((result) => (result.ok === true ? 'ok' : result.code));

describe('a request that can change something', () => {
  it.each(['POST', 'PUT', 'PATCH', 'DELETE', 'PROPFIND'])('may be used once: %s', async (method) => {
    const request = change(method);
    expect(await codes(one, request)).toEqual(['ok']);
    expect(await codes(one, request)).toEqual(['replayed']);
    expect(await codes(other, request)).toEqual(['replayed']);
  });

  it('may be used once in a batch, and the others of the batch are not touched', async () => {
    const [a, b] = [change(), change()];
    expect(await codes(one, a, b, a)).toEqual(['ok', 'ok', 'replayed']);
    expect(await codes(other, b, change(), a)).toEqual(['replayed', 'ok', 'replayed']);
  });

  it('is accepted once by replicas that get it at the same time, each among others and in another order', async () => {
    const batches = Array.from({ length: 3 }, () => Array.from({ length: 40 }, () => change()));
    for (const batch of batches) {
      const orders = [batch, batch.toReversed(), batch.toSorted((a, b) => (a.signature < b.signature ? -1 : 1))];
      const all = await Promise.all(orders.map((requests, i) => codes(i === 1 ? other : one, ...requests)));
      const sorted = all.flat().toSorted();
      expect(sorted).toEqual([
        ...batch.map(() => 'ok'),
        ...batch.map(() => 'replayed'),
        ...batch.map(() => 'replayed'),
      ]);
    }
  });

  it('is the same request under another spelling of its signature or its method', async () => {
    const request = change();
    const last = request.signature.at(-1) ?? '';
    // The last of 86 characters carries two bits of the signature and four of nothing.
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    const respelt = request.signature.slice(0, -1) + alphabet.charAt(alphabet.indexOf(last) + 1);
    expect(Buffer.from(respelt, 'base64url')).toEqual(Buffer.from(request.signature, 'base64url'));
    expect(await codes(one, { ...request, method: 'post' })).toEqual(['ok']);
    expect(await codes(one, { ...request, signature: respelt }, request)).toEqual(['replayed', 'replayed']);
  });

  it('is used up only by whoever may make it', async () => {
    const request = change();
    expect(await codes(one, { ...request, signature: change().signature })).toEqual(['bad_signature']);
    expect(await codes(one, request)).toEqual(['ok']);
  });

  it('is remembered for 100 s from now, or from its time if that is later, by the database’s clock', async () => {
    const ages: number[] = [];
    for (const ts of [seconds() - 30, seconds(), seconds() + 30]) {
      await world.sql('DELETE FROM msign_seen');
      expect(await codes(one, change('POST', ts))).toEqual(['ok']);
      const [row] = await world.sql(
        `SELECT extract(epoch FROM expires_at - greatest(now(), to_timestamp($1)))::float8 AS left,
                extract(epoch FROM expires_at - to_timestamp($1))::float8 AS after FROM msign_seen`,
        [ts],
      );
      // A gateway takes it until 30 s after its time: at least 40 s less than it is remembered.
      expect(Number(row?.['after'])).toBeGreaterThanOrEqual(100);
      ages.push(Number(row?.['left']));
    }
    for (const age of ages) expect(Math.abs(age - 100)).toBeLessThan(30);
  });
});

describe('a request that changes nothing', () => {
  it.each(['GET', 'HEAD', 'OPTIONS', 'get'])('may be used again: %s', async (method) => {
    const request = change(method);
    expect(await codes(one, request, request)).toEqual(['ok', 'ok']);
    expect(await codes(other, request)).toEqual(['ok']);
  });
});

describe('with PostgreSQL away', () => {
  it('no request that can change something is accepted, and the others are while the keys are known', async () => {
    const proxy = await tcpProxy({ target: world.databaseUrl });
    const logs = collectLogs();
    const cut = await world.replica({ databaseUrl: proxy.url, logger: logs.logger });
    const [before, after] = [change(), change()];
    expect(await codes(cut, before, change('GET'))).toEqual(['ok', 'ok']);
    await proxy.cut();
    expect(await codes(cut, after, change('GET'), { ...after, target: '/x' })).toEqual([
      'unavailable',
      'ok',
      'bad_signature',
    ]);
    const { status, body } = await world.verify(cut, [after, change()]);
    expect([status, body.code]).toEqual([503, 'dependency_unavailable']);
    expect((await world.verify(cut, [{ ...after, handle: 'unheard-of' }])).status).toBe(503);
    const told = logs.records().filter(({ message }) => message === 'Signed requests could not be judged.');
    expect(told).toHaveLength(3);
    expect(logs.text()).not.toContain(after.signature);
    await proxy.restore();
    await eventually(async () => expect(await codes(cut, after)).toEqual(['ok']));
    await proxy.close();
  });
});

describe('last_used_at', () => {
  const lastUse = async (id: string): Promise<unknown> =>
    (await world.sql('SELECT last_used_at FROM auth_keys WHERE id = $1', [id]))[0]?.['last_used_at'];

  it('is written in the background for requests that can change something, once a minute', async () => {
    await world.addHuman('raphael');
    const mine = await world.addKey('raphael');
    const request = (method: string, target: string) =>
      signedRequest({ handle: 'raphael', key: mine, ts: seconds(), method, target });
    const replica = await world.replica();
    await codes(replica, request('GET', '/1'));
    const first = clock.now;
    await codes(replica, request('POST', '/2'));
    await eventually(async () => expect(await lastUse(mine.id)).toEqual(first));
    clock.now = new Date(first.getTime() + 59_000);
    await codes(replica, request('POST', '/3'));
    const elsewhere = await world.replica();
    await codes(elsewhere, request('POST', '/4'));
    await Promise.all([replica.stop(), elsewhere.stop()]);
    expect(await lastUse(mine.id)).toEqual(first);
    clock.now = new Date(first.getTime() + 61_000);
    const last = await world.replica();
    await codes(last, request('GET', '/5'));
    await last.stop();
    expect(await lastUse(mine.id)).toEqual(first);
    const flushed = await world.replica();
    await codes(flushed, request('POST', '/6'));
    await flushed.stop();
    expect(await lastUse(mine.id)).toEqual(clock.now);
  });
});
