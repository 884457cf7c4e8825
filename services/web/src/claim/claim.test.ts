import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { csrfTokenOf, type Service } from '@artdag/service-kit';
import { quietLogger } from '@artdag/testing';
import request from 'supertest';
import { jsonAnswer, startGatewayStandIn, type GatewayStandIn } from '../gateway-stand-in.testing.ts';
import { expectHarmless, hostileTexts } from '../hostile.testing.ts';
import { hastyWrites, startWeb } from '../start-web.testing.ts';

let gateway: GatewayStandIn;
let web: { url: string; service: Service };
/** Does not wait for what it changes. */
let hasty: { url: string; service: Service };
/** What the API says to who claims. */
let made: ReturnType<typeof jsonAnswer>;
/** Who the API says that one is. */
let me: ReturnType<typeof jsonAnswer>;

beforeAll(async () => {
  gateway = await startGatewayStandIn();
  web = await startWeb({ GATEWAY_URL: gateway.url }, { logger: quietLogger() });
  hasty = await startWeb({ GATEWAY_URL: gateway.url, ...hastyWrites }, { logger: quietLogger() });
  gateway.routes = { '/auth/me': (req, res) => me(req, res), '/assets': (req, res) => made(req, res) };
});

beforeEach(() => {
  me = jsonAnswer({ username: 'giles' });
  made = jsonAnswer({ name: 'my-video.mp4' }, 201);
  gateway.asked.length = 0;
});

const cookie = 'session_token=secret';
const origin = 'https://l2.example';
const hash = 'ab'.repeat(32);
const typed = {
  content_hash: hash,
  name: 'my-video.mp4',
  asset_type: 'video',
  description: 'Two lines,\r\nof it.',
  tags: 'art, generated  by-hand,',
  url: 'https://media.example/v.mp4',
  'origin.type': 'external',
  'origin.url': 'https://source.example/',
  'origin.note': 'Found it.',
  ipfs_cid: 'bafybeigdyrzt5sfp7udm7hu76uh7y26nf3efuylqabf3oclgtqy55fbzdi',
  metadata: '{"camera": "old",\r\n "__proto__": {"x": [1, null]}}',
  visibility: 'unlisted',
};
const send = (
  fields: Record<string, string> = typed,
  headers: Record<string, string> = { cookie, origin },
  url = web.url,
) => request(url).post('/claim').type('form').set(headers).send(fields);
const claims = () => gateway.asked.filter(({ method }) => method === 'POST');
const issue = (loc: (string | number)[], type: string, msg = 'For programmers.') => ({
  loc: ['body', ...loc],
  msg,
  type,
});

describe('GET /claim', () => {
  it('leads strangers to the login, and back', async () => {
    const { headers } = await request(web.url).get('/claim').expect(303);
    expect(headers['location']).toBe('/login?return_to=%2Fclaim');
  });

  it('has a form, which nothing keeps, and says that the bytes stay', async () => {
    const { text, headers } = await request(web.url).get('/claim').set({ cookie }).expect(200);
    expect(text).toContain(`value="${csrfTokenOf('secret')}"`);
    expect(text).toContain('None of its bytes are');
    expect(text).toContain('openssl dgst -sha3-256 -r');
    expect(headers['cache-control']).toBe('no-store');
    for (const name of Object.keys(typed)) expect(text).toContain(`<label for="${name}">`);
  });

  it('has a file that no browser sends: its input has no name', async () => {
    const { text } = await request(web.url).get('/claim').set({ cookie });
    const inputs = text.match(/<input[^>]*type="file"[^>]*>/g) ?? [];
    expect(inputs).toHaveLength(1);
    expect(inputs[0]).not.toContain('name=');
    expect(text).not.toContain('multipart');
  });

  it('alone may start a worker, from a file of ours, and may connect to nothing', async () => {
    const { text, headers } = await request(web.url).get('/claim').set({ cookie });
    const policy = headers['content-security-policy']?.split(';') ?? [];
    const plain = (await request(web.url).get('/login')).headers['content-security-policy'];
    expect(policy.filter((directive) => !plain?.split(';').includes(directive))).toEqual(["worker-src 'self'"]);
    expect(policy.join()).not.toMatch(/unsafe|blob:|connect-src/);
    for (const [, path = ''] of [...text.matchAll(/(?:data-hash-worker|script src)="([^"]+)"/g)]) {
      const file = await request(web.url).get(path).expect(200);
      expect(file.headers).toMatchObject({
        'content-type': 'text/javascript; charset=utf-8',
        'cache-control': 'public, max-age=31536000, immutable',
        'content-security-policy': plain,
      });
      if (path.includes('hash-worker')) expect(file.text).toContain('Copyright (c) 2022 Paul Miller');
    }
    expect(text.match(/data-hash-worker="\/static\/hash-worker\.[\w-]{16}\.js"/g)).toHaveLength(1);
  });

  it('is offered to who is logged in, at the head of every page', async () => {
    expect((await request(web.url).get('/login').set({ cookie })).text).toContain('<a href="/claim">Claim</a>');
    expect((await request(web.url).get('/login')).text).not.toContain('<a href="/claim">Claim</a>');
  });
});

