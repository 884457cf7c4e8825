import { callApi } from '../../api.ts';
import { assetPath } from '../../asset-path.ts';
import { formatTable } from '../../format.ts';
import { print, printJson, visible, type Terminal } from '../../terminal.ts';
import { visitorOf } from '../../visitor.ts';

export interface ShowAssetOptions {
  server?: string;
  json?: boolean;
}

interface ShownAsset {
  name: string;
  content_hash: string;
  asset_type: string;
  tags: string[];
  owner: string;
  owner_id: string;
  url: string | null;
  ipfs_cid: string | null;
  description: string | null;
  visibility: string;
  object_id: string;
  activity_url: string;
  created_at: string;
  updated_at: string;
  made_from: { name: string }[];
  used_in: { name: string }[];
}

/** Shows an asset to anybody, and to its owner as its owner. */
export async function showAsset(terminal: Terminal, name: string, options: ShowAssetOptions): Promise<void> {
  const { server, credential } = await visitorOf(terminal, options.server);
  const asset = await callApi<ShownAsset>(server, { path: assetPath(name), credential });
  if (options.json) return printJson(terminal, asset);
  const rows = rowsOf(asset).filter(([, text]) => text !== '');
  print(terminal, `${asset.name} (${asset.asset_type})`);
  print(terminal, formatTable(rows.map(([title = '', text = '']) => [title, visible(text)])));
}

function rowsOf(asset: ShownAsset): string[][] {
  return [
    ['owner', `${asset.owner}  ${asset.owner_id}`],
    ['sha3-256', asset.content_hash],
    ['registered', asset.created_at],
    ['changed', asset.updated_at === asset.created_at ? '' : asset.updated_at],
    ['tags', asset.tags.join(', ')],
    ['description', asset.description ?? ''],
    ['url', asset.url ?? ''],
    ['ipfs', asset.ipfs_cid ?? ''],
    ['visibility', asset.visibility === 'public' ? '' : asset.visibility],
    ['made from', namesOf(asset.made_from)],
    ['used in', namesOf(asset.used_in)],
    ['claim', asset.activity_url],
    ['object', asset.object_id],
  ];
}

function namesOf(assets: { name: string }[]): string {
  return assets.map(({ name }) => name).join(', ');
}
