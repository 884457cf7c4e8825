import { readFileSync } from 'node:fs';
import { beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { csrfTokenOf, type Service } from '@artdag/service-kit';
import { quietLogger } from '@artdag/testing';
import request from 'supertest';
import { jsonAnswer, startGatewayStandIn, type GatewayStandIn } from '../gateway-stand-in.testing.ts';
import { startWeb } from '../start-web.testing.ts';
import { timersOfNode } from '../timers.testing.ts';
import { descriptionSchema, operationsOf, type Operation } from './description.ts';

const published = readFileSync(new URL('../../../../docs/openapi.json', import.meta.url), 'utf8');
const description = descriptionSchema.parse(JSON.parse(published));
const operations = operationsOf(description);
const operationOf = (id: string) => operations.find(({ operationId }) => operationId === id) as Operation;

let gateway: GatewayStandIn;
let web: { url: string; service: Service };
/** Another one, which has not asked for anything yet. */
const startAnother = () => startWeb({ GATEWAY_URL: gateway.url }, { logger: quietLogger() });

beforeAll(async () => {
  gateway = await startGatewayStandIn();
  web = await startAnother();
});
beforeEach(() => {
  gateway.routes = { '/openapi.json': jsonAnswer(published), '/auth/me': jsonAnswer({ username: 'ada' }) };
});

const visit = (path: string) => request(web.url).get(path).set('accept', 'text/html');
/** As it is read: without markup, one blank between words. */
const wordsOf = (text: string): string =>
  text
    .replace(/<[^>]*>/g, ' ')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&')
    .replace(/\s+/g, ' ');

describe('GET /docs', () => {
  it('leads to every operation, under its subject', async () => {
    const { text, headers } = await visit('/docs').expect(200);
    const links = [...text.matchAll(/href="\/docs\/(\w+)"/g)].map(([, id]) => id);
    expect(links.toSorted()).toEqual(operations.map(({ operationId }) => operationId).sort());
    for (const { name } of description.tags) expect(text).toContain(`<h2 id="${name}">`);
    for (const { method, path } of operations) expect(text).toContain(`<code>${method} ${path}</code>`);
    expect(headers['content-security-policy']).not.toContain('connect-src');
    // Of the 100 KB that a first page may have in all.
    expect(text.length).toBeLessThan(40_000);
  });

  it('is not sent again to who has it, until there is another', async () => {
    const another = await startAnother();
    const look = (tag: string) => request(another.url).get('/docs').set({ accept: 'text/html', 'if-none-match': tag });
    const { headers } = await look('"x"').expect(200);
    const { etag = '' } = headers;
    expect(headers['cache-control']).toBe('private, no-cache');
    expect((await look(etag).expect(304)).text).toBe('');
    const changed = published.replace('Make an organisation', 'Found an organisation');
    gateway.routes['/openapi.json'] = jsonAnswer(changed);
    const newer = await startAnother();
    const { headers: after } = await request(newer.url)
      .get('/docs')
      .set({ accept: 'text/html', 'if-none-match': etag })
      .expect(200);
    expect(after['etag']).not.toBe(etag);
  });

  it('asks for the description once a minute for all, and again after a failure', async () => {
    const another = await startAnother();
    const look = () => request(another.url).get('/docs/getAsset').set('accept', 'text/html');
    const asked = () => gateway.asked.filter(({ path }) => path === '/openapi.json').length;
    gateway.asked.length = 0;
    gateway.routes['/openapi.json'] = jsonAnswer({ openapi: '3.1.1' });
    expect((await look().expect(503)).text).toContain('Not available at the moment');
    expect((await look().expect(503)).headers['retry-after']).toBe('5');
    expect(asked()).toBe(2);
    gateway.routes['/openapi.json'] = jsonAnswer(published);
    await Promise.all([look().expect(200), look().expect(200), look().expect(200)]);
    await look().expect(200);
    expect(asked()).toBe(3);
    jest.useFakeTimers({ now: Date.now() + 60_000, doNotFake: [...timersOfNode] });
    await look().expect(200);
    jest.useRealTimers();
    expect(asked()).toBe(4);
    await another.service.close();
  });

  it.each(['/docs', '/docs/getAsset'])('%s is a page only: 406 for who takes none', async (path) => {
    await request(web.url).get(path).set('accept', 'application/json').expect(406);
    await request(web.url).post(path).expect(405).expect('allow', 'GET, HEAD');
  });
});

describe('GET /docs/{operation}', () => {
  it('shows every operation with its parameters, its answers and its example', async () => {
    for (const { operationId, method, path, summary, parameters, responses, requestBody } of operations) {
      const { text } = await visit(`/docs/${operationId}`).expect(200);
      const words = wordsOf(text);
      expect(words).toContain(`${method} ${path}`);
      expect(words).toContain(summary.replaceAll('`', ' ').replace(/\s+/g, ' '));
      for (const { name } of parameters) expect(text).toContain(`<dt>${name}</dt>`);
      for (const [status, { content }] of Object.entries(responses)) {
        if (status === 'default') continue;
        expect(text).toMatch(new RegExp(`<(h3|dt)>${status}<`));
        for (const { example } of Object.values(content))
          if (example !== undefined) expect(words).toContain(asShown(example));
      }
      for (const { example } of Object.values(requestBody?.content ?? {}))
        if (example !== undefined) expect(words).toContain(asShown(example));
    }
  });

  it('has the example as a command', async () => {
    const { text } = await visit('/docs/updateAsset').expect(200);
    expect(wordsOf(text)).toContain(
      `curl -X PATCH 'https://l2.example/assets/first-light.png' \\ -H "Authorization: Bearer $TOKEN" \\ ` +
        `-H 'Content-Type: application/json' \\ --data-binary '{"description":"What the first run made.","tags":["generative"]}'`,
    );
    const { text: list } = await visit('/docs/listAssets').expect(200);
    expect(wordsOf(list)).toContain(`curl 'https://l2.example/assets?limit=10&owner=ada&tag=generative'`);
  });

  it('lets its script ask this site and nobody else', async () => {
    const { headers, text } = await visit('/docs/getAsset').expect(200);
    const policy = headers['content-security-policy'];
    expect(policy).toContain("connect-src 'self';");
    expect(policy).not.toContain('unsafe');
    expect(text).toMatch(/<script src="\/static\/try-it\.[\w-]{16}\.js" type="module"><\/script>/);
    expect(text).not.toMatch(/ style=| on\w+=|<script>|<style/);
  });

  it('has a form whose fields no browser would send by itself, and that only script shows', async () => {
    const { text } = await visit('/docs/registerAsset').expect(200);
    const form = /<form\s+class="try"[\s\S]*?<\/form>/.exec(text)?.[0] ?? '';
    expect(form).toMatch(/^<form\s+class="try"\s+hidden/);
    expect(form).not.toContain(' name=');
    expect(form).toContain('id="try-secret" type="password" autocomplete="off"');
    expect(form).not.toContain('value="session"');
    expect(text).toContain('<noscript>');
  });

  it('can be tried as who is logged in, in a page that is kept nowhere', async () => {
    const { text, headers } = await visit('/docs/registerAsset').set('cookie', 'session_token=secret').expect(200);
    expect(headers['cache-control']).toBe('no-store');
    expect(text).toContain('<option value="session">');
    expect(text).toContain(`name="_csrf" value="${csrfTokenOf('secret')}"`);
  });

  it('has no form for what only servers sign', async () => {
    expect((await visit('/docs/postToInbox').expect(200)).text).not.toContain('<form\n');
    expect((await visit('/docs/postToInbox')).text).not.toContain('class="try"');
  });

  it.each(['nothing', 'constructor', '__proto__', 'getAsset%2F..', '%3Cscript%3E'])('is 404 for %s', async (id) => {
    const { text } = await visit(`/docs/${id}`).expect(404);
    expect(text).toContain('Page not found');
    expect(text).not.toContain('<script>');
  });

  it('escapes what the description says', async () => {
    const hostile = '<img src=x onerror=alert(1)>"\'';
    const getAsset = operationOf('getAsset');
    gateway.routes['/openapi.json'] = jsonAnswer({
      ...description,
      paths: {
        '/x': {
          get: {
            ...getAsset,
            summary: hostile,
            description: `\`${hostile}\``,
            parameters: getAsset.parameters.map((one) => ({ ...one, description: hostile, example: hostile })),
          },
        },
      },
    });
    const another = await startAnother();
    const { text } = await request(another.url).get('/docs/getAsset').set('accept', 'text/html').expect(200);
    await another.service.close();
    expect(text).not.toContain('<img');
    expect(text).toContain('&lt;img src=x onerror=alert(1)&gt;&quot;&#39;');
  });
});

function asShown(example: unknown): string {
  const text = typeof example === 'string' ? example : JSON.stringify(example, null, 2);
  return text.replace(/\s+/g, ' ').trim();
}
