import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type CollectedLogs, collectLogs } from '@artdag/testing';
import { type Harness, startHarness } from '../harness.testing.ts';
import { rawGet, sendRaw } from '../raw-http.testing.ts';
import { codeOf, makeTestSigner, type TestSigner } from './signing.testing.ts';

const at = new Date('2026-05-01T12:00:00.700Z');
const ts = Math.floor(at.getTime() / 1000);
const sig = Buffer.alloc(64, 7).toString('base64url');
let gateway: Harness;
let alice: TestSigner;
let logs: CollectedLogs;

beforeAll(async () => {
  logs = collectLogs();
  const publicHosts = ['l2.example', 'other.example:8443'];
  gateway = await startHarness({ logger: logs.logger, config: { publicHosts }, overrides: { now: () => at } });
  alice = makeTestSigner(gateway);
});
afterAll(() => gateway.close());
beforeEach(() => {
  gateway.seen.length = gateway.identity.questions.length = 0;
});

const nobodyAsked = (): void => {
  expect(gateway.identity.questions).toEqual([]);
  expect(gateway.seen).toEqual([]);
};

describe('a header that is none of MSign', () => {
  const good = `handle="alice", ts=${ts}, sig="${sig}"`;

  it.each([
    ['nothing', '', 'handle is not one'],
    ['no parameters', 'alice', 'parameters are not name="value"'],
    ['a bad separator', `handle="alice";ts=${ts}`, 'separated by spaces or commas'],
    ['an open quote', 'handle="alice', 'parameters are not name="value"'],
    ['a parameter twice', `${good} ts=${ts}`, 'a parameter comes twice'],
    ['an unknown parameter twice', `${good} x=1 X=2`, 'a parameter comes twice'],
    ['no handle', `ts=${ts} sig="${sig}"`, 'handle is not one'],
    ['a handle of other characters', `handle="al_ice" ts=${ts} sig="${sig}"`, 'handle is not one'],
    ['no time', `handle="alice" sig="${sig}"`, 'ts is not in seconds'],
    ['a time with a leading zero', `handle="alice" ts=0${ts} sig="${sig}"`, 'ts is not in seconds'],
    ['a fraction of a second', `handle="alice" ts=${ts}.5 sig="${sig}"`, 'ts is not in seconds'],
    ['a negative time', `handle="alice" ts=-1 sig="${sig}"`, 'ts is not in seconds'],
    ['no signature', `handle="alice" ts=${ts}`, 'sig is not 64 bytes'],
    ['a short signature', `handle="alice" ts=${ts} sig="${sig.slice(4)}"`, 'sig is not 64 bytes'],
    ['no base64', `handle="alice" ts=${ts} sig="${sig.slice(1)}!"`, 'sig is not 64 bytes'],
    ['another algorithm', `${good} alg="ml-dsa-65"`, 'alg is not ed25519'],
    ['a kid that is none', `${good} kid="abc"`, 'kid is not a fingerprint'],
    ['over 2 KiB', `${good} pad="${'p'.repeat(2048)}"`, 'longer than 2048 bytes'],
  ])('with %s is 401 msign_malformed, and says why without repeating it', async (_what, parameters, reason) => {
    const answer = await rawGet(gateway.port, '/assets', [`Authorization: MSign ${parameters}`.trimEnd() + ' ']);
    expect([answer.status, codeOf(answer)]).toEqual([401, 'msign_malformed']);
    expect(answer.headers['www-authenticate']).toBe('MSign realm="musehub"');
    expect(JSON.parse(answer.body).detail).toContain(reason);
    expect(answer.text + logs.text()).not.toContain(sig.slice(4, -4));
    nobodyAsked();
  });

  it('is taken up to 2 KiB, and not a byte over', async () => {
    const own = alice.authorization({ ts });
    const padded = (bytes: number): string => `${own} pad="${'p'.repeat(bytes - own.length - 7)}"`;
    expect((await rawGet(gateway.port, '/assets', [`Authorization: ${padded(2048)}`])).status).toBe(200);
    expect((await rawGet(gateway.port, '/assets', [`Authorization: ${padded(2049)}`])).status).toBe(401);
  });

  it('that comes twice is 401, whatever the other one is', async () => {
    const own = alice.authorization({ ts });
    for (const [first, second, code] of [
      [own, own, 'msign_malformed'],
      [own, 'Bearer x.y.z', 'msign_malformed'],
      ['Bearer x.y.z', own, 'invalid_authorization'],
    ]) {
      const answer = await rawGet(gateway.port, '/assets', [`Authorization: ${first}`, `authorization: ${second}`]);
      expect([answer.status, codeOf(answer)]).toEqual([401, code]);
    }
    nobodyAsked();
  });

  it('is refused on routes whose owner reads credentials too', async () => {
    const answer = await sendRaw(
      gateway.port,
      'POST /auth/logout HTTP/1.1\r\nHost: l2.example\r\nAuthorization: MSign x\r\nContent-Length: 0\r\n\r\n',
    );
    expect([answer.status, codeOf(answer)]).toEqual([401, 'msign_malformed']);
    nobodyAsked();
  });

  it('is the scheme in any case, with parameters in any order, and unknown ones passed over', async () => {
    const [handle = '', time = '', signature = ''] = alice.authorization({ ts }).split(' ').slice(1);
    for (const value of [
      `msign ${signature},  ${time} ,${handle}`,
      `MSIGN   ${handle} new="1" ${time} ${signature}`,
      `MSign ${handle.replace('alice', 'Alice')},${time},${signature},`,
    ]) {
      expect((await rawGet(gateway.port, '/assets', [`Authorization: ${value}`])).status).toBe(200);
    }
  });
});

