import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '@artdag/testing';
import {
  type Call,
  type Client,
  closeConnections,
  type Place,
  seconds,
  send,
  signedCall,
  signedRequest,
  signUp,
  verdict,
} from './lib/msign/client.ts';
import { bytesOf } from './lib/revocation/http.ts';
import { header, signatureOf } from './lib/msign/key.ts';
import { host, type SignedSuite, startSignedSuite } from './lib/msign/signed-suite.ts';

let suite: SignedSuite;
let alice: Client;
let place: Place;

beforeAll(async () => {
  suite = await startSignedSuite();
  place = suite.elsewhere();
  alice = await signUp(place);
});
afterAll(async () => {
  await closeConnections();
  await suite?.remove();
});

const me: Call = { path: '/auth/me' };
/** Refused by the registry with 422 once it is let in, so it changes nothing. */
const claim = (text: string): Call => ({ path: '/assets', body: JSON.stringify({ name: text }) });
const accepted = '422 validation_error';

/** A good header over `GET /auth/me` now, taken apart. */
function parts() {
  const ts = seconds(place.now());
  const sig = signatureOf(alice.key, { method: 'GET', host, target: '/auth/me', ts }).toString('base64url');
  return { handle: `handle="${alice.handle}"`, ts: `ts=${ts}`, sig: `sig="${sig}"` };
}

const sendHeader = (authorization: string) =>
  send(place.origin, { ...me, headers: { host, ...suite.elsewhere().headers, authorization } });

describe('the header', () => {
  it.each([
    ['in any order', (p) => `MSign ${p.sig} ${p.handle} ${p.ts}`],
    ['separated by commas', (p) => `MSign ${p.handle},${p.ts}, ${p.sig}`],
    ['with the scheme in any case', (p) => `mSIGN ${p.handle} ${p.ts} ${p.sig}`],
    ['with parameters that nobody knows', (p) => `MSign ${p.handle} v="2" ${p.ts} ${p.sig} nonce=abc`],
    [
      'with the handle in upper case',
      (p) => `MSign ${p.handle.toUpperCase().replace('HANDLE', 'handle')} ${p.ts} ${p.sig}`,
    ],
    ['that names its key', (p) => `MSign ${p.handle} ${p.ts} ${p.sig} kid="${alice.key.fingerprint}"`],
    ['of just under 2 KiB', (p) => padded(`MSign ${p.handle} ${p.ts} ${p.sig}`, 2040)],
  ] satisfies [string, (p: ReturnType<typeof parts>) => string][])('is read %s', async (_how, write) => {
    expect(await sendHeader(write(parts()))).toMatchObject({ status: 200, body: { actor_id: alice.actorId } });
  });

  it.each([
    ['no handle', (p) => `MSign ${p.ts} ${p.sig}`],
    ['no time', (p) => `MSign ${p.handle} ${p.sig}`],
    ['no signature', (p) => `MSign ${p.handle} ${p.ts}`],
    ['the handle twice', (p) => `MSign ${p.handle} ${p.handle} ${p.ts} ${p.sig}`],
    ['the time twice', (p) => `MSign ${p.handle} ${p.ts} ${p.ts} ${p.sig}`],
    ['the signature twice', (p) => `MSign ${p.handle} ${p.ts} ${p.sig} ${p.sig}`],
    ['alg twice', (p) => `MSign ${p.handle} ${p.ts} ${p.sig} alg="ed25519" ALG="ed25519"`],
    ['an unknown parameter twice', (p) => `MSign ${p.handle} ${p.ts} ${p.sig} x=1 x=2`],
    ['another algorithm', (p) => `MSign ${p.handle} ${p.ts} ${p.sig} alg="none"`],
    ['more than 2 KiB', (p) => padded(`MSign ${p.handle} ${p.ts} ${p.sig}`, 2100)],
    ['8 KiB', (p) => padded(`MSign ${p.handle} ${p.ts} ${p.sig}`, 8192)],
    ['SQL in the handle', (p) => `MSign handle="' OR '1'='1" ${p.ts} ${p.sig}`],
    ['a path in the handle', (p) => `MSign handle="../${alice.handle}" ${p.ts} ${p.sig}`],
    ['a time with a leading zero', (p) => `MSign ${p.handle} ${p.ts.replace('=', '=0')} ${p.sig}`],
    ['a time in hex', (p) => `MSign ${p.handle} ts=0x67f06640 ${p.sig}`],
    ['half a signature', (p) => `MSign ${p.handle} ${p.ts} ${p.sig.slice(0, 48)}"`],
    ['a kid that is none', (p) => `MSign ${p.handle} ${p.ts} ${p.sig} kid="*"`],
  ] satisfies [string, (p: ReturnType<typeof parts>) => string][])('is refused with %s', async (_what, write) => {
    const answer = await sendHeader(write(parts()));
    expect(verdict(answer)).toBe('401 msign_malformed');
    expect(answer.headers['www-authenticate']).toBe('MSign realm="musehub"');
  });

  it('is refused beside another one, and beside no other credential is it passed over', async () => {
    const good = signedRequest(place, alice, me).headers ?? {};
    const cookie = { cookie: 'session_token=nobody' };
    expect((await send(place.origin, { ...me, headers: { ...good, ...cookie } })).status).toBe(200);
    const bad = { ...good, authorization: (good['authorization'] ?? '').replace('sig="', 'sig="AAAA') };
    expect((await send(place.origin, { path: '/assets', headers: bad })).status).toBe(401);
  });
});

