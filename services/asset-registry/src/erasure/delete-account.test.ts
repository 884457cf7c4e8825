import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { assetRegistered } from '@artdag/events';
import { createInProcessTransport } from '@artdag/messaging';
import { newId } from '@artdag/service-kit';
import { eventually, makeAssertionKit, quietLogger } from '@artdag/testing';
import { newBody } from '../testing/registry.testing.ts';
import { publish } from '../testing/publish.testing.ts';
import { startSuite, type Json, type RegistrySuite } from '../testing/suite.testing.ts';
import {
  deletionOf,
  erasuresFinished,
  eraseByName,
  everyRow,
  found,
  isWaitedFor,
  markedAsset,
  query,
  sequenced,
} from './erasing.testing.ts';

let suite: RegistrySuite;
// Without the queues of the services that are not here.
const logger = quietLogger();
const transport = createInProcessTransport({ logger, topology: [], retryDelaysMs: Array<number>(20).fill(100) });

beforeAll(async () => {
  suite = await startSuite({ overrides: { transport } });
});
afterAll(async () => {
  await suite?.remove();
  await transport.close();
});

const finished = () => erasuresFinished(suite.tables);
const ended = async (username: string): Promise<void> => {
  suite.identity.disabled.add(`user:${username}`);
  await publish(transport, deletionOf(username));
};
const leftOf = async (username: string) =>
  (
    await query(suite.tables, 'SELECT 1 AS one FROM assets WHERE owner_actor_id = $1 AND erased_at IS NULL', [
      `user:${username}`,
    ])
  ).length;

