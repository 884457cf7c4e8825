import { bitcoinNetworks, parseBlockHeader, readDetached, verifyBitcoinAttestation } from '@artdag/opentimestamps';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { hash } from 'node:crypto';
import { attestationsIn } from './anchor-proof.ts';
import { createAnchorRepository } from './anchor.repository.ts';
import { hours, minutes, startAnchoring, type Anchoring } from './testing/anchoring.testing.ts';

let anchoring: Anchoring;
beforeEach(async () => {
  anchoring = await startAnchoring();
});
afterEach(() => anchoring.stop());

const digests = (): number[] => anchoring.calendars.map((calendar) => calendar.digests.length);

/** The log has 10 leaves, and it is time for its first anchor. */
async function firstAnchor(): Promise<void> {
  await anchoring.work();
  anchoring.grow(10);
  await anchoring.after(hours(1));
}

async function proofOf(merkleRoot: string): Promise<Buffer> {
  const proof = await createAnchorRepository(anchoring.deps.execute).findProof(merkleRoot);
  if (!proof) throw new Error('no proof');
  return proof;
}

describe('an anchor', () => {
  it('goes the whole way: taken by calendars of different operators, attested by a block, confirmed by six', async () => {
    await firstAnchor();
    expect(digests()).toEqual([1, 1, 1]);
    const taken = await anchoring.newest();
    expect(taken).toMatchObject({ state: 'pending', log_size: 10, submitted_at: '2026-03-01T13:00:00.000Z' });
    expect(taken.promises.map(({ asked }) => asked)).toEqual([true, true, true]);

    await anchoring.after(minutes(10));
    expect(anchoring.calendars.map(({ polls }) => polls.length)).toEqual([1, 1, 1]);
    anchoring.calendars[1]?.anchor();
    await anchoring.after(minutes(20));
    const attested = await anchoring.newest();
    expect(attested).toMatchObject({
      ...{ state: 'upgraded', summary: 'attested, header not checked yet', confirmed_at: null },
      attestations: [{ bitcoin_height: anchoring.chain.tipHeight, header: 'not_checked' }],
    });

    anchoring.chain.mineEmpty(4);
    await anchoring.after(minutes(10));
    expect(await anchoring.newest()).toMatchObject({ state: 'upgraded' });
    anchoring.chain.mineEmpty(1);
    await anchoring.after(minutes(10));
    const height = anchoring.chain.firstHeight + 1;
    expect(await anchoring.newest()).toMatchObject({
      ...{ state: 'confirmed', bitcoin_height: height, confirmed_at: '2026-03-01T13:50:00.000Z' },
      attestations: [{ bitcoin_height: height, header: 'checked' }],
    });
  });

  it('is proven by its .ots file and the headers beside it, and by nothing of ours', async () => {
    await firstAnchor();
    anchoring.calendars[0]?.anchor();
    anchoring.chain.mineEmpty(5);
    await anchoring.after(minutes(10));
    const anchor = await anchoring.newest();
    const { hash: algorithm, timestamp } = readDetached(await proofOf(anchor.merkle_root));
    expect([algorithm, Buffer.from(timestamp.message).toString('hex')]).toEqual([
      'sha256',
      hash('sha256', anchor.checkpoint, 'hex'),
    ]);
    const [found] = attestationsIn(await proofOf(anchor.merkle_root));
    const headers = anchor.block_headers.map((hex) => parseBlockHeader(Buffer.from(hex, 'hex')));
    if (found === undefined || headers[0] === undefined) throw new Error('neither attestation nor header');
    const time = verifyBitcoinAttestation(found, headers[0], bitcoinNetworks.regtest);
    expect(headers).toHaveLength(6);
    expect(new Date(time * 1000).toISOString()).toBe(anchor.block_time);
  });

  it('tells of itself by an event when it is made, and by another when it is confirmed', async () => {
    await firstAnchor();
    anchoring.calendars[0]?.anchor();
    anchoring.chain.mineEmpty(5);
    await anchoring.after(minutes(10));
    const { rows } = await anchoring.tables.pool.query<{ payload: string }>('SELECT payload FROM outbox ORDER BY id');
    const { merkle_root, block_time } = await anchoring.newest();
    const events = rows.map(({ payload }) => JSON.parse(payload) as Record<string, unknown>);
    expect(events).toMatchObject([
      { type: 'anchor-created', subject: merkle_root, subject_version: 1, data: { merkle_root, log_size: 10 } },
      { type: 'anchor-confirmed', subject: merkle_root, subject_version: 2, data: { merkle_root, block_time } },
    ]);
  });

  it('keeps every promise in its proof, also those that another calendar was faster than', async () => {
    await firstAnchor();
    anchoring.calendars[0]?.anchor();
    anchoring.chain.mineEmpty(5);
    await anchoring.after(minutes(10));
    const { merkle_root, promises } = await anchoring.newest();
    expect(promises).toHaveLength(3);
    const polls = anchoring.calendars.map((calendar) => calendar.polls.length);
    await anchoring.after(hours(24));
    expect(anchoring.calendars.map((calendar) => calendar.polls.length)).toEqual(polls);

    anchoring.calendars[2]?.anchor();
    await createAnchorRepository(anchoring.deps.execute).askAgain(merkle_root, anchoring.deps.now());
    await anchoring.work();
    expect((await anchoring.newest()).attestations).toHaveLength(2);
    expect((await anchoring.newest()).promises).toHaveLength(3);
  });

  it('is asked for ten minutes after a promise, then ever less, down to every six hours', async () => {
    await firstAnchor();
    const asked: number[] = [];
    const [calendar] = anchoring.calendars;
    for (let passed = 10; passed <= 22 * 60; passed += 10) {
      await anchoring.after(minutes(10));
      if ((calendar?.polls.length ?? 0) > asked.length) asked.push(passed);
    }
    expect(asked).toEqual([10, 30, 70, 150, 310, 630, 990]);
  });
});

describe('the next anchor', () => {
  it('goes out when an interval has passed since the log was first seen, never at a start', async () => {
    anchoring.grow(10);
    await anchoring.work();
    await anchoring.after(minutes(59));
    expect(digests()).toEqual([0, 0, 0]);
    await anchoring.after(minutes(1));
    expect(digests()).toEqual([1, 1, 1]);
  });

  it('is made once an interval, and only when the tree has grown', async () => {
    await firstAnchor();
    await anchoring.after(hours(3));
    expect((await anchoring.list()).anchors).toHaveLength(1);
    anchoring.grow(11);
    await anchoring.after(minutes(1));
    anchoring.grow(12);
    await anchoring.after(minutes(59));
    expect((await anchoring.list()).anchors.map(({ log_size }) => log_size)).toEqual([11, 10]);
    await anchoring.after(minutes(1));
    expect((await anchoring.list()).anchors.map(({ log_size }) => log_size)).toEqual([12, 11, 10]);
  });

  it('is made once, and given to each calendar once, however many replicas are at it', async () => {
    await anchoring.work();
    for (let size = 1; size <= 5; size += 1) {
      anchoring.grow(size);
      await anchoring.after(hours(1) - 1);
      await Promise.all([anchoring.after(1), anchoring.work(), anchoring.work(), anchoring.work()]);
    }
    expect((await anchoring.list()).anchors.map(({ log_size }) => log_size)).toEqual([5, 4, 3, 2, 1]);
    for (const { digests } of anchoring.calendars) expect(new Set(digests).size).toBe(5);
    expect(digests()).toEqual([5, 5, 5]);
  });
});
