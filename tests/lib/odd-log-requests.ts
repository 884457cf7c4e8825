/*
 * What follows a good beginning in requests of a log of 300 leaves, and makes them bad.
 */

/** No number, or one that nothing has. */
// prettier-ignore
export const oddNumbers = [
  '-1', '-0', '+1', '00', '01', '0300', '300.0', '3e2', '0x12c', '1_000', ' 300', '%20300', '300%20', '300%0a', '٣٠٠', '%D9%A3%D9%A0%D9%A0',
  'NaN', 'Infinity', 'null', 'undefined', 'true', '[]', '{}', '1;DROP TABLE log_entries', "1'--", '%27', '$1', '*', '..', '%2e%2e',
  '9007199254740991', '9007199254740992', '9223372036854775807', '9223372036854775808', '1'.repeat(400), '301', '299', '0', '%00', '300%00',
  '%FF', '%C0%AF', '%', '%3', '%zz', '300%2F', '%2f300',
];

// prettier-ignore
export const oddLimits = [
  '-1', '0', '101', '1.5', '1e9', 'x', '%00', '%FF', '1'.repeat(400), '1&limit=1',
];

/** Not of a signed tree of 300 leaves: too wide, too far, too high; then other spellings of tiles that there are. */
// prettier-ignore
export const oddTiles = [
  '0/001', '0/001.p/45', '0/001.p/255', '0/002.p/1', '1/000', '1/000.p/2', '1/001.p/1', '2/000.p/1', '63/000.p/1', 'entries/001',
  'entries/001.p/45', '0/000.p/0', '0/000.p/256', '0/000.p/257', '0/000.p/-1', '0/000.p/01', '0/000.p/1e1', '0/000.p/', '0/000.p',
  '0/000.p/44/1', '0/000.p/4 4', '64/000', '99/000', '100/000', '-1/000', '+0/000', '00/000', '0x0/000', 'a/000', '/000', '0//000', '٠/000',
  '0/0', '0/00', '0/0000', '0/-01', '0/ 00', '0/x000/000', '0/000/000', '0/x001', '0/X001/000', '0/x1/000', '0/x001/x000', '0/x00a/000',
  '0/x999/x999/x999/x999/x999/x999/999', `0/${'x999/'.repeat(300)}999`, '0/x009/x007/x199/x254/x740/992', '0/x009/x223/x372/x036/x854/x775/807',
  'data/000', 'Entries/000', 'entries/0', 'entries/000.p/256', 'entries', 'entries/', '', '/', '0', '0/', '8/0/000', '0/000%00', '0/000%2e',
  '0%2F000', '0/000.p%2F44', '..%2fcheckpoint', '../checkpoint', './0/000', '0/../0/000', '0/000/', '0/000#', '0/000;a=b', '0/%30%30%30%20',
  '%FF/000', '0/%', "0/000' OR 1=1", '0/000.p/44%0d%0aX: y',
];

// prettier-ignore
export const oddHashes = [
  '0'.repeat(63), '0'.repeat(64), '0'.repeat(65), 'g'.repeat(64), '', '%00', `${'0'.repeat(63)}%00`, '%FF'.repeat(32), `0x${'0'.repeat(62)}`,
  'a'.repeat(8_000), '..', '%2e%2e', '../checkpoint', `sha256:${'0'.repeat(64)}`, '%', '*', "'",
];

// prettier-ignore
export const oddQueries = [
  'size=', 'size=-1', 'size=01', 'size=1e3', 'size=x', 'size=300.0', 'size=%00', 'size=300&size=300', 'size=%FF', 'size=9007199254740992',
  'size=301', 'size=0', `size=${'1'.repeat(2_000)}`,
];
