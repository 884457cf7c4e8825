import { describe, expect, it } from '@jest/globals';
import { createGate } from './gate.ts';

describe('a gate', () => {
  it('lets so many in, keeps so many waiting in order, and sends the rest away', async () => {
    const gate = createGate(2, 2);
    const order: string[] = [];
    const enter = (name: string) => gate.enter()?.then(() => order.push(name)) ?? null;
    const entries = ['a', 'b', 'c', 'd', 'e'].map(enter);
    await new Promise(setImmediate);
    expect(order).toEqual(['a', 'b']);
    expect(entries[4]).toBeNull();
    gate.leave();
    await new Promise(setImmediate);
    expect(order).toEqual(['a', 'b', 'c']);
    gate.leave();
    gate.leave();
    gate.leave();
    await new Promise(setImmediate);
    expect(order).toEqual(['a', 'b', 'c', 'd']);
    await gate.enter();
    await gate.enter();
    expect(gate.enter()).not.toBeNull();
  });
});
