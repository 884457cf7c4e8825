import { closedLoop } from '../closed-loop.ts';
import { median, printTable } from '../report.ts';
import { startServices, type Services } from '../services.ts';
import { cursorInTheMiddle, fillAssets } from './fill.ts';

const fewRows = 1_000;
const manyRows = Number(process.env['BENCH_ROWS'] ?? 1_000_000);
const concurrency = 4;
const roundSeconds = 1;
const rounds = 3;

interface Side {
  /** Of asset-registry. */
  origin: string;
  /** Of the gateway, where web has the pages. */
  pagesOrigin: string;
  cursor: string;
}

/** A kind of request, what its answer has to hold on both sides, and whether people ask for it. */
type Kind = [name: string, path: (side: Side) => string, holds: RegExp, isForPeople?: true];

const full = /"name":"work-\d+"[\s\S]*"name":"work-\d+"/;
const kinds: Kind[] = [
  ['first page', () => '/assets', full],
  ['first page, for people', () => '/assets', /work-\d+[\s\S]*<\/html>/, true],
  ['searched, for people', () => '/assets?tag=bench', /work-\d+[\s\S]*<\/html>/, true],
  ['deep cursor', ({ cursor }) => `/assets?cursor=${cursor}`, full],
  ['offset 500', () => '/assets?offset=500', full],
  ['oldest first', () => '/assets?sort=created_at', full],
  ['by name', () => '/assets?sort=name', full],
  ['an owner', () => '/assets?owner=u7', /"owner":"u7"/],
  [
    'a content',
    () => '/assets?content_hash=ef2d127de37b942baad06145e54b0c619a1f22327b2ebbcfbec78f5564afe39d',
    /"name":"work-5"/,
  ],
  ['a frequent tag', () => '/assets?tag=bench', full],
  ['a rare type', () => '/assets?asset_type=recipe', /"assets":\[/],
  ['a rare tag', () => '/assets?tag=rare', /"assets":\[/],
  ['free text', () => '/assets?q=of%20number%205', /"assets":\[/],
  ['text of nobody', () => '/assets?q=nowhere', /"assets":\[\]/],
  ['claims', () => '/activities', /"type":"Create"/],
  ['claims of an actor', () => '/activities?actor=u7', /"type":"Create"/],
  ['claims that change', () => '/activities?type=Update', /"activities":\[\]/],
];

async function startSide(rows: number): Promise<Side & { services: Services }> {
  const services = await startServices(['auth', 'asset-registry', 'web', 'gateway']);
  await fillAssets(services.databaseUrl, rows);
  const cursor = await cursorInTheMiddle(services.databaseUrl, rows);
  return { services, origin: services.urlOf('asset-registry'), pagesOrigin: services.urlOf('gateway'), cursor };
}

async function msPerRequest(side: Side, [name, path, holds, isForPeople]: Kind): Promise<number> {
  const rate = await closedLoop({
    origin: isForPeople ? side.pagesOrigin : side.origin,
    concurrency,
    seconds: roundSeconds,
    next: () => ({ method: 'GET', path: path(side), headers: isForPeople ? { accept: 'text/html' } : {} }),
    check(status, text) {
      if (status !== 200 || !holds.test(text)) throw new Error(`${name} answered ${status}: ${text.slice(0, 200)}`);
    },
  });
  return (concurrency * 1000) / rate;
}

/**
 * Pages of `GET /assets` and `GET /activities` when there are 1,000,000 rows against the same when there are 1,000: direct, and as web makes them for
 * people, through the gateway.
 */
export async function benchAssetsPage(): Promise<void> {
  const few = await startSide(fewRows);
  const many = await startSide(manyRows);
  try {
    process.stdout.write(
      `pages of 50 at ${concurrency} at once, ${rounds} rounds of ${roundSeconds} s, taking turns; the first page, for programs and for people, is the one with the aim\n`,
    );
    const rows = [['kind', `ms at ${fewRows}`, `ms at ${manyRows}`, 'ratio']];
    for (const kind of kinds) {
      const measured: [number, number][] = [];
      await msPerRequest(few, kind);
      await msPerRequest(many, kind);
      for (let round = 0; round < rounds; round += 1)
        measured.push([await msPerRequest(few, kind), await msPerRequest(many, kind)]);
      const [a, b] = [median(measured.map(([ms]) => ms)), median(measured.map(([, ms]) => ms))];
      const ratio = median(measured.map(([small, large]) => large / small));
      rows.push([kind[0], a.toFixed(2), b.toFixed(2), ratio.toFixed(2)]);
    }
    printTable(rows);
    process.stdout.write(
      `first page: ${rows[1]?.[3] ?? ''} times as long, for people ${rows[2]?.[3] ?? ''} (aim 1.3 or less)\n`,
    );
  } finally {
    await many.services.remove();
    await few.services.remove();
  }
}
