import { userRegistered } from '@artdag/events';

/** A `user-registered` with the given id. */
export function registration(id: string) {
  return userRegistered.create({
    id,
    occurred_at: '2026-01-10T12:00:00Z',
    subject: `user:${id}`,
    subject_version: 1,
    data: { actor_id: `user:${id}`, username: 'ada', actor_type: 'human', display_name: null, method: 'password' },
  });
}

/** `evt_0000` and so on. */
export const eventIds = (count: number): string[] =>
  Array.from({ length: count }, (_, n) => `evt_${String(n).padStart(5, '0')}`);
