/** Every limit of credentials.md §6 out of the way: a whole suite of tests comes from one address. */
export const noLimits: Record<string, string> = Object.fromEntries(
  'KEYS SESSION ANONYMOUS ACTOR AGENT BATCH VERIFY INBOX LOG RECORD_RUN REMOTE_FOLLOW STORAGE_TEST'
    .split(' ')
    .map((name) => [`RATE_LIMIT_${name}`, 'off']),
);
