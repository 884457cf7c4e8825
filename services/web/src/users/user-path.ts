import { segment } from '../gateway/with-query.ts';

export function userPath(username: string): string {
  return `/users/${segment(username)}`;
}