describe('the time', () => {
  it.each([-31, -3600, 31, 3600])('%d s away from ours is 401 msign_skew with our own', async (seconds) => {
    const answer = await alice.send({ ts: ts + seconds });
    expect(answer.status).toBe(401);
    expect(JSON.parse(answer.body)).toMatchObject({ code: 'msign_skew', server_time: ts, detail: expect.any(String) });
    expect(answer.headers['www-authenticate']).toBe('MSign realm="musehub"');
    nobodyAsked();
  });

  it.each([-30, -29, 29, 30])('%d s away is taken', async (seconds) => {
    expect((await alice.send({ ts: ts + seconds })).status).toBe(200);
  });
});

describe('the host', () => {
  it.each(['evil.example', 'l2.example.', 'l2.example:80', 'l2.example:8443', 'sub.l2.example', 'other.example', ''])(
    '%j is not one of ours: 401 msign_host',
    async (host) => {
      const answer = await alice.send({ host, ts });
      expect([answer.status, codeOf(answer)]).toEqual([401, 'msign_host']);
      expect(answer.headers['www-authenticate']).toBe('MSign realm="musehub"');
      nobodyAsked();
    },
  );

  it.each([
    ['L2.Example', 'l2.example'],
    ['l2.example:443', 'l2.example'],
    ['OTHER.example:8443', 'other.example:8443'],
  ])('%s is %s', async (host, normalised) => {
    expect((await alice.send({ host: normalised, ts }, { host })).status).toBe(200);
    expect(gateway.identity.questions).toMatchObject([{ host: normalised }]);
  });

  it('is the Host header, and never X-Forwarded-Host', async () => {
    const forwarded = { lines: ['X-Forwarded-Host: l2.example', 'Forwarded: host=l2.example'], ts };
    expect(codeOf(await alice.send({ ...forwarded, host: 'evil.example' }))).toBe('msign_host');
    const other = await alice.send({ ts, lines: ['X-Forwarded-Host: other.example:8443'] });
    expect(other.status).toBe(200);
    expect(gateway.identity.questions).toMatchObject([{ host: 'l2.example' }]);
  });

  it('must come once', async () => {
    const answer = await alice.send({ ts, lines: ['Host: evil.example'] });
    expect([answer.status >= 400 && answer.status < 500]).toEqual([true]);
    nobodyAsked();
  });
});

describe('a path and query', () => {
  it('with other bytes than ASCII, or too many, is a clear 4xx', async () => {
    for (const target of ['/assets/\xc3\xa9', '/assets?q=\xff', `/assets?q=${'x'.repeat(16_400)}`, '/assets?q=\x7f']) {
      const answer = await alice.send({ target, ts });
      expect([answer.status, codeOf(answer)]).toEqual([400, expect.stringMatching(/^(invalid_path|bad_request)$/)]);
    }
    nobodyAsked();
  });
});
