import { connect } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import express, { type RequestHandler } from 'express';
import { readBody } from './read-body.ts';
import { closeTestApps, json, startTestApp } from './test-app.testing.ts';

afterEach(closeTestApps);

const countBytes: RequestHandler = (req, res, next) => {
  readBody(req, 2000).then((bytes) => res.json({ bytes: bytes.length }), next);
};

function start() {
  return startTestApp({
    bodyLimitBytes: 1000,
    rawTypes: ['application/octet-stream'],
    routes: (app) => {
      app.all('/echo', (req, res) => void res.json({ body: req.body, raw: req.rawBody?.toString('base64') }));
      app.post('/raw', countBytes);
      app.post('/form', express.urlencoded(), (req, res) => void res.json(req.body));
    },
  });
}

async function post(url: string, body: string | Buffer, type = 'application/json', more: Record<string, string> = {}) {
  const response = await fetch(url, { method: 'POST', body, headers: { 'content-type': type, ...more } });
  return { status: response.status, body: await json(response) };
}

/** Writes to the socket until the answer comes; resolves to what was answered and how much had been written. */
function stream(url: string, head: string, chunk: string): Promise<{ answer: string; written: number }> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname);
    let written = 0;
    const timer = setInterval(() => {
      socket.write(chunk);
      written += chunk.length;
    }, 5);
    socket.write(head);
    socket.on('error', reject).on('data', (answer) => {
      clearInterval(timer);
      socket.destroy();
      resolve({ answer: answer.toString(), written });
    });
  });
}

describe('JSON bodies', () => {
  it.each([
    'application/json',
    'application/json; charset=utf-8',
    'APPLICATION/JSON;charset="UTF-8"',
    'application/activity+json',
  ])('are parsed when sent as %s, and their bytes kept', async (type) => {
    const { url } = await start();
    const text = '{"a": "ü"}';
    expect(await post(`${url}/echo`, text, type)).toEqual({
      status: 200,
      body: { body: { a: 'ü' }, raw: Buffer.from(text).toString('base64') },
    });
  });

  it.each([
    ['cut JSON', '{"a":'],
    ['a trailing comma', '[1,]'],
    ['invalid UTF-8', Buffer.from([0x22, 0xff, 0x22])],
    ['an overlong encoding', Buffer.from([0x22, 0xc0, 0xaf, 0x22])],
    ['a byte order mark', '\ufeff{}'],
  ])('answers 400 invalid_json for %s', async (_what, body) => {
    const { url } = await start();
    expect(await post(`${url}/echo`, body)).toMatchObject({ status: 400, body: { code: 'invalid_json' } });
  });

  it.each([
    ['text/plain', {}],
    ['application/x-www-form-urlencoded', {}],
    ['application/jsonp', {}],
    ['application/json; charset=utf-16', {}],
    ['application/json', { 'content-encoding': 'gzip' }],
  ])('answers 415 for %s %j', async (type, more) => {
    const { url } = await start();
    expect(await post(`${url}/echo`, '{}', type, more)).toMatchObject({
      status: 415,
      body: { code: 'unsupported_media_type' },
    });
  });

  it('leaves raw types, empty bodies and GET alone', async () => {
    const { url } = await start();
    expect(await post(`${url}/raw`, 'x'.repeat(1500), 'application/octet-stream')).toEqual({
      status: 200,
      body: { bytes: 1500 },
    });
    expect((await fetch(`${url}/echo`, { method: 'POST' })).status).toBe(200);
    expect((await fetch(`${url}/echo`)).status).toBe(200);
  });

  it('takes exactly the limit, and answers 413 for a byte more', async () => {
    const { url } = await start();
    expect((await post(`${url}/echo`, `"${'x'.repeat(998)}"`)).status).toBe(200);
    expect(await post(`${url}/echo`, `"${'x'.repeat(999)}"`)).toMatchObject({
      status: 413,
      body: { code: 'body_too_large' },
    });
    expect(await post(`${url}/raw`, 'x'.repeat(2001), 'application/octet-stream')).toMatchObject({ status: 413 });
  });

  it('answers 413 as soon as the announced length is too large', async () => {
    const { url } = await start();
    const head =
      'POST /echo HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 100000000\r\n\r\n';
    const { answer, written } = await stream(url, head, ' ');
    expect(answer).toMatch(/^HTTP\/1\.1 413 /);
    expect(written).toBeLessThan(1000);
  });

  it('answers 413 while a body of unknown length still streams', async () => {
    const { url } = await start();
    const head =
      'POST /echo HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n';
    const { answer, written } = await stream(url, head, `64\r\n${' '.repeat(100)}\r\n`);
    expect(answer).toMatch(/^HTTP\/1\.1 413 /);
    expect(written).toBeLessThan(10_000);
  });

  it('cuts a client that goes on sending after 413', async () => {
    const { url } = await start();
    const { hostname, port } = new URL(url);
    const socket = connect(Number(port), hostname);
    socket.write(
      'POST /echo HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 100000000\r\n\r\n',
    );
    const chunk = Buffer.alloc(64 * 1024, ' ');
    let sent = 0;
    await new Promise<void>((resolve) => {
      const more = (): void => {
        sent += chunk.length;
        socket.write(chunk, (error) => (error ? undefined : more()));
      };
      socket.on('error', () => undefined).on('close', () => resolve());
      more();
    });
    expect(sent).toBeLessThan(20_000_000);
  });
});
