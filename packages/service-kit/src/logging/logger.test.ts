import { Writable } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import { collectingLogger } from '../http/test-app.testing.ts';
import { createLogger, lineSinkOf } from './logger.ts';

const JWT = 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ1c2VyOjkzIn0.c2lnbmF0dXJl';

describe('createLogger', () => {
  it('writes a JSON line with time, level, service and message', () => {
    const { logger, logs } = collectingLogger();
    logger.info('started', { port: 8200 });
    const [line] = logs();
    expect(line).toEqual({
      timestamp: expect.any(String),
      level: 'info',
      service: 'test',
      message: 'started',
      port: 8200,
    });
    expect(line?.['timestamp']).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
  });

  it.each([
    ...['authorization', 'Cookie', 'set-cookie', 'password', 'newPassword', 'token', 'access_token', 'refreshTokens'],
    ...[
      'X-API-Key',
      'clientSecret',
      'DATABASE_PASSWORD',
      'serviceKey',
      'private_key_pem',
      'X-Actor-Assertion',
      'email',
      'body',
      'rawBody',
    ],
  ])('hides the value of %s at any depth', (key) => {
    const { logger, logs } = collectingLogger();
    logger.info('x', { [key]: 'hunter2', deep: [{ deeper: { [key]: { held: 'hunter2' } } }] });
    expect(JSON.stringify(logs())).not.toContain('hunter2');
    expect(logs()[0]).toHaveProperty([key], '[redacted]');
  });

  it.each([
    ['a bearer credential', 'sent Authorization: Bearer hunter2-abc', 'hunter2'],
    ['an API key', 'key dk_hunter2_x was refused', 'hunter2'],
    ['a JWT', `token ${JWT} expired`, 'c2lnbmF0dXJl'],
    ['a password in a URL', 'connect to postgresql://user:hunter2@db:5432/artdag', 'hunter2'],
    ['an e-mail address', 'Key (email)=(alice@example.org) already exists', 'alice@example.org'],
    ['a private key', '-----BEGIN PRIVATE KEY-----\nhunter2\n-----END PRIVATE KEY-----', 'hunter2'],
  ])('takes %s out of messages, values and errors', (_what, text, secret) => {
    const { logger, logs } = collectingLogger();
    logger.warn(text, { note: text, error: new Error(text, { cause: new Error(text) }), [text]: true });
    expect(JSON.stringify([...logs().map((line) => ({ ...line, [text]: undefined }))])).not.toContain(secret);
  });

  it('keeps what is no secret: ids, kinds, versions, flags', () => {
    const { logger, logs } = collectingLogger();
    const meta = { token_use: 'access', jti: 'tok_01', cacheKey: 'a', passwordChanged: true, key_id: 'k#main-key' };
    logger.info('kept', meta);
    expect(logs()[0]).toMatchObject(meta);
  });

  it('writes errors with their cause, and survives circles and depth', () => {
    const { logger, logs } = collectingLogger();
    const circle: Record<string, unknown> = { n: 1n, bytes: Buffer.from('abc') };
    circle['self'] = circle;
    logger.error('failed', {
      error: Object.assign(new Error('outer', { cause: new Error('inner') }), { code: 'X1' }),
      circle,
    });
    expect(logs()[0]).toMatchObject({
      error: { name: 'Error', message: 'outer', code: 'X1', cause: { message: 'inner' }, stack: expect.any(String) },
      circle: { n: '1', bytes: '[3 bytes]' },
    });
  });

  it('says nothing below its level, and gives children the same treatment', () => {
    const { logger, logs } = collectingLogger('warn');
    logger.info('no');
    logger.child({ job: 'relay' }).warn('yes', { password: 'hunter2' });
    expect(logs()).toMatchObject([{ message: 'yes', job: 'relay', password: '[redacted]' }]);
  });

  it('writes appended lines in one batch, before what is logged after them', async () => {
    const writes: string[] = [];
    const stream = new Writable({
      decodeStrings: false,
      write(chunk: unknown, _encoding, done) {
        writes.push(String(chunk));
        done();
      },
    });
    const logger = createLogger({ service: 's', level: 'info', stream });
    const sink = lineSinkOf(logger.child({}));
    for (let i = 0; i < 3; i++) sink?.append(`${i}\n`);
    expect(writes).toEqual([]);
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect(writes).toEqual(['0\n1\n2\n']);
    sink?.append('3\n');
    logger.info('now');
    expect(writes.join('')).toMatch(/^0\n1\n2\n3\n\{.*"message":"now"/);
    for (let i = 0; i < 70; i++) sink?.append(`${'x'.repeat(1023)}\n`);
    expect(writes.join('').length).toBeGreaterThan(64 * 1024);
  });
});
