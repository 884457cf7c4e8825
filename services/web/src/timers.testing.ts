/** What jest is to leave alone where only the clock is to be another one. */
export const timersOfNode = [
  'nextTick',
  'setImmediate',
  'setTimeout',
  'setInterval',
  'clearTimeout',
  'clearInterval',
  'clearImmediate',
  'performance',
  'queueMicrotask',
] as const;
