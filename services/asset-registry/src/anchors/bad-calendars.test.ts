import { afterEach, describe, expect, it } from '@jest/globals';
import { createAnchorRepository } from './anchor.repository.ts';
import { listCalendars } from './list-calendars.ts';
import { hours, minutes, startAnchoring, type Anchoring, type AnchoringOptions } from './testing/anchoring.testing.ts';
import type { CalendarMode, CalendarStandIn } from './testing/calendar-stand-in.testing.ts';

let anchoring: Anchoring;
afterEach(() => anchoring.stop());

async function start(o: AnchoringOptions = {}): Promise<void> {
  anchoring = await startAnchoring(o);
  await anchoring.work();
  anchoring.grow(10);
}

function calendar(i: number): CalendarStandIn {
  const found = anchoring.calendars[i];
  if (found === undefined) throw new Error(`there is no calendar ${i}`);
  return found;
}

function setAll(mode: CalendarMode): void {
  for (const each of anchoring.calendars) each.mode = mode;
}

const health = () => listCalendars(anchoring.deps);
const metric = async (name: string): Promise<number> => {
  const text = await anchoring.metrics.registry.metrics();
  return Number(new RegExp(`^${name.replace(/[{}"]/g, '\\$&')} (.*)$`, 'm').exec(text)?.[1]);
};

describe('one bad calendar among three', () => {
  it.each<[CalendarMode, string]>([
    ['garbage', 'garbage'],
    ['down', 'unreachable'],
    ['failing', 'http_503'],
    ['hangs', 'timeout'],
  ])('that is %s holds nothing up, and is named', async (mode, problem) => {
    await start();
    calendar(1).mode = mode;
    await anchoring.after(hours(1));
    const anchor = await anchoring.newest();
    expect(anchor).toMatchObject({ state: 'pending' });
    for (const each of anchor.calendars)
      expect([each.accepted_at === null, each.problem]).toEqual(
        each.calendar === calendar(1).url ? [true, problem] : [false, null],
      );
    expect((await health())[1]).toMatchObject({ last_success_at: null, last_problem: problem, pending: 0 });
    expect((await health())[0]).toMatchObject({ last_problem: null, consecutive_failures: 0, pending: 1 });
    const host = new URL(calendar(1).url).host;
    expect(await metric(`anchor_calendar_failures_total{calendar="${host}"}`)).toBe(1);

    calendar(0).anchor();
    anchoring.chain.mineEmpty(5);
    await anchoring.after(minutes(10));
    expect(await anchoring.newest()).toMatchObject({ state: 'confirmed' });
  });

  it('that answers 200 for ever and never anchors changes nothing either', async () => {
    await start();
    calendar(1).mode = 'repeats';
    await anchoring.after(hours(1));
    await anchoring.after(minutes(10));
    expect(await anchoring.newest()).toMatchObject({ state: 'pending', attestations: [] });
    calendar(0).anchor();
    anchoring.chain.mineEmpty(5);
    await anchoring.after(minutes(20));
    expect(await anchoring.newest()).toMatchObject({ state: 'confirmed' });
  });
});

describe('calendars of one operator only', () => {
  it('leave the anchor submitted to one of two, until another operator has it', async () => {
    await start({ calendars: 2 });
    calendar(1).mode = 'down';
    await anchoring.after(hours(1));
    expect(await anchoring.newest()).toMatchObject({
      ...{ state: 'submitted', summary: 'taken by calendars of 1 of 2 operators' },
    });
    calendar(1).mode = 'honest';
    await anchoring.after(minutes(1));
    expect(await anchoring.newest()).toMatchObject({ state: 'pending' });
  });
});

