import type { Shared } from '../part.ts';
import { createChallengeRepository, type ChallengeRepository } from './challenge.repository.ts';

/** The challenges that every proof of a key answers, for the other parts that take one. */
export function createChallenges({ database }: Pick<Shared, 'database'>): ChallengeRepository {
  return createChallengeRepository(database);
}
