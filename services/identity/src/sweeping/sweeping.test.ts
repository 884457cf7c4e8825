import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually } from '@artdag/testing';
import { newId } from '@artdag/service-kit';
import { signedRequest, startWorld, type MSignWorld, type TestKey } from '../msign/msign.testing.ts';
import type { RunningIdentity } from '../start-identity.testing.ts';

const clock = { now: new Date() };
let world: MSignWorld;

beforeEach(async () => {
  world = await startWorld(clock);
  await world.addHuman('gabriel');
});
afterEach(() => world.close());

const ago = (seconds: number): Date => new Date(clock.now.getTime() - seconds * 1000);
/** Longer than the pause of a loop that has failed a few times. */
const patiently = <T>(attempt: () => Promise<T>): Promise<T> => eventually(attempt);

const confirmedAt = async (key: TestKey): Promise<unknown> =>
  (await world.sql('SELECT revocation_confirmed_at AS at FROM auth_keys WHERE id = $1', [key.id]))[0]?.['at'];

const endOf = async (handle: string): Promise<Record<string, unknown> | undefined> =>
  (
    await world.sql(
      `SELECT deleted_at IS NOT NULL AS ended, end_reason AS reason, end_confirmed_at IS NOT NULL AS confirmed
       FROM identities WHERE handle = $1`,
      [handle],
    )
  )[0];

const end = (handle: string) =>
  world.sql(`UPDATE identities SET deleted_at = $2, end_reason = 'run_over' WHERE handle = $1`, [handle, ago(4)]);

const gauges = async ({ url }: RunningIdentity): Promise<string[]> => {
  const text = await (await fetch(`${url}/metrics`)).text();
  return text.split('\n').filter((line) => line.startsWith('identity_unconfirmed'));
};

const outbox = async (type: string): Promise<number> => {
  const [row] = await world.sql('SELECT count(*)::int AS n FROM outbox WHERE payload::text LIKE $1', [`%"${type}"%`]);
  return Number(row?.['n']);
};

describe('a revocation that auth was not told of', () => {
  it('is told to the other replicas at once and to auth as soon as it is back', async () => {
    const [old, fresh] = [await world.addKey('gabriel'), await world.addKey('gabriel')];
    const ts = Math.floor(clock.now.getTime() / 1000);
    const other = await world.replica();
    const ask = async (): Promise<unknown> =>
      (await world.results(other, signedRequest({ handle: 'gabriel', key: old, ts })))[0].code;
    expect(await ask()).toBeUndefined();
    world.auth.down = true;
    await world.revoke(old, ago(4));
    await world.revoke(fresh, ago(0));
    const identity = await world.replica();
    await eventually(async () =>
      expect(await gauges(identity)).toEqual(['identity_unconfirmed_ends 0', 'identity_unconfirmed_revocations 2']),
    );
    // The other replicas are told in any case.
    await eventually(async () => expect(await ask()).toBe('key_revoked'));
    expect(await confirmedAt(old)).toBeNull();
    world.auth.down = false;
    await patiently(async () => expect(await confirmedAt(old)).toEqual(clock.now));
    expect(world.auth.revoked.get(old.id)).toBe('revoked');
    // Whoever revoked it a moment ago is about to confirm it.
    expect(await confirmedAt(fresh)).toBeNull();
    expect(world.auth.revoked.has(fresh.id)).toBe(false);
  });
});

