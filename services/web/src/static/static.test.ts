import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { get, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { brotliDecompressSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from '@jest/globals';
import type { Service } from '@artdag/service-kit';
import { quietLogger } from '@artdag/testing';
import request from 'supertest';
import { startWeb } from '../start-web.testing.ts';

let web: { url: string; service: Service };
let paths: string[];

beforeAll(async () => {
  web = await startWeb({ GATEWAY_URL: 'http://127.0.0.1:9' }, { logger: quietLogger() });
  const { text } = await request(web.url).get('/nowhere');
  paths = [...text.matchAll(/(?:href|src)="(\/static\/[^"]+)"/g)].map(([, path = '']) => path);
});

/** As it comes, which `fetch` and supertest would decompress. */
async function read(
  path: string,
  encoding: string,
): Promise<{ headers: IncomingHttpHeaders; status: number | undefined; body: Buffer }> {
  const [res] = (await once(get(`${web.url}${path}`, { headers: { 'accept-encoding': encoding } }), 'response')) as [
    IncomingMessage,
  ];
  return { headers: res.headers, status: res.statusCode, body: await buffer(res) };
}

describe('the files that pages load', () => {
  it('are named by what they hold, and kept for good', async () => {
    expect(paths.map((path) => path.replace(/\.[\w-]{16}\./, '.')).sort()).toEqual([
      '/static/icon.svg',
      '/static/site.css',
      '/static/site.js',
    ]);
    for (const path of paths) {
      const { body, headers, status } = await read(path, 'identity');
      expect(status).toBe(200);
      expect(headers).toMatchObject({
        'cache-control': 'public, max-age=31536000, immutable',
        vary: 'Accept-Encoding',
      });
      expect(headers['content-encoding']).toBeUndefined();
      expect(path).toContain(createHash('sha256').update(body).digest('base64url').slice(0, 16));
    }
  });

  it('come compressed to who takes that, and are the same', async () => {
    let bytes = 0;
    for (const path of paths) {
      const { body, headers } = await read(path, 'gzip, br');
      expect(headers['content-encoding']).toBe('br');
      bytes += body.length;
      expect(brotliDecompressSync(body)).toEqual((await read(path, 'identity')).body);
    }
    // Of the 100 KB that a first page may have in all.
    expect(bytes).toBeLessThan(30_000);
  });

  it('are ours under the name of another version, but not for good', async () => {
    const [path = ''] = paths;
    const { headers } = await request(web.url)
      .get(path.replace(/\.[\w-]{16}\./, '.0123456789abcdef.'))
      .expect(200);
    expect(headers['cache-control']).toBe('no-cache');
  });

  it.each([
    '/static/other.0123456789abcdef.css',
    '/static/..%2Fsite.css',
    '/static/',
    '/static/__proto__',
    '/static/constructor',
  ])('%s is none of them', async (path) => {
    await request(web.url).get(path).expect(404);
  });
});
