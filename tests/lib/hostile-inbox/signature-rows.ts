import { expect } from '@jest/globals';
import { send } from '../strangers/send.ts';
import type { Headers, Scheme, Signing } from '../strangers/sign-by-hand.ts';
import type { PostOptions, Stranger } from '../strangers/stranger.ts';
import { expectRefused, follow, tracesOf, type HostileSuite, type Row } from './hostile-suite.ts';

const schemes: Scheme[] = ['draft-cavage', 'rfc9421'];
const minutes = (n: number): Date => new Date(Date.now() + n * 60_000);
const seconds = (date: Date): number => Math.floor(date.getTime() / 1000);

/** Posts a Follow of a new stranger's and expects 401. */
async function expect401(
  suite: HostileSuite,
  options: (stranger: Stranger, body: Buffer) => PostOptions,
  wanted: { code?: string; fetched?: number } = {},
): Promise<void> {
  const stranger = await suite.newStranger();
  const body = Buffer.from(JSON.stringify(follow(suite, stranger)));
  const answer = await stranger.post('alice', suite.inbox, body, options(stranger, body));
  await expectRefused(suite, stranger, answer, { status: 401, ...wanted });
}

const signedBut = (suite: HostileSuite, tweak: Partial<Signing>, unsigned: Headers = []): Promise<void> =>
  expect401(suite, () => ({ tweak, unsigned }));

async function unsignedPost(suite: HostileSuite): Promise<void> {
  const stranger = await suite.newStranger();
  const body = Buffer.from(JSON.stringify(follow(suite, stranger)));
  for (const inbox of [suite.inbox, suite.sharedInbox]) {
    const answer = await send(inbox, [['content-type', 'application/activity+json']], body);
    await expectRefused(suite, stranger, answer, { status: 401, code: 'signature_missing' });
    expect(answer.headers['accept-signature']).toMatch(/"@method" "@target-uri" "content-digest"/);
  }
}

async function bodyChanged(suite: HostileSuite): Promise<void> {
  for (const scheme of schemes) {
    const sent = (body: Buffer): Buffer => Buffer.from(body.toString().replace('Follow', 'follow'));
    await expect401(suite, (_, body) => ({ tweak: { scheme }, sent: sent(body) }), { code: 'digest_mismatch' });
  }
}

async function notCovered(suite: HostileSuite): Promise<void> {
  const uncovered: [Scheme, string[]][] = [
    ['draft-cavage', ['(request-target)', 'host', 'date']],
    ['draft-cavage', ['host', 'date', 'digest']],
    ['draft-cavage', ['(request-target)', 'host', 'date', 'content-type']],
    ['rfc9421', ['@method', '@target-uri']],
    ['rfc9421', ['@method', 'content-digest']],
    ['rfc9421', ['@target-uri', 'content-digest']],
  ];
  for (const [scheme, covered] of uncovered) await signedBut(suite, { scheme, covered });
}

async function hiddenByXDate(suite: HostileSuite): Promise<void> {
  const now = new Date().toUTCString();
  await signedBut(suite, { date: minutes(-60) }, [['x-date', now]]);
  const covered = ['(request-target)', 'host', 'x-date', 'digest'];
  await signedBut(suite, { date: minutes(-60), headers: { 'x-date': now }, covered });
  await signedBut(suite, { headers: { date: undefined, 'x-date': now }, covered });
}

async function oddDates(suite: HostileSuite): Promise<void> {
  const now = new Date();
  for (const date of ['yesterday', '', '0', String(Date.now()), `${now.toUTCString()}, x`])
    await signedBut(suite, { headers: { date } });
  const both: Headers = [minutes(0), minutes(-1)].map((date) => ['date', date.toUTCString()]);
  await signedBut(suite, {}, both);
  await signedBut(suite, {}, [both[0] ?? ['date', ''], both[0] ?? ['date', '']]);
  await signedBut(suite, { headers: { date: undefined }, covered: ['(request-target)', 'host', 'digest'] });
}

async function tooOld(suite: HostileSuite): Promise<void> {
  const covered = ['(request-target)', 'host', 'date', 'digest', '(created)', '(expires)'];
  const times: [created: Date, expires: Date][] = [
    [minutes(-6), minutes(5)],
    [minutes(-2), minutes(-1)],
    [minutes(6), minutes(10)],
  ];
  for (const [created, expires] of times) {
    const when = `created=${seconds(created)},expires=${seconds(expires)}`;
    const keyId = (stranger: Stranger): string => stranger.keyId('alice');
    await expect401(suite, (stranger) => ({
      tweak: { covered, parameters: `keyId="${keyId(stranger)}",algorithm="hs2019",${when}` },
    }));
    const by9421 = `;${when.replace(',', ';')}`;
    await expect401(suite, (stranger) => ({
      tweak: { scheme: 'rfc9421', parameters: `${by9421};keyid="${keyId(stranger)}"` },
    }));
  }
  for (const scheme of schemes) await signedBut(suite, { scheme, date: minutes(-6) });
}

async function garbage(suite: HostileSuite): Promise<void> {
  const many = 'x '.repeat(20_000);
  const garbled = (stranger: Stranger): Headers[] => [
    [['signature', 'garbage']],
    [['signature', '\u00ff\u00fe,,,="']],
    [['signature', `keyId="${stranger.keyId('alice')}",headers="date",signature="***"`]],
    [['signature', `keyId="${stranger.keyId('alice')}",headers="${many}",signature="AAAA"`]],
    [['signature', `a="${'\\"'.repeat(15_000)}`]],
    [
      ['signature', 'sig1=:***:'],
      ['signature-input', `sig1=();keyid="${stranger.keyId('alice')}"`],
    ],
    [
      ['signature', 'sig1=:AAAA:'],
      ['signature-input', `sig1=(${'"x" '.repeat(10_000)})`],
    ],
    [
      ['signature', 'sig1=:AAAA:'],
      ['signature-input', `sig1=${'('.repeat(20_000)}`],
    ],
  ];
  const count = garbled(await suite.newStranger()).length;
  for (let i = 0; i < count; i += 1) await expect401(suite, (stranger) => ({ unsigned: garbled(stranger)[i] ?? [] }));
  const stranger = await suite.newStranger();
  const unsigned: Headers = [['signature', `headers="${'x '.repeat(60_000)}"`]];
  expect((await stranger.post('alice', suite.inbox, follow(suite, stranger), { unsigned })).status).toBe(431);
  expect(await tracesOf(suite, stranger)).toEqual({ stored: 0, followers: 0, events: 0 });
}

export const signatureRows: Row[] = [
  ['POST without a signature', '401 with an Accept-Signature header that names what we want covered', unsignedPost],
  ['Body changed although the digest is covered', '401 digest_mismatch', bodyChanged],
  ['Signature, in either scheme, that does not cover the body’s digest or the request target', '401', notCovered],
  ['Stale Date, hidden behind a fresh unsigned X-Date', '401', hiddenByXDate],
  ['Date garbage, doubled or missing', '401', oddDates],
  ['(created) or created too old, (expires) or expires in the past', '401', tooOld],
  ['Signature garbage, bad base64, tens of thousands of header names', '401; beyond the header limit 431', garbage],
];