describe('POST /claim', () => {
  it('claims through the API, as the visitor, and leads to the asset', async () => {
    const { headers } = await send().expect(303);
    expect(headers['location']).toBe('/asset/my-video.mp4');
    expect(claims().map(({ path, headers: sent }) => [path, sent.cookie])).toEqual([['/assets', cookie]]);
    expect(JSON.parse(claims()[0]?.body ?? '')).toEqual({
      name: 'my-video.mp4',
      content_hash: hash,
      asset_type: 'video',
      tags: ['art', 'generated', 'by-hand'],
      description: 'Two lines,\nof it.',
      url: 'https://media.example/v.mp4',
      ipfs_cid: typed.ipfs_cid,
      origin: { type: 'external', url: 'https://source.example/', note: 'Found it.' },
      visibility: 'unlisted',
      metadata: { camera: 'old', ['__proto__']: { x: [1, null] } },
    });
    expect(claims()[0]?.body).toContain('"__proto__":{"x":[1,null]}');
  });

  it('leaves out what was left empty, and takes a hash in upper case', async () => {
    await send({ content_hash: ` ${hash.toUpperCase()}\n`, name: 'a', tags: ' ', description: '' }).expect(303);
    expect(JSON.parse(claims()[0]?.body ?? '')).toEqual({
      ...{ name: 'a', content_hash: hash, asset_type: 'unknown', tags: [], visibility: 'public' },
      origin: { type: 'self' },
    });
  });

  it('is the same claim when it is sent again, and another one when something else was typed', async () => {
    for (const fields of [typed, typed, { ...typed, tags: 'art' }]) await send(fields).expect(303);
    const keys = claims().map(({ headers }) => headers['idempotency-key']);
    expect(keys[0]).toMatch(/^[\x21-\x7e]{1,255}$/);
    expect(keys[1]).toBe(keys[0]);
    expect(keys[2]).not.toBe(keys[0]);
  });

  it('takes the longest texts that a claim can have', async () => {
    const brush = '🖌';
    const description = brush.repeat(4000);
    const metadata = JSON.stringify(Object.fromEntries(Array.from({ length: 800 }, (_, at) => [at, '🖌🖌'])), null, 2);
    await send({ ...typed, description, metadata, 'origin.note': brush.repeat(1000) }).expect(303);
    expect(JSON.parse(claims()[0]?.body ?? '')).toMatchObject({ description });
    await send({ ...typed, description: 'x'.repeat(256 * 1024) }).expect(413);
  });

  it('says at each field what is wrong with it, opens at the first and keeps what was typed', async () => {
    const detail = [
      issue(['content_hash'], 'invalid_format'),
      issue(['name'], 'invalid_format'),
      issue(['tags'], 'custom', 'At most 32 tags.'),
      issue(['tags', 3], 'custom', 'Another one.'),
      issue(['origin', 'url'], 'custom', 'A URL of ours.'),
      issue(['origin', 'type'], 'invalid_value'),
      issue(['__proto__'], 'custom'),
    ];
    made = jsonAnswer({ detail, code: 'validation_error' }, 422);
    const { text } = await send().expect(422);
    const page = text.replace(/\s+/g, ' ');
    expect(page).toContain('id="content_hash-error">Choose a file, or paste');
    expect(page).toContain('id="name-error">A name has 1 to 128');
    expect(page).toContain('id="tags-error">At most 32 tags.');
    expect(page).toContain('id="origin.url-error">A URL of ours.');
    expect(page).toContain('id="origin.type-error">Choose where');
    expect(page).not.toContain('For programmers.');
    expect(page).toMatch(/<input id="content_hash"[^>]*aria-invalid="true"[^>]*autofocus/);
    expect(page.match(/autofocus/g)).toHaveLength(1);
    expect(page).toContain('<title>Error: ');
    for (const text of [hash, typed.name, typed.tags.replace(/\s+/g, ' '), typed.url, typed['origin.url'], 'Found it.'])
      expect(page).toContain(`value="${text}"`);
    expect(text).toContain('>\nTwo lines,\nof it.</textarea>');
    for (const chosen of ['video', 'external', 'unlisted'])
      expect(page).toContain(`<option value="${chosen}" selected>`);
  });

  it.each([
    ['asset_exists', 409, 'name', '<a href="/asset/my-video.mp4">another asset</a>'],
    ['content_already_owned', 409, 'content_hash', `<a href="/objects/${hash}">who, and when</a>`],
    ['idempotency_key_in_use', 409, '', 'being made at this moment'],
    ['unauthorized', 401, '', '<a href="/login" target="_blank">Log in</a>'],
    ['insufficient_scope', 403, '', 'may not make claims'],
    ['account_disabled', 403, '', 'This account is disabled'],
    ['rate_limited', 429, '', 'Too many tries. Try again in 2 minutes.'],
    ['signing_unavailable', 503, '', 'This does not work at the moment. Try again in 2 minutes.'],
    ['other', 400, '', 'This claim cannot be made.'],
  ])('says why there is none: %s', async (code, status, at, says) => {
    made = jsonAnswer({ code }, status, { 'retry-after': '120' });
    const { text, headers } = await send().expect(status);
    expect(text).toContain(says);
    expect(text).toContain(at === '' ? 'role="alert"' : `id="${at}-error"`);
    expect(text).toContain(`value="${hash}"`);
    expect(headers['retry-after']).toBe('120');
  });

  it.each([
    ['no JSON', '{camera: "old"}', 'This is no JSON.'],
    ['a comma too many', '{"camera": "old",}', 'This is no JSON.'],
    ['a list', '["old"]', 'Metadata is a JSON object'],
    ['a text', '"old"', 'Metadata is a JSON object'],
    ['nothing that is', 'null', 'Metadata is a JSON object'],
    ['a number beyond all', '{"a": 1e999}', 'A number is too large'],
    ['a very deep nest', `{"a": ${'['.repeat(40_000)}${']'.repeat(40_000)}}`, 'nested too deep'],
  ])('says beside the metadata what is wrong, keeps it, and claims nothing: %s', async (_what, metadata, says) => {
    const { text } = await send({ ...typed, metadata }).expect(422);
    expect(text).toMatch(new RegExp(`id="metadata-error">[^<]*${says}`));
    expect(text).toContain(`>\n${metadata.replaceAll('"', '&quot;')}</textarea>`);
    expect(text).toContain(`value="${hash}"`);
    expect(text.match(/autofocus/g)).toHaveLength(1);
    expect(claims()).toEqual([]);
  });

  it('says what the API finds wrong with metadata and a CID', async () => {
    const detail = [
      issue(['metadata'], 'custom', 'Metadata has at most 16 KiB.'),
      issue(['ipfs_cid'], 'invalid_format'),
    ];
    made = jsonAnswer({ detail, code: 'validation_error' }, 422);
    const { text } = await send().expect(422);
    expect(text).toContain('id="metadata-error">Metadata has at most 16 KiB.');
    expect(text).toContain('id="ipfs_cid-error">A CID has 1 to 128');
  });

  it('is a form again when the API says nothing', async () => {
    made = () => undefined;
    const { text } = await send(typed, { cookie, origin }, hasty.url).expect(503);
    expect(text).toContain(`value="${hash}"`);
  });

  it('keeps what was typed for who was logged out meanwhile', async () => {
    me = jsonAnswer({ code: 'unauthorized' }, 401);
    const { text } = await send().expect(401);
    expect(text).toContain('You are not logged in any more.');
    expect(text).toContain(`value="${hash}"`);
    expect(claims()).toEqual([]);
  });

  it('shows what was typed as it was typed, whatever it is', async () => {
    for (const text of hostileTexts) {
      const fields = Object.fromEntries(Object.keys(typed).map((name) => [name, text]));
      const detail = Object.keys(typed).map((name) => issue([name], 'custom', text));
      for (const [status, body] of [
        [422, { detail }],
        [409, { code: 'asset_exists' }],
        [409, { code: 'content_already_owned' }],
      ] as const) {
        made = jsonAnswer(body, status);
        const page = await send({ ...fields, ...(status === 409 && { metadata: '' }) });
        expect([text, page.status]).toEqual([text, status]);
        expectHarmless(page.text);
      }
    }
  });

  it.each(hostileTexts)('leads to an address of ours, whatever the name: %j', async (name) => {
    made = jsonAnswer({ name }, 201);
    const { headers } = await send().expect(303);
    expect(headers['location']).toMatch(/^\/asset\/[\w.~!*'()%-]+$/);
  });

  it.each([
    ['another site', { cookie, origin: 'https://evil.example' }],
    ['a sibling site', { cookie, 'sec-fetch-site': 'same-site' }],
    ['nobody knows where', { cookie }],
    ['a page without an origin', { cookie, origin: 'null' }],
  ])('takes no form of %s', async (_where, headers) => {
    await send(typed, headers).expect(403);
    expect(claims()).toEqual([]);
  });

  it('takes one with the session’s own token from nobody knows where', async () => {
    await send({ ...typed, _csrf: csrfTokenOf('secret') }, { cookie }).expect(303);
  });
});
