/** An asset that another was made from, or that was made from it. */
export interface LinkedAsset {
  name: string;
  contentHash: string;
  assetType: string;
  owner: string;
  /** Its place in the list. */
  at: string;
}

export type Direction = 'madeFrom' | 'usedIn';

type Find = (
  asset: { id: string; contentHash: string },
  page: { after: string; count: number },
  viewer: string | undefined,
) => Promise<LinkedAsset[]>;

/** By content: assets that are deleted, erased or not the viewer's to see are left out. */
export type LinkFinder = Record<Direction, Find>;

export interface LinkPage {
  assets: LinkedAsset[];
  /** Where the next page goes on; null on the last. */
  next: string | null;
}

export interface LinkQuery {
  asset: { id: string; contentHash: string };
  after: string;
  limit: number;
  viewer: string | undefined;
}

export async function linksOf(
  links: LinkFinder,
  direction: Direction,
  { asset, after, limit, viewer }: LinkQuery,
): Promise<LinkPage> {
  // One more than asked tells whether there is a next page.
  const found = await links[direction](asset, { after, count: limit + 1 }, viewer);
  const assets = found.slice(0, limit);
  return { assets, next: found.length > limit ? (assets.at(-1)?.at ?? null) : null };
}

const positions = { madeFrom: /^[1-9]\d{0,8}$/, usedIn: /^ast_[0-9a-z]{26}$/ };

/** Opaque to clients. */
export function encodeLinkCursor(at: string): string {
  return Buffer.from(at).toString('base64url');
}

/** undefined for what is no cursor of this list. */
export function decodeLinkCursor(direction: Direction, cursor: string): string | undefined {
  const at = Buffer.from(cursor, 'base64url').toString('latin1');
  return positions[direction].test(at) ? at : undefined;
}
