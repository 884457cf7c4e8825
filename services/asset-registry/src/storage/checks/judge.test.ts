import { describe, expect, it } from '@jest/globals';
import { judge, type CheckResult, type PinState } from './judge.ts';

const start: PinState = {
  status: 'unknown',
  status_since: new Date(0),
  suspected: null,
  suspected_since: null,
};

/** Statuses after each of some checks, at minutes 1, 2, 3, …, with since when and where a change was seen. */
function course(results: CheckResult[]): string[] {
  let state = start;
  return results.map((result, i) => {
    const verdict = judge(state, result, new Date((i + 1) * 60_000));
    ({ state } = verdict);
    return `${state.status} since ${state.status_since.getTime() / 60_000}${verdict.isChange ? '!' : ''}`;
  });
}

describe('the status of a pin', () => {
  it.each<[CheckResult[], string[]]>([
    [
      ['present', 'present'],
      ['present since 1!', 'present since 1'],
    ],
    [
      ['present', 'missing', 'missing', 'missing'],
      ['present since 1!', 'present since 1', 'missing since 2!', 'missing since 2'],
    ],
    [
      ['present', 'missing', 'present', 'missing', 'present'],
      Array.from({ length: 5 }, (_, i) => `present since 1${i === 0 ? '!' : ''}`),
    ],
    [
      ['present', 'unreachable', 'unreachable', 'unreachable'],
      Array.from({ length: 4 }, (_, i) => `present since 1${i === 0 ? '!' : ''}`),
    ],
    [
      ['present', 'missing', 'unreachable', 'missing'],
      ['present since 1!', 'present since 1', 'present since 1', 'missing since 2!'],
    ],
    [
      ['present', 'missing', 'changed', 'changed'],
      ['present since 1!', 'present since 1', 'present since 1', 'changed since 3!'],
    ],
    [
      ['missing', 'missing', 'present'],
      ['unknown since 0', 'missing since 1!', 'present since 3!'],
    ],
    [
      ['missing', 'missing', 'unreachable', 'missing'],
      ['unknown since 0', 'missing since 1!', 'missing since 1', 'missing since 1'],
    ],
    [
      ['missing', 'missing', 'changed', 'changed'],
      ['unknown since 0', 'missing since 1!', 'missing since 1', 'changed since 3!'],
    ],
    [
      ['missing', 'missing', 'changed', 'missing', 'changed'],
      ['unknown since 0', 'missing since 1!', 'missing since 1', 'missing since 1', 'missing since 1'],
    ],
    [
      ['pending', 'pending', 'present'],
      ['unknown since 0', 'unknown since 0', 'present since 3!'],
    ],
    [
      ['unsupported', 'present'],
      ['unsupported since 1!', 'present since 2!'],
    ],
    [['unreachable'], ['unknown since 0']],
  ])('after %j', (results, statuses) => {
    expect(course(results)).toEqual(statuses);
  });
});
