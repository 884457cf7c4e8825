/** How much of the services' answers waits here for clients that take it slowly, so that they do not keep a connection to the service. */
export interface Unread {
  /** Whether there is room for so many bytes more, beside the `own` of the same answer; then they count. */
  take(bytes: number, own: number): boolean;
  giveBack(bytes: number): void;
}

/** A long page of a list fits; a stream does not, and is held back. */
const perAnswerBytes = 512 * 1024;
const totalBytes = 64 * 1024 * 1024;

export function createUnread(): Unread {
  let held = 0;
  return {
    take(bytes, own) {
      if (own + bytes > perAnswerBytes || held + bytes > totalBytes) return false;
      held += bytes;
      return true;
    },
    giveBack(bytes) {
      held -= bytes;
    },
  };
}
