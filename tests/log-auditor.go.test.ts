import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '@artdag/testing';
import pg from 'pg';
import { call, newAccount, newContentHash } from './lib/api-client.ts';
import { buildAuditor, type Auditor, type Verdict } from './lib/auditor.ts';
import { startClockedSuite, type ClockedSuite } from './lib/clocked-suite.ts';
import { createDice, randomSeed } from './lib/dice.ts';
import { inGoFolder } from './lib/go.ts';
import { noLimits } from './lib/no-limits.ts';
import { createTampering } from './lib/tampering.ts';
import { startTamperingProxy, type TamperingProxy } from './lib/tampering-proxy.ts';

const seed = randomSeed();
const dice = createDice(seed);
const tampering = createTampering(dice);
const claims = 70_000;

describe('the auditor in Go', () => {
  it('is formatted and passes vet', async () => {
    expect(await inGoFolder('auditor', 'gofmt', ['-l', '.'])).toBe('');
    await inGoFolder('auditor', 'go', ['vet', '.']);
  });

  it('accepts whole logs of its own making, and refuses each kind of false one', async () => {
    expect(await inGoFolder('auditor', 'go', ['test', '-count=1', '.'])).toMatch(/^ok\s/m);
  });
});

describe(`a log of ${claims} claims (seed ${seed})`, () => {
  // Without federation, which would publish all these claims.
  let suite: ClockedSuite;
  let auditor: Auditor;
  let proxy: TamperingProxy;
  let vkey: string;
  let followed: Verdict;
  /** Of the newest checkpoint. */
  let size: number;

  beforeAll(async () => {
    const env = { ...noLimits, LOG_INTERVAL_MS: '20', OTS_CALENDARS: 'none' };
    suite = await startClockedSuite(env, { between: ['identity', 'asset-registry'] });
    proxy = await startTamperingProxy(suite.gateway);
    auditor = await buildAuditor();
    const { token } = await newAccount(suite.gateway);
    await registerBatch(suite.gateway, token, [newLine('first')]);
    vkey = await eventually(() => firstVkey(suite.gateway));
    const following = auditor.follow(`${suite.gateway}/log`, vkey);
    await following.hasSeen(1);
    await registerRest(token);
    size = await settledSize();
    await following.hasSeen(size);
    followed = await following.stop();
  }, 300_000);
  afterAll(async () => {
    await proxy?.close();
    auditor?.remove();
    await suite?.remove();
  });

  /** By batches of thousands, two at a time. */
  async function registerRest(token: string): Promise<void> {
    const sizes = [1, 255, 256, 1_500, ...Array.from({ length: 6 }, () => 10_000)];
    sizes.push(claims - 1 - sizes.reduce((sum, size) => sum + size));
    const work = async (worker: number): Promise<void> => {
      for (let size = sizes.shift(); size !== undefined; size = sizes.shift()) {
        const lines = Array.from({ length: size }, (_, i) => newLine(`asset-${worker}-${sizes.length}-${i}`));
        await registerBatch(suite.gateway, token, lines);
      }
    };
    await Promise.all([work(0), work(1)]);
  }

  /** Once all that waited is in the log and signed. */
  async function settledSize(): Promise<number> {
    const client = new pg.Client({ connectionString: suite.databaseUrl });
    await client.connect();
    try {
      return await eventually(
        async () => {
          const { rows } = await client.query<{ pending: number; entries: number; signed: number }>(
            `SELECT (SELECT count(*) FROM registry.log_pending)::int AS pending, (SELECT count(*) FROM registry.log_entries)::int AS entries,
               (SELECT max(size) FROM registry.log_checkpoints)::int AS signed`,
          );
          const [now] = rows;
          if (now === undefined || now.pending > 0 || now.signed !== now.entries) throw new Error(JSON.stringify(now));
          return now.signed;
        },
        { timeoutMs: 120_000, everyMs: 200 },
      );
    } finally {
      await client.end();
    }
  }

  async function someLeaves(count: number): Promise<string[]> {
    const client = new pg.Client({ connectionString: suite.databaseUrl });
    await client.connect();
    const { rows } = await client.query<{ hash: string }>(
      `SELECT encode(leaf_hash, 'hex') AS hash FROM registry.log_entries WHERE log_index = ANY ($1)`,
      [Array.from({ length: count }, (_, i) => (i === 0 ? 0 : dice.roll(size)))],
    );
    await client.end();
    return rows.map(({ hash }) => hash);
  }

  async function archivedSizes(): Promise<number[]> {
    const { body } = await call(suite.gateway, '/log/checkpoints?limit=100');
    return (body['checkpoints'] as { size: number }[]).map((each) => each.size);
  }

  const audit = (...flags: string[]): Promise<Verdict> => auditor.audit(`${proxy.url}/log`, vkey, ...flags);

  it('was followed while it grew, each checkpoint proven consistent with the one before', () => {
    const refused = followed.findings.filter(({ ok }) => !ok);
    expect(refused).toEqual([]);
    const steps = followed.findings.filter(({ check }) => check === 'consistency');
    expect(steps.length).toBeGreaterThan(10);
    expect(steps.at(-1)).toMatchObject({ to: size });
    console.log(`followed in ${steps.length} steps`);
  });

  it('holds: checkpoint, consistency from every archived size, inclusion, full replay', async () => {
    const leaves = await someLeaves(40);
    const { code, findings, last } = await audit('-archive', '-replay', ...leaves.flatMap((hash) => ['-leaf', hash]));
    expect([code, last]).toMatchObject([0, { check: 'done', size }]);
    const of = (check: string) => findings.filter((finding) => finding.check === check);
    expect(of('inclusion').map(({ leaf }) => leaf)).toEqual(leaves);
    const [replayed] = of('replay');
    expect(replayed).toMatchObject({ entries: size, types: { Create: claims } });
    // Leaves of keys come on top of the claims.
    expect(size).toBeGreaterThan(claims);
    expect(replayed?.tiles).toEqual([274, 2, 1]);
    expect(of('consistency').length).toBeGreaterThan(leaves.length + 10);
    console.log(
      `${size} leaves; ${of('consistency').length - leaves.length} archived sizes, ${leaves.length} inclusions, ${last.requests} requests`,
    );
  });

  /** The path of the tile at the tree's right edge. */
  const edge = (level: number): string => {
    const hashes = Math.floor(size / 256 ** Math.max(0, level));
    return `tile/${level < 0 ? 'entries' : level}/${String(Math.floor(hashes / 256)).padStart(3, '0')}.p/${hashes % 256}`;
  };
  const someFull = (kind: string): string => `tile/${kind}/${String(dice.roll(273)).padStart(3, '0')}`;

  const flips: [what: string, reason: string, path: () => string, change: (body: Buffer) => Buffer][] = [
    ['a hash tile of level 0', 'tile_mismatch', () => someFull('0'), tampering.anyBit],
    ['the partial hash tile of level 0', 'tile_mismatch', () => edge(0), tampering.anyBit],
    ['a hash tile of level 1', 'tile_mismatch', () => 'tile/1/000', tampering.anyBit],
    ['the partial hash tile of level 1', 'tile_mismatch', () => edge(1), tampering.anyBit],
    ['the hash tile of level 2', 'tile_mismatch', () => edge(2), tampering.anyBit],
    ['an entry bundle', 'entry_mismatch', () => someFull('entries'), tampering.entryBit],
    ['the partial entry bundle', 'entry_mismatch', () => edge(-1), tampering.entryBit],
    ['a length in an entry bundle', 'bundle_malformed', () => someFull('entries'), tampering.lengthBit],
    ['the body of a checkpoint', 'signature_false', () => 'checkpoint', tampering.textBit],
    ['the signature of a checkpoint', 'signature_false', () => 'checkpoint', tampering.signatureBit],
    ['the key id of a checkpoint', 'unsigned', () => 'checkpoint', tampering.keyIdBit],
  ];
  it.each(flips)('is refused with one bit flipped in %s: %s', async (_what, reason, path, change) => {
    const tampered = path();
    proxy.tamper = (at, body) => (at === `/log/${tampered}` ? change(body) : body);
    const { code, last } = await audit('-replay');
    expect([code, last]).toMatchObject([1, { ok: false, reason, path: tampered }]);
  });

  it('is refused with any bit of the checkpoint flipped', async () => {
    const reasons: Record<string, number> = {};
    for (let i = 0; i < 40; i += 1) {
      proxy.tamper = (at, body) => (at === '/log/checkpoint' ? tampering.anyBit(body) : body);
      const { code, last } = await audit();
      expect([code, last]).toMatchObject([1, { ok: false, path: 'checkpoint' }]);
      const { reason = '' } = last;
      reasons[reason] = (reasons[reason] ?? 0) + 1;
    }
    expect(
      Object.keys(reasons).filter((reason) => !['note_malformed', 'signature_false', 'unsigned'].includes(reason)),
    ).toEqual([]);
    console.log(`40 bits of the checkpoint: ${JSON.stringify(reasons)}`);
  });

  it('is refused with an edited size, newest or archived, and with one archived checkpoint in the place of another', async () => {
    const [first, second] = await archivedSizes();
    const archived = `checkpoints/${second}`;
    const cases: [path: string, reason: string, change: (body: Buffer) => Buffer][] = [
      ['checkpoint', 'signature_false', tampering.size],
      [archived, 'signature_false', tampering.size],
      [archived, 'archive_size', () => other],
    ];
    const other = Buffer.from(await (await fetch(`${suite.gateway}/log/checkpoints/${first}`)).arrayBuffer());
    for (const [path, reason, change] of cases) {
      proxy.tamper = (at, body) => (at === `/log/${path}` ? change(body) : body);
      const { code, last } = await audit('-from', String(second));
      expect([code, last]).toMatchObject([1, { ok: false, reason, path }]);
    }
  });

  it('is refused with a proof of inclusion that has another index, or a bit flipped', async () => {
    const [leaf = ''] = await someLeaves(1);
    const path = `proof/${leaf}`;
    const allowed = ['inclusion_false', 'proof_malformed', 'note_malformed', 'signature_false', 'unsigned'];
    for (const change of [tampering.index, ...Array.from({ length: 30 }, () => tampering.anyBit)]) {
      proxy.tamper = (at, body) => (at === `/log/${path}` ? change(body) : body);
      const { code, last } = await audit('-leaf', leaf);
      expect([code, last]).toMatchObject([1, { ok: false, path }]);
      expect(change === tampering.index ? ['inclusion_false'] : allowed).toContain(last.reason);
    }
    expect((await auditor.audit(`${suite.gateway}/log`, vkey, '-leaf', '00'.repeat(32))).last).toMatchObject({
      reason: 'missing',
    });
  });

  it('holds again, with the same questions, once nobody stands between', async () => {
    proxy.tamper = (_at, body) => body;
    const [leaf = ''] = await someLeaves(1);
    expect((await audit('-archive', '-replay', '-leaf', leaf)).code).toBe(0);
  });
});

const newLine = (name: string): string => JSON.stringify({ name, content_hash: newContentHash(), asset_type: 'image' });

/** Registers an asset for each line; what a busy machine cannot sign in time is sent again, as all may be. */
async function registerBatch(url: string, token: string, lines: readonly string[]): Promise<void> {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/x-ndjson' };
  await eventually(
    async () => {
      const answer = await fetch(`${url}/assets/batch`, { method: 'POST', headers, body: lines.join('\n') });
      const records = (await answer.text()).trimEnd().split('\n');
      const failed = records.find((record) => !/"status":20[01]/.test(record));
      if (failed !== undefined || records.length !== lines.length) throw new Error(`${answer.status}: ${failed ?? ''}`);
    },
    { timeoutMs: 120_000, everyMs: 1_000 },
  );
}

async function firstVkey(url: string): Promise<string> {
  const { body } = await call(url, '/log/vkeys');
  const [first] = body['vkeys'] as { vkey: string }[];
  if (first === undefined) throw new Error('no key yet');
  return first.vkey;
}