describe('an end that auth was not told of', () => {
  it('is told once auth is back, for agents; organisations have nothing to be refused, and people end in auth', async () => {
    await world.addAgent('scribe', 'user:gabriel', ago(-600));
    const key = await world.addKey('scribe');
    await world.addAgent('ghost', 'user:gabriel', ago(-600));
    world.auth.actors.delete('agent:ghost');
    await world.sql(
      `INSERT INTO identities (id, org_id, handle, identity_type, display_name) VALUES ($1, 'org_1', 'choir', 'org', 'Choir')`,
      [newId('idn')],
    );
    for (const handle of ['scribe', 'ghost', 'choir', 'gabriel']) await end(handle);
    await world.revoke(key, ago(4));
    world.auth.down = true;
    const identity = await world.replica();
    await eventually(async () => expect((await gauges(identity))[0]).toMatch(/^identity_unconfirmed_ends [1-3]$/));
    expect(await endOf('scribe')).toMatchObject({ confirmed: false });
    world.auth.down = false;
    for (const handle of ['scribe', 'ghost', 'choir']) {
      await patiently(async () => expect(await endOf(handle)).toMatchObject({ confirmed: true, reason: 'run_over' }));
    }
    expect(world.auth.actors.get('agent:scribe')).toMatchObject({ status: 'deleted' });
    expect(world.auth.actors.get('user:gabriel')).toMatchObject({ status: 'active' });
    expect(await endOf('gabriel')).toMatchObject({ confirmed: false });
    await patiently(async () => expect(await confirmedAt(key)).not.toBeNull());
    await patiently(async () => expect((await gauges(identity))[0]).toBe('identity_unconfirmed_ends 0'));
  });
});

describe('an agent whose time is over', () => {
  it('is ended with its keys by one of several replicas, once; others live on', async () => {
    await world.addAgent('scribe', 'user:gabriel', ago(0));
    await world.addAgent('painter', 'user:gabriel', ago(-1));
    const key = await world.addKey('scribe');
    await Promise.all([world.replica(), world.replica(), world.replica()]);
    await patiently(async () =>
      expect(await endOf('scribe')).toEqual({ ended: true, reason: 'expired', confirmed: true }),
    );
    await patiently(async () => expect(await confirmedAt(key)).not.toBeNull());
    expect(world.auth.actors.get('agent:scribe')).toMatchObject({ status: 'deleted' });
    expect(await outbox('agent-revoked')).toBe(1);
    expect(await outbox('key-revoked')).toBe(1);
    expect(await endOf('painter')).toMatchObject({ ended: false });
    expect(world.auth.actors.get('agent:painter')).toMatchObject({ status: 'active' });
  });

  it('is ended with auth away too, which is told later', async () => {
    for (const handle of ['scribe', 'painter']) {
      await world.addAgent(handle, 'user:gabriel', ago(60));
      await world.addKey(handle);
    }
    world.auth.down = true;
    await world.replica();
    for (const handle of ['scribe', 'painter']) {
      await patiently(async () =>
        expect(await endOf(handle)).toEqual({ ended: true, reason: 'expired', confirmed: false }),
      );
    }
    world.auth.down = false;
    clock.now = ago(-4);
    for (const handle of ['scribe', 'painter']) {
      await patiently(async () => expect(await endOf(handle)).toMatchObject({ confirmed: true }));
    }
    expect(await outbox('agent-revoked')).toBe(2);
  });
});

describe('what has expired', () => {
  it('is pruned by all replicas together, and nothing else', async () => {
    await world.sql(
      `INSERT INTO msign_seen SELECT sha256(n::text::bytea), now() + make_interval(secs => CASE WHEN n <= 9000 THEN -1 ELSE 60 END)
       FROM generate_series(1, 9010) AS n`,
    );
    await world.sql(
      `INSERT INTO auth_challenges SELECT n::text, 'sha256:x', 'ed25519', 'r', now() + make_interval(secs => CASE WHEN n <= 50 THEN -1 ELSE 60 END)
       FROM generate_series(1, 60) AS n`,
    );
    await Promise.all([world.replica(), world.replica()]);
    const left = async (table: string): Promise<unknown> =>
      (await world.sql(`SELECT count(*)::int AS n, bool_and(expires_at > now()) AS live FROM ${table}`))[0];
    await patiently(async () => expect(await left('msign_seen')).toEqual({ n: 10, live: true }));
    await patiently(async () => expect(await left('auth_challenges')).toEqual({ n: 10, live: true }));
  });
});
