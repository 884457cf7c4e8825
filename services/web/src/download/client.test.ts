import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { Service } from '@artdag/service-kit';
import { quietLogger } from '@artdag/testing';
import request from 'supertest';
import { startWeb } from '../start-web.testing.ts';

const folder = mkdtempSync(join(tmpdir(), 'artdag-client-'));
const archive = join(folder, 'client.tar.gz');
let web: { url: string; service: Service };

beforeAll(async () => {
  const env = { GATEWAY_URL: 'http://127.0.0.1:9', CLIENT_ARCHIVE: archive };
  web = await startWeb(env, { logger: quietLogger() });
});
afterEach(() => rmSync(archive, { force: true }));
afterAll(async () => {
  await web.service.close();
  rmSync(folder, { recursive: true });
});

const get = () => request(web.url).get('/download/client');
const tagOf = (bytes: string): string => `"${createHash('sha256').update(bytes).digest('base64url')}"`;

describe('GET /download/client', () => {
  it('is the archive, to be saved under its name', async () => {
    writeFileSync(archive, 'bytes');
    const { body, headers } = await get().responseType('blob').expect(200);
    expect(String(body)).toBe('bytes');
    expect(headers).toMatchObject({
      'content-type': 'application/gzip',
      'content-length': '5',
      'content-disposition': 'attachment; filename="artdag-client.tar.gz"',
      'cache-control': 'public, no-cache',
      etag: tagOf('bytes'),
    });
  });

  it('is asked by HEAD for everything but the bytes', async () => {
    writeFileSync(archive, 'bytes');
    const { text, headers } = await request(web.url).head('/download/client').expect(200);
    expect([text ?? '', headers['content-length'], headers['etag']]).toEqual(['', '5', tagOf('bytes')]);
  });

  it('is not sent again to who has it, until there is another', async () => {
    writeFileSync(archive, 'bytes');
    const knowing = (tag: string) => get().set({ 'if-none-match': tag, 'cache-control': 'no-cache' });
    const { headers, text } = await knowing(`"x", W/${tagOf('bytes')}`).expect(304);
    expect([text, headers['etag'], headers['content-type']]).toEqual(['', tagOf('bytes'), undefined]);
    await knowing('*').expect(304);
    await knowing('"x"').expect(200);
    writeFileSync(archive, 'newer');
    await knowing(tagOf('bytes')).expect(200).expect('etag', tagOf('newer'));
  });

  it('is 404 where there is none: as JSON for programs, as a page for people', async () => {
    for (const accept of ['*/*', 'application/json']) {
      const { body, headers } = await get().set({ accept }).expect(404);
      expect(body).toMatchObject({ code: 'client_not_built', detail: expect.stringContaining('command line client') });
      expect(headers['vary']).toContain('Accept');
      expect(headers['etag']).toBeUndefined();
    }
    const { text, headers } = await get().set({ accept: 'text/html,*/*;q=0.8' }).expect(404);
    expect(text).toContain('Error client_not_built');
    expect(headers['vary']).toContain('Accept');
  });

  it('takes no other method', async () => {
    await request(web.url).post('/download/client').expect(405).expect('allow', 'GET, HEAD');
  });
});
