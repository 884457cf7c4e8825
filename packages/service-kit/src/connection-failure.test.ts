import { describe, expect, it } from '@jest/globals';
import { isConnectionFailure } from './connection-failure.ts';

const coded = (code: string): Error => Object.assign(new Error('x'), { code });

describe('isConnectionFailure', () => {
  it.each<[string, unknown]>([
    ['a refused connection', coded('ECONNREFUSED')],
    ['PostgreSQL shutting down', coded('57P01')],
    ['a PostgreSQL connection exception', coded('08006')],
    ['Prisma without a database', coded('P1001')],
    ['a driver adapter error', Object.assign(new Error('x'), { cause: { kind: 'DatabaseNotReachable' } })],
    ['a pg pool that waited too long', new Error('timeout exceeded when trying to connect')],
    ['a cut pg connection', new Error('Connection terminated unexpectedly')],
    ['a Redis command that timed out', new Error('Command timed out')],
    ['a closed Redis connection', new Error('Connection is closed.')],
    ['fetch to a closed port', new TypeError('fetch failed', { cause: coded('ECONNREFUSED') })],
    ['all addresses refused', new AggregateError([coded('ECONNREFUSED')], '')],
  ])('knows %s', (_what, error) => {
    expect(isConnectionFailure(error)).toBe(true);
  });

  it.each<[string, unknown]>([
    ['a unique violation', coded('23505')],
    ['a missing row in Prisma', coded('P2025')],
    ['a bug', new TypeError('x is not a function')],
    ['nothing', undefined],
    ['a text', 'ECONNREFUSED'],
  ])('does not take %s for one', (_what, error) => {
    expect(isConnectionFailure(error)).toBe(false);
  });

  it('survives a circle of causes', () => {
    const error = new Error('x');
    error.cause = error;
    expect(isConnectionFailure(error)).toBe(false);
  });
});
