import { callAsUser } from '../../call-as-user.ts';
import { formatTable } from '../../format.ts';
import { print, printJson, type Terminal } from '../../terminal.ts';

export interface ListAssetsOptions {
  owner?: string;
  type?: string;
  tag?: string[];
  query?: string;
  limit: string;
  cursor?: string;
  json?: boolean;
}

interface AssetPage {
  assets: { name: string; asset_type: string; owner: string; content_hash: string; created_at: string }[];
  total: number;
  next_cursor: string | null;
}

function queryOf(options: ListAssetsOptions): URLSearchParams {
  const query = new URLSearchParams({ limit: options.limit });
  const fields = { owner: options.owner, asset_type: options.type, q: options.query, cursor: options.cursor };
  for (const [key, value] of Object.entries(fields)) if (value !== undefined) query.append(key, value);
  for (const tag of options.tag ?? []) query.append('tag', tag);
  return query;
}

/** Lists registered assets, the newest first. */
export async function listAssets(terminal: Terminal, options: ListAssetsOptions): Promise<void> {
  const page = await callAsUser<AssetPage>(terminal, { path: `/assets?${queryOf(options).toString()}` });
  if (options.json) return printJson(terminal, page);
  const rows = page.assets.map((asset) => [
    asset.name,
    asset.asset_type,
    asset.owner,
    `${asset.content_hash.slice(0, 16)}…`,
    asset.created_at,
  ]);
  print(terminal, formatTable([['NAME', 'TYPE', 'OWNER', 'SHA3-256', 'REGISTERED'], ...rows]));
  if (page.next_cursor)
    print(terminal, `${page.assets.length} of ${page.total}. More: artdag assets --cursor ${page.next_cursor}`);
}