describe('a calendar that does not take an anchor', () => {
  it('is replaced by one that was not asked before, once it has failed twice and too few are left', async () => {
    await start({ calendars: 5 });
    for (const i of [0, 1]) calendar(i).mode = 'garbage';
    await anchoring.after(hours(1));
    expect(anchoring.calendars.map(({ digests }) => digests.length)).toEqual([1, 1, 1, 0, 0]);
    expect(await anchoring.newest()).toMatchObject({ state: 'submitted' });
    await anchoring.after(minutes(1));
    expect(anchoring.calendars.map(({ digests }) => digests.length)).toEqual([2, 2, 1, 1, 0]);
    expect(await anchoring.newest()).toMatchObject({ state: 'pending' });
  });

  it('is called ever less, however many anchors wait for it', async () => {
    await start();
    setAll('down');
    for (let size = 11; size < 23; size += 1) {
      anchoring.grow(size);
      await anchoring.after(hours(1));
    }
    const before = anchoring.calendars.map(({ digests }) => digests.length);
    for (let i = 0; i < 24 * 6; i += 1) await anchoring.after(minutes(10));
    // One probe an hour for each calendar, and not one for each of twelve anchors.
    for (const [i, { digests }] of anchoring.calendars.entries())
      expect(digests.length - (before[i] ?? 0)).toBeLessThanOrEqual(30);
    setAll('honest');
    for (let i = 0; i < 12; i += 1) await anchoring.after(minutes(10));
    const { anchors } = await anchoring.list();
    expect(anchors).toHaveLength(12);
    for (const { calendars } of anchors) for (const { accepted_at } of calendars) expect(accepted_at).not.toBeNull();
  });
});

describe('all calendars down', () => {
  it('loses no anchor: they wait, one an interval, and go the whole way when the calendars are back', async () => {
    await start();
    setAll('down');
    await anchoring.after(hours(1));
    anchoring.grow(20);
    await anchoring.after(hours(1));
    expect((await anchoring.list()).anchors).toMatchObject([
      { log_size: 20, state: 'queued', proof: null, submitted_at: null },
      { log_size: 10, state: 'queued', summary: 'no calendar has taken it yet' },
    ]);
    setAll('honest');
    await anchoring.after(hours(1));
    expect((await anchoring.list()).anchors).toMatchObject([{ state: 'pending' }, { state: 'pending' }]);
    for (const each of anchoring.calendars) each.anchor();
    anchoring.chain.mineEmpty(5);
    await anchoring.after(minutes(10));
    expect((await anchoring.list()).anchors).toMatchObject([{ state: 'confirmed' }, { state: 'confirmed' }]);
  });

  it('submits the same commitment whenever it tries again', async () => {
    await start();
    setAll('failing');
    await anchoring.after(hours(1));
    for (let i = 0; i < 5; i += 1) await anchoring.after(hours(1));
    for (const { digests } of anchoring.calendars) {
      expect(digests.length).toBeGreaterThan(3);
      expect(new Set(digests).size).toBe(1);
    }
  });
});

describe('an anchor without a block for a day', () => {
  it('is stale, raises the alarm once a day, and is submitted elsewhere', async () => {
    await start({ calendars: 5 });
    setAll('repeats');
    await anchoring.after(hours(1));
    await anchoring.after(hours(24) - 1);
    expect(await anchoring.newest()).toMatchObject({ state: 'pending' });
    expect(await metric('anchor_oldest_pending_seconds')).toBeCloseTo(86_400, 0);
    await anchoring.after(1);
    expect(await anchoring.newest()).toMatchObject({
      ...{ state: 'stale', summary: 'no Bitcoin block for a day; submitted elsewhere, and calendars are asked on' },
    });
    expect(anchoring.calendars.map(({ digests }) => digests.length)).toEqual([1, 1, 1, 1, 1]);
    const alerts = () => anchoring.logs.records().filter(({ level }) => level === 'error').length;
    expect([alerts(), await metric('anchor_alerts_total{reason="stale"}')]).toEqual([1, 1]);
    for (let i = 0; i < 23; i += 1) await anchoring.after(hours(1));
    expect(alerts()).toBe(1);
    await anchoring.after(hours(1));
    expect(alerts()).toBe(2);
    expect(anchoring.calendars.map(({ digests }) => digests.length)).toEqual([2, 2, 2, 2, 2]);
  });

  it('is confirmed by the promise of the first hour, when that is kept after all', async () => {
    await start();
    setAll('repeats');
    await anchoring.after(hours(1));
    const [first] = (await anchoring.newest()).promises;
    for (let i = 0; i < 24 * 10; i += 1) await anchoring.after(hours(1));
    expect(await anchoring.newest()).toMatchObject({ state: 'stale' });
    expect((await anchoring.newest()).promises).toContainEqual(
      expect.objectContaining({ commitment: first?.commitment }),
    );
    // Seven times submitted again, and then no more: a proof must not grow for ever.
    expect(anchoring.calendars.map(({ digests }) => digests.length)).toEqual([8, 8, 8]);
    setAll('honest');
    calendar(0).anchor();
    anchoring.chain.mineEmpty(5);
    await anchoring.after(hours(6));
    expect(await anchoring.newest()).toMatchObject({ state: 'confirmed' });
  });
});

