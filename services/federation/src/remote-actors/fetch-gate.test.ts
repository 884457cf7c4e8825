import { describe, expect, it } from '@jest/globals';
import { createFetchGate, FetchesBusyError } from './fetch-gate.ts';

/** A gate with a fetch that ends when told. */
function gateOf(o: { waiting: number; waitMs?: number }) {
  const gate = createFetchGate({ total: 3, perHost: 2, waitMs: 10_000, ...o });
  const begun: { host: string; end: () => void; fail: () => void }[] = [];
  const fetch = (host: string): Promise<string> =>
    gate(
      host,
      () =>
        new Promise<string>((resolve, reject) =>
          begun.push({ host, end: () => resolve(host), fail: () => reject(new Error('no answer')) }),
        ),
    );
  return { fetch, begun, hosts: () => begun.map(({ host }) => host) };
}
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('fetches for strangers', () => {
  it('are bounded per host and in all, and the next begins when one has ended, however it ended', async () => {
    const { fetch, begun, hosts } = gateOf({ waiting: 10 });
    const [first, second, ...others] = ['a', 'a', 'a', 'b', 'b', 'c'].map(fetch);
    await settled();
    expect(hosts()).toEqual(['a', 'a', 'b']);
    begun[0]?.end();
    expect(await first).toBe('a');
    expect(hosts()).toEqual(['a', 'a', 'b', 'a']);
    begun[1]?.fail();
    await expect(second).rejects.toThrow('no answer');
    expect(hosts()).toEqual(['a', 'a', 'b', 'a', 'b']);
    for (let i = 2; i < 6; i += 1) {
      begun[i]?.end();
      await settled();
    }
    expect(await Promise.all(others)).toEqual(['a', 'b', 'b', 'c']);
  });

  it('are refused at once when enough of them wait', async () => {
    const { fetch, begun } = gateOf({ waiting: 1 });
    const three = ['a', 'a', 'a'].map(fetch);
    await expect(fetch('a')).rejects.toBeInstanceOf(FetchesBusyError);
    for (let i = 0; i < 3; i += 1) {
      begun[i]?.end();
      await settled();
    }
    expect(await Promise.all(three)).toEqual(['a', 'a', 'a']);
  });

  it('do not wait longer than they may, and one that gave up takes nobody’s turn', async () => {
    const { fetch, begun, hosts } = gateOf({ waiting: 5, waitMs: 20 });
    const two = ['a', 'a'].map(fetch);
    await expect(fetch('a')).rejects.toBeInstanceOf(FetchesBusyError);
    for (const each of begun.slice()) each.end();
    await Promise.all(two);
    expect(hosts()).toEqual(['a', 'a']);
    const next = fetch('a');
    begun[2]?.end();
    expect(await next).toBe('a');
  });
});
