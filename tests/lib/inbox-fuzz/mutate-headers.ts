import { deflateSync, gzipSync } from 'node:zlib';
import type { Dice } from '../dice.ts';
import type { Headers } from '../strangers/sign-by-hand.ts';
import { oddUrl, type World } from './odd-values.ts';

export interface Delivery {
  path: string;
  headers: Headers;
  body: Buffer;
}

const types = [
  ...['application/json', 'text/html', '', 'application/activity+json; charset=utf-16', 'application/ld+json', '*/*'],
  ...['application/ld+json; profile="https://www.w3.org/ns/activitystreams"', 'multipart/form-data', 'x'.repeat(5000)],
];

const dates = (): string[] => [
  ...['yesterday', '', '0', String(Date.now()), new Date().toISOString(), 'Thu, 31 Feb 2026 00:00:00 GMT', '\u00ff'],
  ...[-400, 400, 1e9].map((seconds) => new Date(Date.now() + seconds * 1000).toUTCString()),
];

/** Signature parameters that nobody sends. */
const oddParameters = (dice: Dice, w: World): Headers => {
  const keyId = oddUrl(dice, w).replaceAll(/[^\x20-\x7e]/g, '?');
  const now = Math.floor(Date.now() / 1000);
  const many = dice.pick(['date ', '"x" ', '(created) ', 'x\\" ']).repeat(dice.pick([1, 60, 1000, 8000]));
  return dice.pick<Headers>([
    [
      [
        'signature',
        `keyId="${keyId}",algorithm="rsa-sha256",headers="(request-target) host date digest",signature="AAAA"`,
      ],
    ],
    [['signature', `keyId="${keyId}",keyId="x",headers="${many}",signature="AAAA"`]],
    [['signature', `keyId=,algorithm=hs2019,created=${now},expires=${'9'.repeat(300)},signature=`]],
    [
      ['signature-input', `sig1=("@method" "@target-uri" "content-digest");created=${now};keyid="${keyId}"`],
      ['signature', 'sig1=:AAAA:'],
    ],
    [
      ['signature-input', `a=(${many});created=${now};keyid="${keyId}",b=("@method";req);expires=-1`],
      ['signature', 'a=:AAAA:, b=?1'],
    ],
    [
      [
        'signature-input',
        dice.pick(['', '=', '((((', 'a=1', 'a=("@query-param";name="x");created=1.5', 'a=();created=@1']),
      ],
      ['signature', dice.pick(['', ':::', 'a', 'a=:*:', `a=:${'A'.repeat(20_000)}:`])],
    ],
  ]);
};

/** Without headers of these names, and with those. */
const replace = (headers: Headers, others: Headers): Headers => {
  const names = new Set(others.map(([name]) => name));
  return [...headers.filter(([name]) => !names.has(name)), ...others];
};

/** One thing about the request changed after it was signed. */
export function mutateRequest(dice: Dice, w: World, { path, headers, body }: Delivery): Delivery {
  const garble = (name: string): Headers =>
    headers.map(([each, value]) => {
      if (each !== name || value === '') return [each, value];
      const at = dice.roll(value.length);
      return [
        each,
        value.slice(0, at) + dice.pick(['', '"', ',', ';', 'x', ' ', '\\', '=']) + value.slice(at + dice.roll(2)),
      ];
    });
  const name = dice.pick(headers)[0];
  const signature = /^signature/;
  return dice.pick<() => Delivery>([
    () => ({ path, headers: garble('signature'), body }),
    () => ({ path, headers: garble('signature-input'), body }),
    () => ({ path, headers: name === 'host' ? headers : garble(name), body }),
    () => ({
      path,
      headers: replace(
        headers.filter(([each]) => !signature.test(each)),
        oddParameters(dice, w),
      ),
      body,
    }),
    () => ({ path, headers: headers.filter(([each]) => !signature.test(each)), body }),
    () => ({ path, headers: headers.filter(([each]) => each !== name), body }),
    () => ({
      path,
      headers: name === 'host' ? headers : [...headers, ...headers.filter(([each]) => each === name)],
      body,
    }),
    () => ({ path, headers: replace(headers, [['content-type', dice.pick(types)]]), body }),
    () => ({ path, headers: replace(headers, [['date', dice.pick(dates())]]), body }),
    () => ({
      path,
      headers: [...headers, ['x-date', dice.pick(dates())], ['digest', 'MD5=x'], ['authorization', 'Signature x']],
      body,
    }),
    () => ({
      path,
      headers: replace(headers, [['host', dice.pick(['elsewhere.example', '[::1]', 'a'.repeat(300)])]]),
      body,
    }),
    () => ({
      path,
      headers: replace(headers, [['content-encoding', dice.pick(['gzip', 'br', 'deflate', 'x', 'gzip, gzip'])]]),
      body,
    }),
    () => ({
      path,
      headers: replace(headers, [['content-encoding', 'gzip']]),
      body: gzipSync(dice.roll(50) === 0 ? Buffer.alloc(4e6) : body),
    }),
    () => ({
      path,
      headers: replace(headers, [['content-encoding', 'deflate']]),
      body: dice.flipBit(deflateSync(body)),
    }),
    () => ({ path, headers: [...headers, ['x-long', 'x'.repeat(dice.pick([10_000, 70_000]))]], body }),
    () => ({ path, headers, body: dice.flipBit(body) }),
    () => ({ path, headers, body: body.subarray(0, dice.roll(body.length)) }),
    () => ({
      path: dice.pick(['/inbox?a=b', '/inbox/', '/users/nobody/inbox', '/users/%00/inbox', '/users/%ff/inbox']),
      headers,
      body,
    }),
  ])();
}