describe('a calendar that lies', () => {
  it.each<[CalendarMode]>([['false'], ['future']])(
    'about a block (%s) is found out by the headers, and honest ones are heard on',
    async (mode) => {
      await start();
      calendar(0).mode = mode;
      anchoring.chain.mineEmpty(6);
      await anchoring.after(hours(1));
      const anchor = await anchoring.newest();
      expect(anchor).toMatchObject({ state: 'pending', upgraded_at: null, header_problem: 'header_mismatch' });
      expect(anchor.attestations).toMatchObject([{ header: 'mismatch' }]);
      expect(await metric('anchor_alerts_total{reason="header_mismatch"}')).toBe(1);
      calendar(1).anchor();
      anchoring.chain.mineEmpty(5);
      await anchoring.after(minutes(10));
      const confirmed = await anchoring.newest();
      expect(confirmed).toMatchObject({ state: 'confirmed', header_problem: null });
      expect(await metric('anchor_alerts_total{reason="header_mismatch"}')).toBe(1);
    },
  );

  it('about who will attest gets nobody called who is not on the list', async () => {
    await start();
    const [stranger, liar] = [calendar(2), calendar(0)];
    stranger.mode = 'down';
    liar.promisedUrl = 'http://169.254.169.254/latest';
    await anchoring.after(hours(1));
    const anchor = await anchoring.newest();
    // A promise that cannot be asked for is none: the calendar has not taken the anchor.
    expect(anchor.calendars).toContainEqual(
      expect.objectContaining({ calendar: liar.url, accepted_at: null, problem: 'garbage' }),
    );
    expect(anchor.promises.map(({ calendar: each }) => each)).toEqual([calendar(1).url]);
  });
});

describe('the source of block headers', () => {
  it.each(['down', 'lying'] as const)('that is %s leaves the anchor attested, and is asked again', async (mode) => {
    await start();
    await anchoring.after(hours(1));
    calendar(0).anchor();
    anchoring.chain.mineEmpty(5);
    anchoring.chain.mode = mode;
    await anchoring.after(minutes(10));
    expect(await anchoring.newest()).toMatchObject({
      ...{ state: 'upgraded', header_problem: 'source_failed', summary: 'attested, header not checked yet' },
    });
    // Neither stale nor submitted elsewhere: the calendars have done their part.
    await anchoring.after(hours(48));
    expect(await anchoring.newest()).toMatchObject({ state: 'upgraded' });
    expect(calendar(0).digests).toHaveLength(1);
    anchoring.chain.mode = 'up';
    await anchoring.after(minutes(10));
    expect(await anchoring.newest()).toMatchObject({ state: 'confirmed', header_problem: null });
  });

  it('that there is none leaves it at what calendars say, says so, and asks no further', async () => {
    await start({ withHeaders: false });
    await anchoring.after(hours(1));
    calendar(0).anchor();
    anchoring.chain.mineEmpty(5);
    await anchoring.after(minutes(10));
    expect(await anchoring.newest()).toMatchObject({
      ...{ state: 'upgraded', summary: 'attested, header not checked', bitcoin_height: null, block_headers: [] },
      attestations: [{ header: 'not_checked' }],
    });
    const polls = anchoring.calendars.map((each) => each.polls.length);
    await anchoring.after(hours(48));
    expect(anchoring.calendars.map((each) => each.polls.length)).toEqual(polls);
    expect(anchoring.chain.calls).toBe(0);
    const { merkle_root: merkleRoot } = await anchoring.newest();
    await createAnchorRepository(anchoring.deps.execute).askAgain(merkleRoot, anchoring.deps.now());
    await anchoring.work();
    expect(calendar(1).polls.length).toBe((polls[1] ?? 0) + 1);
    await anchoring.after(hours(48));
    expect(calendar(1).polls.length).toBe((polls[1] ?? 0) + 1);
  });
});