function padded(text: string, length: number): string {
  return `${text} x="${'x'.repeat(length - text.length - 5)}"`;
}

describe('what is signed', () => {
  it.each([
    ['body', { body: 'other' }],
    ['body, signed as none', { body: '' }],
    ['method', { method: 'PUT' }],
    ['method in lower case', { method: 'post' }],
    ['path', { target: '/asset?a=1&b=%41' }],
    ['path with a slash more', { target: '/assets/?a=1&b=%41' }],
    ['query', { target: '/assets?a=2&b=%41' }],
    ['query in another order', { target: '/assets?b=%41&a=1' }],
    ['query decoded', { target: '/assets?a=1&b=A' }],
    ['query left out', { target: '/assets' }],
    ['host', { host: 'l1.example.com' }],
    ['host with its port', { host: `${host}:443` }],
    ['host in upper case', { host: 'L2.EXAMPLE.COM' }],
  ])('is refused with another %s', async (_what, signed) => {
    const call = { ...claim(`another ${Object.values(signed).join()}`), path: '/assets?a=1&b=%41' };
    const from = suite.elsewhere();
    const answer = await signedCall(from, alice, call, signed);
    expect(verdict(answer)).toBe('401 bad_signature');
    expect(answer.headers['www-authenticate']).toBe('MSign realm="musehub"');
    expect(verdict(await signedCall(from, alice, call))).toBe(accepted);
  });

  it('takes the host by which it was asked only when that is one of its own, whatever X-Forwarded-Host says', async () => {
    const foreign = { ...suite.elsewhere(), host: 'l1.example.com' };
    expect(verdict(await signedCall(foreign, alice, me))).toBe('401 msign_host');
    const forwarded = { 'x-forwarded-host': 'l1.example.com' };
    const from = suite.elsewhere();
    expect(verdict(await signedCall(from, alice, { ...me, headers: forwarded }, { host: 'l1.example.com' }))).toBe(
      '401 bad_signature',
    );
    expect(verdict(await signedCall(from, alice, { ...me, headers: forwarded }))).toBe('200');
    const spelt = { ...me, headers: { host: 'L2.Example.COM:443' } };
    expect(verdict(await signedCall(from, alice, spelt))).toBe('200');
  });

  it('is refused more than 30 seconds off, both ways, and says what time it is', async () => {
    for (const off of [-31, 31, -3600, 86_400]) {
      const now = seconds(place.now());
      const answer = await signedCall(suite.elsewhere(), alice, me, { ts: now + off });
      const then = seconds(place.now());
      expect([off, verdict(answer)]).toEqual([off, '401 msign_skew']);
      expect(Number(answer.body['server_time'])).toBeGreaterThanOrEqual(now);
      expect(Number(answer.body['server_time'])).toBeLessThanOrEqual(then);
    }
    for (const off of [-25, 29]) {
      // What was long on its way is too old by then.
      await eventually(async () => {
        const answer = await signedCall(place, alice, me, { ts: seconds(place.now()) + off });
        expect([off, verdict(answer)]).toEqual([off, '200']);
      });
    }
  });

  it('is refused by another key, and by nobody’s, in the same words', async () => {
    const bob = await signUp(suite.elsewhere());
    const asAlice = await signedCall(suite.elsewhere(), { handle: alice.handle, key: bob.key }, me);
    const asNobody = await signedCall(suite.elsewhere(), { handle: 'nobody-at-all', key: bob.key }, me);
    expect([verdict(asAlice), verdict(asNobody)]).toEqual(['401 bad_signature', '401 bad_signature']);
    expect(asAlice.body['detail']).toEqual(asNobody.body['detail']);
    const kid = ` kid="${alice.key.fingerprint}"`;
    expect(verdict(await signedCall(suite.elsewhere(), bob, me, { more: kid }))).toBe('401 bad_signature');
  });

  it('is refused with nothing done: not even the failed try of a POST uses up the good one', async () => {
    const call = claim('once');
    const from = suite.elsewhere();
    const good = signedRequest(from, alice, call);
    const bad = { ...good, body: `${bytesOf(call.body)?.toString()} ` };
    expect(verdict(await send(from.origin, bad))).toBe('401 bad_signature');
    expect(verdict(await send(from.origin, good))).toBe(accepted);
  });
});

