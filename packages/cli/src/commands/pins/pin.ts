import { formatBytes, formatTable } from '../../format.ts';
import { visible } from '../../terminal.ts';

/** A copy of a work at a provider. */
export interface Pin {
  content_hash: string;
  pin_type: 'cid' | 'object' | 'file';
  ipfs_cid: string | null;
  key?: string;
  path?: string;
  size_bytes: number | null;
  status: string;
  since: string;
  last_checked_at: string | null;
}

/** @param first what each row begins with */
export function formatPins(pins: readonly Pin[], first: { title: string; of: (at: number) => string }): string {
  const rows = pins.map((pin, at) => [
    visible(first.of(at)),
    visible(pin.ipfs_cid ?? pin.key ?? pin.path ?? ''),
    pin.size_bytes === null ? '' : formatBytes(pin.size_bytes),
    `${pin.status} since ${pin.since}`,
    pin.last_checked_at ?? 'never',
  ]);
  return formatTable([[first.title, 'PLACE', 'SIZE', 'STATE', 'CHECKED'], ...rows]);
}
