import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '@artdag/testing';
import { day, owner, startPlaces, type Places } from '../testing/places.testing.ts';
import { good, type ProviderStandIns } from '../testing/provider-stand-ins.testing.ts';
import { clock, newCid } from '../testing/storage-kit.testing.ts';

let places: Places;
let providers: ProviderStandIns;
beforeAll(async () => {
  places = await startPlaces();
  ({ providers } = places);
});
afterAll(() => places?.close());
describe('the history', () => {
  it('keeps every change, and of what repeats itself the latest thirty of ninety days', async () => {
    const { put, ...at } = await places.copyAt('psa');
    put();
    await places.record(at);
    expect(await places.firstLook(at)).toMatchObject({ status: 'present' });
    const insert = `INSERT INTO storage_checks (storage_id, content_hash, at, actor_id, result, message, latency_ms, status, is_change)
      SELECT $1, $2, $3::timestamptz - i * interval '1 day', $4, 'present', '', 1, 'present', i % 10 = 0 FROM generate_series(1, $5::int) AS i`;
    await places.sql(insert, [at.id, at.hash, clock.now(), at.actor, 400]);
    await places.lookAgain(at);
    const [row] = await places.sql(
      `SELECT count(*) FILTER (WHERE is_change)::int AS changes, count(*) FILTER (WHERE NOT is_change)::int AS others
       FROM storage_checks WHERE storage_id = $1`,
      [at.id],
    );
    expect(row).toEqual({ changes: 41, others: 30 });
    await places.sql('DELETE FROM storage_checks WHERE storage_id = $1', [at.id]);
    await places.sql(insert, [at.id, at.hash, new Date(clock.now().getTime() - 80 * day), at.actor, 29]);
    await places.lookAgain(at);
    const [{ n } = {}] = await places.sql(
      `SELECT count(*)::int AS n FROM storage_checks WHERE storage_id = $1 AND NOT is_change AND at < $2`,
      [at.id, new Date(clock.now().getTime() - 90 * day)],
    );
    expect(n).toBe(0);
  });

  it('is read page by page, the latest first', async () => {
    const at = await places.place('web3storage', { ipfs_cid: newCid() }, { config: { token: good.token } });
    await places.record(at);
    expect(await places.firstLook(at)).toMatchObject({ status: 'unsupported' });
    for (let i = 0; i < 4; i += 1) await places.lookAgain(at);
    const seen: string[] = [];
    for (let next: string | null = `/storage/${at.id}/pins/${at.hash}?limit=2`; next !== null;) {
      const { body } = (await places.registry.get(next, owner(at)).expect(200)) as {
        body: { checks: { at: string }[]; next: string | null };
      };
      seen.push(...body.checks.map((check) => check.at));
      ({ next } = body);
    }
    expect(seen).toHaveLength(5);
    expect(seen).toEqual(seen.toSorted().toReversed());
  });
});

describe('what operators see', () => {
  it('is how many copies are what, and what looks saw', async () => {
    const { take, put, ...at } = await places.copyAt('s3');
    put();
    await places.record(at);
    await places.firstLook(at);
    take();
    await places.lookAgain(at);
    await places.lookAgain(at);
    providers.misbehave = (_req, res) => res.writeHead(503).end();
    await places.lookAgain(at);
    const read = async (): Promise<string> => (await places.registry.get('/metrics')).text;
    await eventually(async () => (await read()).includes('storage_pins{status="missing"} 1'));
    const text = await read();
    for (const line of [
      'pins{status="unsupported"} 1',
      'checks_total{result="missing"} 2',
      'checks_total{result="unreachable"} 1',
    ]) {
      expect(text).toContain(`storage_${line}`);
    }
  });

  it('holds no secret, and nothing was the fault of this server', () => {
    const { logs } = places;
    for (const secret of [good.token, good.accessKey, good.secretKey]) expect(logs.text()).not.toContain(secret);
    expect(logs.records().filter(({ level }) => level === 'error')).toEqual([]);
  });
});