/** The order of the base point of Ed25519 (RFC 8032 §5.1). */
const order = 2n ** 252n + 27742317777372353535851937790883648493n;

/** The same signature with its second half raised by the order: as good by a careless equation, and other bytes. */
function malleated(signature: Buffer): Buffer {
  const half = Buffer.from(signature.subarray(32)).reverse();
  const raised = BigInt(`0x${half.toString('hex')}`) + order;
  return Buffer.concat([
    signature.subarray(0, 32),
    Buffer.from(raised.toString(16).padStart(64, '0'), 'hex').reverse(),
  ]);
}

describe('the same request once more', () => {
  it('is accepted when it is safe', async () => {
    const request = signedRequest(place, alice, me);
    for (let times = 0; times < 3; times += 1) expect((await send(place.origin, request)).status).toBe(200);
  });

  it.each(['POST', 'PATCH', 'DELETE'] as const)('is refused when it is a %s', async (method) => {
    const path = method === 'POST' ? '/assets' : `/api/identities/nobody-${method.toLowerCase()}`;
    const request = signedRequest(place, alice, { method, path, body: '{}' });
    const first = await send(place.origin, request);
    expect([method, first.status]).not.toEqual([method, 401]);
    const second = await send(place.origin, request);
    expect([method, verdict(second)]).toEqual([method, '401 replayed']);
    expect(second.headers['www-authenticate']).toBe('MSign realm="musehub"');
  });

  it('is refused in every other spelling', async () => {
    const call = claim('respelt');
    const ts = seconds(place.now());
    const signature = signatureOf(alice.key, {
      method: 'POST',
      host,
      target: '/assets',
      ts,
      body: bytesOf(call.body) ?? '',
    });
    const url = signature.toString('base64url');
    const standard = signature.toString('base64');
    const last = String.fromCodePoint((url.codePointAt(85) ?? 0) + 1);
    const sendAs = async (authorization: string) => {
      const answer = await send(place.origin, {
        ...call,
        headers: { host, ...suite.elsewhere().headers, authorization },
      });
      return verdict(answer);
    };
    const { handle } = alice;
    expect(await sendAs(header(handle, ts, url))).toBe(accepted);
    const spellings = {
      same: header(handle, ts, url),
      padded: header(handle, ts, `${url}==`),
      standard: header(handle, ts, standard),
      'standard without padding': header(handle, ts, standard.replaceAll('=', '')),
      'with alg': header(handle, ts, url, ' alg="ed25519"'),
      'with kid': header(handle, ts, url, ` kid="${alice.key.fingerprint}"`),
      'handle in upper case': header(handle.toUpperCase(), ts, url),
      'another order': `MSign sig="${url}", ts="${ts}", handle="${handle}"`,
    };
    for (const [how, text] of Object.entries(spellings))
      expect([how, await sendAs(text)]).toEqual([how, '401 replayed']);
    // What is no signature in its one form may be called malformed or bad instead; accepted it is not.
    const odd = [header(handle, ts, url.slice(0, 85) + last), header(handle, ts, malleated(signature))];
    for (const text of odd) expect(await sendAs(text)).toMatch(/^401 (?:replayed|msign_malformed|bad_signature)$/);
  });

  it('is accepted once of a hundred at the same moment', async () => {
    let serial = 0;
    const verdicts = await eventually(async () => {
      const request = signedRequest(place, alice, claim(`crowd ${(serial += 1)}`));
      const said = await Promise.all(
        Array.from({ length: 100 }, async () => verdict(await send(place.origin, request))),
      );
      expect(said.filter((each) => each === accepted).length).toBeLessThanOrEqual(1);
      if (said.some((each) => each.startsWith('503'))) throw new Error('not all were answered in time');
      return said;
    });
    expect(verdicts.toSorted()).toEqual([...Array<string>(99).fill('401 replayed'), accepted]);
  });

  it('is refused to the end of its time, from both ends of the skew', async () => {
    const ts = seconds(place.now()) + 29;
    const request = signedRequest(place, alice, claim('early'), { ts });
    expect(verdict(await send(place.origin, request))).toBe(accepted);
    suite.forward(30_000);
    expect(verdict(await send(place.origin, request))).toBe('401 replayed');
    // What was long on its way came after the end.
    await eventually(async () => {
      suite.set(new Date((ts + 28) * 1000));
      expect(verdict(await send(place.origin, request))).toBe('401 replayed');
    });
    suite.forward(5_000);
    expect(verdict(await send(place.origin, request))).toBe('401 msign_skew');
  });
});
