import { createHash } from 'node:crypto';

let serial = 0;

/** JSON of an asset whose name and hash nobody has. */
export function newAsset(): string {
  serial += 1;
  const hash = createHash('sha3-256').update(`${process.pid}-${serial}`).digest('hex');
  return JSON.stringify({
    name: `bench-${process.pid}-${serial}`,
    content_hash: hash,
    asset_type: 'image',
    tags: ['bench', 'art'],
  });
}
