import { beforeEach, describe, expect, it } from '@jest/globals';
import { quietLogger } from '@artdag/testing';
import { createL1Directory, type L1Directory } from './l1-directory.ts';
import type { L1ServerRow } from './l1-server.ts';

const url = 'https://l1.example';
const row = (status: L1ServerRow['status']): L1ServerRow => ({
  ...{ url, name: null, status, publicKeyPem: null, lastSeenAt: null, added: false },
});

let nowMs = 0;
let rows: L1ServerRow[] | 'away' = [];
let directory: L1Directory;
const find = async () => (await directory.look(url))?.status;

beforeEach(async () => {
  [nowMs, rows] = [0, [row('active')]];
  directory = createL1Directory({
    configured: [url],
    rows: () => (rows === 'away' ? Promise.reject(new Error('away')) : Promise.resolve(rows)),
    now: () => nowMs,
    logger: quietLogger(),
  });
  await find();
});

describe('the list of L1s', () => {
  it('is a second old at most', async () => {
    rows = [row('disabled')];
    nowMs = 999;
    expect(await find()).toBe('active');
    nowMs = 1000;
    expect(await find()).toBe('disabled');
  });

  it('goes on for a minute without the database, and no longer: an L1 may have been disabled meanwhile', async () => {
    rows = 'away';
    for (nowMs = 1000; nowMs < 60_000; nowMs += 1000) expect(await find()).toBe('active');
    await expect(find()).rejects.toThrow('away');
    nowMs += 1000;
    await expect(find()).rejects.toThrow('away');
    rows = [row('active')];
    expect(await find()).toBe('active');
  });

  it('is not used any more once it is known to have changed, with or without the database', async () => {
    rows = 'away';
    directory.forget();
    await expect(find()).rejects.toThrow('away');
    rows = [row('disabled')];
    expect(await find()).toBe('disabled');
  });
});
