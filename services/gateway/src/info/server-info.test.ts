import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually, quietLogger } from '@artdag/testing';
import { type Harness, startHarness } from '../harness.testing.ts';
import { rawGet } from '../raw-http.testing.ts';

let gateway: Harness;
let clock: Date;
/** What the services answer, by path; everything else is 404. */
let answers: Map<string, object>;
let asked: string[];

beforeEach(async () => {
  clock = new Date();
  asked = [];
  answers = new Map<string, object>([
    ['/assets?limit=1', { assets: [], total: 12 }],
    ['/activities?limit=1', { activities: [], total: 13 }],
    ['/users?limit=1', { users: [], total: 3 }],
    ['/users/giles/followers', { type: 'OrderedCollection', totalItems: 7 }],
    ['/users/giles', { publicKey: { publicKeyPem: '-----BEGIN PUBLIC KEY-----' } }],
    ['/internal/l1/servers', { l1_servers: ['https://l1.example'] }],
    ['/healthz', {}],
  ]);
  gateway = await startHarness({ logger: quietLogger(), overrides: { now: () => clock } });
  gateway.respond = (request, response) => {
    asked.push(request.url ?? '');
    const answer = answers.get(request.url ?? '');
    response.writeHead(answer ? 200 : 404, { 'Content-Type': 'application/json' }).end(JSON.stringify(answer ?? {}));
  };
});
afterEach(() => gateway.close());

async function info(): Promise<Record<string, unknown>> {
  const answer = await rawGet(gateway.port, '/');
  expect(answer.status).toBe(200);
  expect(answer.headers['content-type']).toBe('application/json; charset=utf-8');
  return JSON.parse(answer.body) as Record<string, unknown>;
}

const later = (ms: number): void => {
  clock = new Date(clock.getTime() + ms);
};

describe('GET /', () => {
  it('tells what the server is and what it holds', async () => {
    expect(await info()).toEqual({
      name: 'Art DAG L2',
      version: expect.stringMatching(/^\d+\.\d+\.\d+/),
      domain: 'l2.example',
      default_user: 'giles',
      ...{ assets: 12, activities: 13, users: 3, followers: 7 },
      l1_servers: ['https://l1.example'],
      keys_configured: true,
    });
  });

  it('asks the services once in three seconds, however many ask', async () => {
    await Promise.all(Array.from({ length: 20 }, () => info()));
    later(2999);
    await info();
    expect(asked.filter((path) => path === '/assets?limit=1')).toHaveLength(1);
    answers.set('/assets?limit=1', { total: 99 });
    later(1);
    expect(await info()).toMatchObject({ assets: 99 });
  });

  it('keeps the last known numbers of a service that is away, and renews the others', async () => {
    await info();
    answers.delete('/users?limit=1');
    answers.set('/assets?limit=1', { total: 99 });
    later(3000);
    expect(await info()).toMatchObject({ assets: 99, users: 3 });
  });

  it('has null for what nobody has told yet, nonsense included', async () => {
    answers.clear();
    answers.set('/assets?limit=1', { total: 'many' });
    expect(await info()).toMatchObject({ assets: null, users: null, l1_servers: null });
  });

  it('knows that the default user is not there yet', async () => {
    answers.delete('/users/giles');
    answers.delete('/users/giles/followers');
    expect(await info()).toMatchObject({ followers: 0, keys_configured: false });
  });

  it('knows a default user without a key', async () => {
    answers.set('/users/giles', { type: 'Person' });
    expect(await info()).toMatchObject({ keys_configured: false });
  });

  it('answers within its time when a service hangs', async () => {
    const hasty = await startHarness({ logger: quietLogger(), overrides: { now: () => clock, askTimeoutMs: 1000 } });
    hasty.respond = (request, response) => {
      if (request.url !== '/users?limit=1') gateway.respond(request, response);
    };
    await eventually(async () => {
      later(3000);
      const { body } = await rawGet(hasty.port, '/');
      expect(JSON.parse(body)).toMatchObject({ assets: 12, users: null });
    });
    await hasty.close();
  });
});