describe('the end of an account', () => {
  it('erases all that it wrote, deleted assets and kept answers too, and leaves its leaves and everybody else’s words', async () => {
    const [one, two, three] = ['Arthur-1', 'Arthur-2', 'Arthur-3'].map(markedAsset) as [
      ReturnType<typeof markedAsset>,
      ReturnType<typeof markedAsset>,
      ReturnType<typeof markedAsset>,
    ];
    for (const [i, { fields }] of [one, two, three].entries()) {
      const headers = { 'idempotency-key': `key-${i}` };
      await suite
        .post(
          '/assets',
          newBody({ ...fields, visibility: i === 2 ? 'unlisted' : 'public' }),
          suite.as('arthur', { headers }),
        )
        .expect(201);
    }
    await suite
      .patch(`/assets/${one.fields['name'] as string}`, { description: 'Arthur-patched' }, suite.as('arthur'))
      .expect(200);
    await suite.delete(`/assets/${two.fields['name'] as string}`, suite.as('arthur')).expect(204);
    const other = await suite.registered('ford', {
      description: 'Ford stays',
      metadata: { owner_id: 'https://l2.example.com/users/arthur' },
    });
    await sequenced(suite.tables);
    const entries = () => query(suite.tables, 'SELECT log_index, leaf FROM log_entries ORDER BY log_index');
    const before = await entries();

    await ended('arthur');
    await finished();
    const rows = await everyRow(suite.tables);
    expect(found(rows, ['Arthur-'])).toEqual([]);
    expect(found(rows, ['Ford stays'])).toEqual(['Ford stays']);
    await sequenced(suite.tables);
    expect(await entries()).toEqual(before);
    for (const { fields } of [one, two, three]) {
      const { body } = await suite.get(`/assets/${fields['name'] as string}`).expect(410);
      expect(body).toMatchObject({ code: 'erased' });
    }
    await suite.get(`/assets/${other.name}`).expect(200);
    const activities = (await suite.get('/activities?actor=arthur').expect(200)).body as {
      activities: Json[];
      total: number;
    };
    expect(activities.activities.map(({ type }) => type).toSorted()).toEqual(['Delete', ...Array(4).fill('Tombstone')]);
    const event = `SELECT payload FROM outbox WHERE payload::jsonb #>> '{data,asset,name}' = $1`;
    const [kept] = await query<{ payload: string }>(suite.tables, event, [other.name]);
    expect(assetRegistered.parse(JSON.parse(kept?.payload ?? '')).data.asset.name).toBe(other.name);
  });

  it('lets nothing be registered for it any more: 403, and its names and contents stay taken', async () => {
    const { name, contentHash } = await suite.registered('tricia');
    await ended('tricia');
    await finished();
    suite.identity.disabled.delete('user:tricia');
    const refused = await suite.post('/assets', newBody(), suite.as('tricia')).expect(403);
    expect(refused.body).toMatchObject({ code: 'account_disabled' });
    const taken = await suite.post('/assets', newBody({ name }), suite.as('ford')).expect(409);
    expect(taken.body).toMatchObject({ code: 'asset_exists' });
    await suite.post('/assets', newBody({ content_hash: contentHash }), suite.as('ford')).expect(409);
  });

  it('leaves nothing of registrations that come at the same moment, by several replicas', async () => {
    const replica = await suite.replica();
    for (let round = 0; round < 4; round += 1) {
      const owner = `vogon-${round}`;
      const statuses: number[] = [];
      const load = async (to: Pick<RegistrySuite, 'post'>): Promise<void> => {
        // Until the account has ended, and a little longer.
        for (let refused = 0, i = 0; refused < 3 && i < 400; i += 1) {
          const answers = await Promise.all(
            Array.from({ length: 4 }, () =>
              to.post('/assets', newBody({ description: `Prostetnic-${round}` }), suite.as(owner)),
            ),
          );
          statuses.push(...answers.map(({ status }) => status));
          if (answers.some(({ status }) => status === 403)) refused += 1;
        }
      };
      const loads = Promise.all([load(suite), load(replica)]);
      while (statuses.length < 4 + 8 * round) await sleep(2);
      // identity goes on signing: here the row alone keeps them out.
      await publish(transport, deletionOf(owner));
      await loads;
      expect(statuses.filter((status) => status === 201).length).toBeGreaterThan(0);
      expect(statuses.at(-1)).toBe(403);
      expect(new Set(statuses)).toEqual(new Set([201, 403]));
      await finished();
      expect(await leftOf(owner)).toBe(0);
    }
    expect(found(await everyRow(suite.tables), ['Prostetnic-'])).toEqual([]);
  });

  it('waits for a registration that is under way, and erases it', async () => {
    const body = newBody({ description: 'Slartibartfast-1' });
    const client = await suite.tables.pool.connect();
    try {
      await client.query('BEGIN');
      // The registration has found no row of its actor's end, and waits for this one.
      await client.query(`INSERT INTO content_owners (content_hash, owner_actor_id) VALUES ($1, 'user:slarti')`, [
        body.content_hash,
      ]);
      const registering = suite.post('/assets', body, suite.as('slarti')).then(({ status }) => status);
      await eventually(() => isWaitedFor(suite, client));
      const ending = publish(transport, deletionOf('slarti')).then(() => 'ended');
      expect(await Promise.race([ending, sleep(400)])).toBe(undefined);
      await client.query('ROLLBACK');
      expect(await registering).toBe(201);
      await ending;
    } finally {
      client.release();
    }
    await finished();
    expect(await leftOf('slarti')).toBe(0);
    expect(found(await everyRow(suite.tables), ['Slartibartfast'])).toEqual([]);
  });

  it('comes late, twice and before its actor’s keys without a difference', async () => {
    await suite.registered('zarniwoop', { description: 'Zarniwoop-1' });
    const first = deletionOf('zarniwoop');
    await publish(transport, first, first, deletionOf('zarniwoop'));
    await finished();
    await publish(transport, deletionOf('zarniwoop'), deletionOf('stranger'));
    await finished();
    expect(found(await everyRow(suite.tables), ['Zarniwoop-'])).toEqual([]);
  });

  it('takes its storage providers along, with secrets, pins and their history, and lets none be added', async () => {
    const [gone, kept] = ['user:majikthise', 'user:vroomfondel'];
    const ids = new Map([gone, kept].map((actor) => [actor, newId('sto')]));
    for (const [actor, id] of ids) {
      await query(
        suite.tables,
        `INSERT INTO user_storage (id, actor_id, provider_type, provider_name, config_enc) VALUES ($1, $2, 'psa', 'Deep-Thought', 'v2.sealed')`,
        [id, actor],
      );
      await query(
        suite.tables,
        `INSERT INTO storage_pins (content_hash, storage_id, actor_id, pin_type, ipfs_cid)
         SELECT encode(sha256(n::text::bytea), 'hex'), $1, $2, 'cid', 'bafy' || n FROM generate_series(1, 1200) n`,
        [id, actor],
      );
      await query(
        suite.tables,
        `INSERT INTO storage_checks (storage_id, content_hash, at, actor_id, result, message, latency_ms, status, is_change)
         SELECT storage_id, content_hash, now(), actor_id, 'present', 'there', 1, 'present', true FROM storage_pins WHERE storage_id = $1`,
        [id],
      );
    }
    const left = () =>
      query(
        suite.tables,
        `SELECT actor_id, count(*)::int AS rows FROM (SELECT actor_id FROM user_storage UNION ALL SELECT actor_id FROM storage_pins
           UNION ALL SELECT actor_id FROM storage_checks) AS all_rows GROUP BY actor_id ORDER BY actor_id`,
      );
    expect(await left()).toEqual([gone, kept].map((actor) => ({ actor_id: actor, rows: 2401 })));
    await publish(transport, deletionOf('majikthise'));
    await finished();
    expect(await left()).toEqual([{ actor_id: kept, rows: 2401 }]);
    const body = { provider_type: 'psa', config: { endpoint: 'https://psa.example.com', token: 'x' } };
    const session = { method: 'bearer', token_use: 'access', sid: 'ses_1', scopes: ['storage:manage'] };
    const headers = makeAssertionKit('asset-registry').actor({ actor_id: gone, username: 'majikthise', ...session });
    const refused = await suite.post('/storage', body, { 'x-actor-assertion': headers }).expect(403);
    expect(refused.body).toMatchObject({ code: 'account_disabled' });
  });

  it('goes on where an operator has begun', async () => {
    const { name } = await suite.registered('prosser', { description: 'Prosser-1' });
    await suite.registered('prosser', { description: 'Prosser-2' });
    await eraseByName(suite, name);
    await ended('prosser');
    await finished();
    expect(found(await everyRow(suite.tables), ['Prosser-'])).toEqual([]);
  });

  it('waits while identity does not say whose name it is, and holds up no other erasure', async () => {
    await suite.registered('lunkwill', { description: 'Lunkwill-1' });
    const { name } = await suite.registered('fook', { description: 'Fook-1' });
    suite.identity.mode = 'down';
    await publish(transport, deletionOf('lunkwill'));
    await sleep(1_500);
    expect(await leftOf('lunkwill')).toBe(1);
    suite.identity.mode = 'up';
    await eraseByName(suite, name);
    await eventually(async () => {
      const waiting = await query(suite.tables, 'SELECT subject FROM erasures WHERE step = 0');
      expect(waiting).toEqual([{ subject: 'user:lunkwill' }]);
    });
    await finished();
    expect(found(await everyRow(suite.tables), ['Lunkwill-', 'Fook-'])).toEqual([]);
  });
});
