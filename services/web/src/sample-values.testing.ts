/** What answers of the API have in common. */

export const hash = 'c0ffee'.padEnd(64, '0123456789abcdef');
export const root = 'feed'.padEnd(64, '0');
export const uuid = '3ffda797-e248-4a7d-a6d3-2228aa897765';
export const at = '2026-11-29T05:35:18.000Z';
