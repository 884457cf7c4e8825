import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newContentHash } from './lib/api-client.ts';
import { startProcesses, type ProcessSuite } from './lib/process-suite.ts';
import { root } from './lib/scripts.ts';
import { newHandle } from './lib/msign/client.ts';

const run = promisify(execFile);
const script = join(root, 'tests', 'second-implementation', 'msign.sh');
const folder = mkdtempSync(join(tmpdir(), 'artdag-msign-'));
const inFolder = (name: string): string => join(folder, name);
const keyFile = inFolder('key.pem');

let suite: ProcessSuite;

beforeAll(async () => {
  suite = await startProcesses();
  await msign('new', keyFile);
});
afterAll(async () => {
  await suite?.remove();
  rmSync(folder, { recursive: true, force: true });
});

/** A POSIX shell over the openssl command and curl; nothing of ours. */
async function msign(...args: string[]): Promise<string> {
  return (await run('sh', [script, ...args], { env: { PATH: process.env['PATH'] } })).stdout;
}

/** Sends a request that the script signs. */
async function request(handle: string, method: string, path: string, bodyFile?: string) {
  const files = bodyFile === undefined ? [] : [bodyFile];
  const output = await msign('request', keyFile, handle, method, suite.url + path, ...files);
  const lines = output.trimEnd().split('\n');
  const body = lines.slice(0, -1).join('\n');
  return { status: Number(lines.at(-1)), body: (body === '' ? {} : JSON.parse(body)) as Record<string, unknown> };
}

function bodyFile(name: string, text: string): string {
  writeFileSync(inFolder(name), text);
  return inFolder(name);
}

describe('MSign in another language', () => {
  it('reproduces the vectors A.1 and A.2', async () => {
    const key = inFolder('vector.pem');
    await msign('seed', key, '9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60');
    expect(await msign('public', key)).toBe('11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=');
    expect(await msign('fingerprint', key)).toBe(
      'sha256:21fe31dfa154a261626bf854046fd2271b7bed4b6abe45aa58877ef47f9721b9',
    );
    expect(await msign('answer', key, `${'00'.repeat(31)}01`)).toBe(
      'UCLAEktzhFiNtjni68VUOYnEgPf26Xx0XAUmNGhiagLXwYHfZ6XgG9C8+21oqOIDY/BY1PtFjWE+V/TEAxmaDg==',
    );
    const body = bodyFile('vector.json', '{"name":"my-video"}');
    const sign = (...args: string[]) => msign('header', key, 'gabriel', ...args);
    expect(await sign('POST', 'l2.example.com', '/assets?dry_run=1', body, '1743800000')).toBe(
      'MSign handle="gabriel" ts=1743800000 sig="kNLv3YDtWeo1h3fwd8GuapJW73FRp-hanR15cXcPQFgYD1lR7mAqkJZGpSuYtnqnxUtirUTdGWqI_KttRcLhCQ"',
    );
    expect(await sign('GET', 'l2.example.com', '/auth/me', '/dev/null', '1743800000')).toBe(
      'MSign handle="gabriel" ts=1743800000 sig="WLTl0fGv13J171VOxM35RgRQ4ewMfv-PpqR4QjYqVouQwgNFppHUw7TewNmebDoQQs_v8x05JiPoHxcE-6bqCA"',
    );
  });

  it('makes an identity, and signs GET, POST and PATCH with bodies and queries, all accepted', async () => {
    const handle = newHandle('shell');
    const made = JSON.parse(await msign('register', keyFile, suite.url, handle)) as Record<string, unknown>;
    expect(made).toMatchObject({ handle, is_new_identity: true, key: { algorithm: 'ed25519', label: 'shell' } });

    const me = await request(handle, 'GET', '/auth/me');
    expect(me).toMatchObject({ status: 200, body: { username: handle, actor_id: made['actor_id'] } });
    const keys = await request(handle, 'GET', `/api/auth/keys/${handle}?a=b%20c&&d=%7e`);
    expect(keys).toMatchObject({
      status: 200,
      body: { keys: [{ fingerprint: await msign('fingerprint', keyFile).then((text) => text.trim()) }] },
    });

    // Odd spaces, an escape and letters outside of ASCII: the bytes are signed, not what they mean.
    const name = `${handle}-sunrise`;
    const text = `{ "name" : "${name}",\n"content_hash":"${newContentHash()}" , "asset_type":"image","tags":["\\u00e9t\u00e9", "\u{1f305}"] }\n`;
    const asset = await request(handle, 'POST', '/assets?from=the%20shell', bodyFile('asset.json', text));
    expect(asset).toMatchObject({ status: 201, body: { name, owner: handle, tags: ['\u00e9t\u00e9', '\u{1f305}'] } });
    const renamed = await request(
      handle,
      'PATCH',
      `/api/identities/${handle}`,
      bodyFile('profile.json', '{"bio":"made by hand"}'),
    );
    expect(renamed).toMatchObject({ status: 200 });
  });

  it('is refused with one byte of the body changed, and lets nothing of it happen', async () => {
    const handle = newHandle('shell');
    const key = inFolder('other.pem');
    await msign('new', key);
    await msign('register', key, suite.url, handle);
    const hash = newContentHash();
    const text = (tag: string): string =>
      JSON.stringify({ name: `${handle}-x`, content_hash: hash, asset_type: 'image', tags: [tag] });
    const credentials = await msign(
      'header',
      key,
      handle,
      'POST',
      new URL(suite.url).host,
      '/assets',
      bodyFile('signed.json', text('a')),
    );
    const post = (body: string) =>
      fetch(`${suite.url}/assets`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: credentials },
        body,
      });
    const changed = await post(text('b'));
    expect([changed.status, ((await changed.json()) as { code: string }).code]).toEqual([401, 'bad_signature']);
    expect((await fetch(`${suite.url}/assets/${handle}-x`, { headers: { accept: 'application/json' } })).status).toBe(
      404,
    );
    expect((await post(text('a'))).status).toBe(201);
  });
});
