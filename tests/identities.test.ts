import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '@artdag/testing';
import {
  closeConnections,
  newAgent,
  newHandle,
  send,
  signedCall,
  signUp,
  verdict,
  type Answer,
  type Client,
  type Place,
} from './lib/msign/client.ts';
import { startStandalone, type StandaloneSuite } from './lib/standalone-suite.ts';

let standalone: StandaloneSuite;
let place: Place;

beforeAll(async () => {
  standalone = await startStandalone();
  const { host } = new URL(standalone.url);
  place = { origin: standalone.url, host, now: () => new Date() };
});
afterAll(async () => {
  await closeConnections();
  await standalone?.remove();
});

const me = (who: Client): Promise<Answer> => signedCall(place, who, { path: '/auth/me' });
const profile = (handle: string): Promise<Answer> => send(place.origin, { path: `/api/identities/${handle}` });
const by = (who: Client, method: 'POST' | 'PATCH' | 'DELETE', path: string, body?: object): Promise<Answer> =>
  signedCall(place, who, body === undefined ? { method, path } : { method, path, body });

describe('identities, through the gateway and with auth behind them', () => {
  it('rename somebody everywhere', async () => {
    const person = await signUp(place);
    const changed = await by(person, 'PATCH', `/api/identities/${person.handle}`, { display_name: 'Jane ☃', bio: 'x' });
    expect([verdict(changed), changed.body['display_name']]).toEqual(['200', 'Jane ☃']);
    expect((await me(person)).body['display_name']).toBe('Jane ☃');
    expect((await profile(person.handle)).body).toMatchObject({ display_name: 'Jane ☃', bio: 'x', email: null });
  });

  it('follow a name that is changed in auth, of somebody who registered there', async () => {
    const username = newHandle();
    const account = { username, password: 'correct horse battery' };
    const { body } = await send(place.origin, { path: '/auth/register', body: account });
    await eventually(async () => (await profile(username)).status === 200);
    const headers = { authorization: `Bearer ${String(body['session_token'])}` };
    await send(place.origin, { method: 'PATCH', path: '/auth/me', headers, body: { display_name: 'Renamed' } });
    await eventually(async () => (await profile(username)).body['display_name'] === 'Renamed');
    const gone = await send(place.origin, { method: 'DELETE', path: `/api/identities/${username}`, headers });
    expect(verdict(gone)).toBe('204');
    expect((await send(place.origin, { path: '/auth/me', headers })).status).toBe(401);
  });

  it('make an organisation that its founder is a member of, and that others cannot touch', async () => {
    const [founder, other] = [await signUp(place), await signUp(place)];
    const handle = newHandle('org');
    const body = { handle, display_name: 'Guild', identity_type: 'org' };
    expect(verdict(await by(founder, 'POST', '/api/identities', body))).toBe('201');
    expect(verdict(await by(other, 'POST', '/api/identities', body))).toBe('409 handle_taken');
    expect((await me(founder)).body['microdao_ids']).toContain(`microdao:${handle}`);
    const path = `/api/identities/${handle}`;
    expect(verdict(await by(other, 'PATCH', path, { bio: 'x' }))).toBe('403 forbidden');
    expect(verdict(await by(founder, 'PATCH', path, { bio: 'x' }))).toBe('200');
    expect(verdict(await by(founder, 'DELETE', path))).toBe('204');
    expect((await profile(handle)).status).toBe(404);
  });

  it('log out by a signed request, which has no session of its own', async () => {
    const person = await signUp(place);
    for (const body of [{}, { all: true }]) {
      const answer = await by(person, 'POST', '/auth/logout', body);
      expect([verdict(answer), answer.body]).toEqual(['200', { status: 'logged_out' }]);
    }
    expect((await me(person)).status).toBe(200);
  });

  it('end an agent with all that it has', async () => {
    const owner = await signUp(place);
    const agent = await newAgent(place, owner);
    expect((await me(agent)).body).toMatchObject({
      actor_type: 'agent',
      auth: { method: 'msign', scopes: ['read:*'] },
    });
    expect(verdict(await by(agent, 'PATCH', `/api/identities/${agent.handle}`, { bio: 'x' }))).toBe('403 forbidden');
    const session = await by(agent, 'POST', '/auth/api-keys', { description: 'x' });
    expect(verdict(session)).toBe('403 session_required');
    expect(verdict(await by(owner, 'DELETE', `/api/identities/agent/${agent.handle}`))).toBe('204');
    expect((await me(agent)).status).toBe(401);
  });

  it('take a person’s agents along, and give the handle to nobody', async () => {
    const owner = await signUp(place);
    const agents = [await newAgent(place, owner), await newAgent(place, owner)];
    expect(verdict(await by(owner, 'DELETE', `/api/identities/${owner.handle}`))).toBe('204');
    for (const who of [owner, ...agents]) expect((await me(who)).status).toBe(401);
    for (const { handle } of [owner, ...agents]) expect((await profile(handle)).status).toBe(404);
    await expect(signUp(place, owner.handle)).rejects.toThrow('409 handle_taken');
  });
});
