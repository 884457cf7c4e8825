import { afterEach, describe, expect, it } from '@jest/globals';
import express from 'express';
import helmet from 'helmet';
import request from 'supertest';
import { z } from 'zod';
import { AppError } from '../errors.ts';
import { closeTestApps, json, startTestApp } from './test-app.testing.ts';
import { validate } from './validate.ts';

afterEach(closeTestApps);

function throwing(error: unknown) {
  return startTestApp({
    routes: (app) => {
      app.get('/fails/:how', () => {
        throw error;
      });
    },
  });
}

describe('errors', () => {
  it('answers an AppError with its status, code, headers and a request id', async () => {
    const { url } = await throwing(
      new AppError('asset_exists', 409, 'It exists.', { headers: { 'retry-after': '3' } }),
    );
    const response = await fetch(`${url}/fails/x`, { headers: { 'x-request-id': 'abc' } });
    expect(response.status).toBe(409);
    expect(response.headers.get('retry-after')).toBe('3');
    expect(await json(response)).toEqual({ detail: 'It exists.', code: 'asset_exists', request_id: 'abc' });
  });

  it('adds what else an error has to say, in front of the members that every error has', async () => {
    const { url } = await throwing(new AppError('late', 401, 'Late.', { members: { server_time: 5, code: 'other' } }));
    expect(await json(await fetch(`${url}/fails/x`))).toMatchObject({ detail: 'Late.', code: 'late', server_time: 5 });
  });

  it('are pages for browsers where that is wanted, with the same status and headers, and nothing in them runs', async () => {
    const error = new AppError('busy', 429, 'Wait <b>a bit</b>.', { headers: { 'retry-after': '3' } });
    const { url } = await startTestApp({
      errorPages: true,
      routes: (app) => {
        app.all('/fails', () => {
          throw error;
        });
      },
    });
    const headers = { accept: 'text/html,*/*;q=0.8', 'x-request-id': 'abc' };
    for (const method of ['GET', 'POST']) {
      const response = await fetch(`${url}/fails`, { method, headers });
      expect(response.status).toBe(429);
      expect(Object.fromEntries(response.headers)).toMatchObject({
        'retry-after': '3',
        'content-type': 'text/html; charset=utf-8',
        vary: 'Accept',
        'cache-control': 'no-store',
      });
      const text = await response.text();
      for (const shown of ['<h1>Too Many Requests</h1>', 'Wait &lt;b&gt;a bit', 'Error busy', 'Request abc'])
        expect(text).toContain(shown);
    }
    for (const accept of ['*/*', 'application/json', 'text/html;q=0.5, application/json'])
      expect(await json(await fetch(`${url}/fails`, { headers: { accept } }))).toMatchObject({ code: 'busy' });
    expect((await fetch(`${url}/nothing`, { headers })).headers.get('content-type')).toContain('text/html');
  });

  it('answers 500 without detail for a bug, and logs it once with its stack', async () => {
    const { url, logs } = await throwing(new Error('the secret recipe'));
    const response = await fetch(`${url}/fails/x`);
    expect(response.status).toBe(500);
    const body = await json(response);
    expect(body).toEqual({ detail: 'Internal Server Error', code: 'internal_error', request_id: expect.any(String) });
    const errors = logs().filter((line) => line['level'] === 'error');
    expect(errors).toMatchObject([{ request_id: body['request_id'], error: { message: 'the secret recipe' } }]);
    expect(errors[0]?.['message']).toContain('/fails/:how');
  });

  it('answers 503 with Retry-After when a dependency cannot be reached', async () => {
    const { url } = await throwing(Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' }));
    const response = await fetch(`${url}/fails/x`);
    expect(response.status).toBe(503);
    expect(response.headers.get('retry-after')).toBe('5');
    expect(await json(response)).toMatchObject({ code: 'dependency_unavailable' });
  });

  it('answers 422 with loc, msg and type for what zod refuses', async () => {
    const { url } = await startTestApp({
      routes: (app) => {
        app.post('/body', (req) => void z.object({ tags: z.array(z.string()) }).parse(req.body));
        app.get('/query', (req) => void validate('query', z.object({ limit: z.coerce.number() }), req.query));
      },
    });
    const post = await request(url)
      .post('/body')
      .send({ tags: ['a', 1] });
    expect(post.status).toBe(422);
    expect(post.body).toMatchObject({
      code: 'validation_error',
      detail: [{ loc: ['body', 'tags', 1], type: 'invalid_type' }],
    });
    const get = await request(url).get('/query?limit=x');
    expect(get.body).toMatchObject({ detail: [{ loc: ['query', 'limit'] }] });
  });

  it('answers 404 for unknown paths, other spellings, and 400 for paths that do not decode', async () => {
    const { url } = await throwing(new Error('x'));
    expect(await json(await fetch(`${url}/nope`))).toMatchObject({ detail: 'Not Found', code: 'not_found' });
    expect((await fetch(`${url}/FAILS/x`)).status).toBe(404);
    const bad = await fetch(`${url}/fails/%ff`);
    expect([bad.status, (await json(bad))['code']]).toEqual([400, 'bad_request']);
  });

  it('cuts an answer that fails half-way, so that nobody takes it for complete', async () => {
    const { url } = await startTestApp({
      routes: (app) => {
        app.get('/half', (_req, res) => {
          res.writeHead(200, { 'content-length': '10' }).write('half');
          throw new Error('disk');
        });
      },
    });
    await expect(fetch(`${url}/half`).then((response) => response.text())).rejects.toThrow();
  });
});

describe('request ids', () => {
  it.each([['a'], ['A-z_0.9'], ['x'.repeat(128)]])('echoes %s', async (id) => {
    const { url } = await startTestApp();
    const response = await fetch(`${url}/healthz`, { headers: { 'x-request-id': id } });
    expect(response.headers.get('x-request-id')).toBe(id);
  });

  it.each([[''], ['x'.repeat(129)], ['a b'], ['a"b'], ['ä'], ['a, b']])('replaces %j', async (id) => {
    const { url } = await startTestApp();
    const made = (await fetch(`${url}/healthz`, { headers: { 'x-request-id': id } })).headers.get('x-request-id');
    expect(made).toMatch(/^[A-Za-z0-9._-]{8,128}$/);
    expect(made).not.toBe(id);
  });

  it('makes each one once, logs it and hands it to routes', async () => {
    const { url, logs } = await startTestApp({
      routes: (app) => {
        app.get('/id', (_req, res) => void res.json(res.locals.requestId));
      },
    });
    const ids = await Promise.all([1, 2, 3].map(async () => (await fetch(`${url}/id`)).json()));
    expect(new Set(ids).size).toBe(3);
    expect(
      logs()
        .map((line) => line['request_id'])
        .toSorted(),
    ).toEqual(ids.toSorted());
  });
});

describe('security headers', () => {
  it('are those that helmet sets, less those that concern documents only', async () => {
    const reference = express()
      .use(helmet())
      .get('/', (_req, res) => void res.json({}));
    const expected = (await request(reference).get('/')).headers;
    const { url } = await startTestApp({
      routes: (app) => {
        app.get('/', (_req, res) => void res.json({}));
      },
    });
    const actual = (await request(url).get('/')).headers;
    for (const name of ['strict-transport-security', 'x-content-type-options', 'referrer-policy']) {
      expect([name, actual[name]]).toEqual([name, expected[name]]);
    }
    expect(actual['cross-origin-resource-policy']).toBe('same-origin');
    expect(actual['content-security-policy']).toBe("default-src 'none';frame-ancestors 'none'");
    for (const name of ['x-powered-by', 'etag', 'x-xss-protection', 'x-download-options', 'origin-agent-cluster']) {
      expect(actual).not.toHaveProperty(name);
    }
  });

  it('are all of helmet’s for a service that answers with pages', async () => {
    const reference = express()
      .use(helmet())
      .get('/', (_req, res) => void res.json({}));
    const expected = (await request(reference).get('/')).headers;
    for (const name of ['x-powered-by', 'etag', 'date', 'connection', 'keep-alive']) delete expected[name];
    const { url } = await startTestApp({
      helmet: {},
      routes: (app) => {
        app.get('/', (_req, res) => void res.json({}));
      },
    });
    expect((await request(url).get('/')).headers).toMatchObject(expected);
  });

  it('follow the options given to helmet', async () => {
    const { url } = await startTestApp({
      helmet: { contentSecurityPolicy: { directives: { upgradeInsecureRequests: null } } },
    });
    const policy = (await fetch(`${url}/healthz`)).headers.get('content-security-policy');
    expect(policy).toContain("default-src 'self'");
    expect(policy).not.toContain('upgrade-insecure-requests');
  });
});
