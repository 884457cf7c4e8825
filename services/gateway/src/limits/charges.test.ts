import { expect, it } from '@jest/globals';
import type { Assertion } from '@artdag/actor-context';
import { noLimits } from '../harness.testing.ts';
import type { Limits } from './buckets.ts';
import { chargesOf, type Counted } from './charges.ts';

const limits: Limits = {
  ...{ keys: 20, session: 10, anonymous: 120, actor: 600, agent: 1200 },
  ...{ inbox: 1200, log: 1200, recordRun: 30, remoteFollow: 20, storageTest: 10 },
};
const assertion = (actor_id: string, actor_type: 'human' | 'agent' | 'service'): Assertion => ({
  actor: { actor_id, actor_type, microdao_ids: [], roles: [] },
  ...{ username: null, org_id: null, scopes: [], sid: null, jti: null, method: 'bearer', token_use: 'api' },
});
const alice = assertion('user:alice', 'human');
const nobody: Counted = { limit: undefined, assertion: undefined, address: '192.0.2.1', byWeb: false };

const told = (counted: Partial<Counted>): string[] =>
  chargesOf(limits, { ...nobody, ...counted }).map(({ bucket, key, limit }) => `${bucket} ${key} ${limit}`);

it.each<[string, Partial<Counted>, string[]]>([
  ['nobody', {}, ['anonymous 192.0.2.1 120']],
  ['a human', { assertion: alice }, ['actor user:alice 600']],
  ['an agent', { assertion: assertion('agent:a', 'agent') }, ['agent agent:a 1200']],
  ['a service actor', { assertion: assertion('service:s', 'service') }, ['agent service:s 1200']],
  ['a login', { limit: 'session' }, ['session 192.0.2.1 10', 'anonymous 192.0.2.1 120']],
  ['a login by web', { limit: 'session', byWeb: true }, ['session 192.0.2.1 10']],
  ['a look by web', { assertion: alice, byWeb: true }, []],
  ['an inbox', { limit: 'inbox' }, ['inbox 192.0.2.1 1200']],
  ['a key challenge', { limit: 'keys-challenge' }, ['keys-challenge 192.0.2.1 20', 'anonymous 192.0.2.1 120']],
  ['a key verification', { limit: 'keys-verify' }, ['keys-verify 192.0.2.1 20', 'anonymous 192.0.2.1 120']],
  ['the end of a key', { limit: 'keys-end', assertion: alice }, ['keys-end user:alice 192.0.2.1 20']],
  ['the end of a key, by nobody', { limit: 'keys-end' }, ['anonymous 192.0.2.1 120']],
  ['a run', { limit: 'record-run', assertion: alice }, ['record-run user:alice 30', 'actor user:alice 600']],
  ['a run by nobody', { limit: 'record-run' }, ['anonymous 192.0.2.1 120']],
  [
    'a storage test',
    { limit: 'storage-test', assertion: alice },
    ['storage-test user:alice 10', 'actor user:alice 600'],
  ],
  ['a remote follow', { limit: 'remote-follow' }, ['remote-follow 192.0.2.1 20', 'anonymous 192.0.2.1 120']],
  ['a remote follow by web', { limit: 'remote-follow', byWeb: true }, ['remote-follow 192.0.2.1 20']],
  ['a probe', { limit: 'none', assertion: alice }, []],
])('%s', (_, counted, charges) => expect(told(counted)).toEqual(charges));

it('charges nothing for what is off', () => {
  expect(chargesOf(noLimits, { ...nobody, limit: 'session' })).toEqual([]);
});
