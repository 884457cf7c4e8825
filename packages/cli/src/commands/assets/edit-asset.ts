import { randomUUID } from 'node:crypto';
import { assetPath } from '../../asset-path.ts';
import { callAsUser } from '../../call-as-user.ts';
import { CliError } from '../../cli-error.ts';
import { print, printJson, type Terminal } from '../../terminal.ts';

export interface EditAssetOptions {
  tag?: string[];
  /** False of `--no-tags`. */
  tags: boolean;
  description?: string;
  url?: string;
  ipfsCid?: string;
  metadata?: string;
  visibility?: 'public' | 'unlisted';
  json?: boolean;
}

interface ChangedAsset {
  name: string;
  /** The signed `Update`; null when nothing changed. */
  activity: { id: string } | null;
}

/** Changes what is said of an asset of the caller's, by a signed `Update`. */
export async function editAsset(terminal: Terminal, name: string, options: EditAssetOptions): Promise<void> {
  const body = patchOf(options);
  if (Object.keys(body).length === 0) {
    throw new CliError(
      'say what to change: --tag, --no-tags, --description, --url, --ipfs-cid, --metadata or --visibility.',
    );
  }
  const idempotencyKey = randomUUID();
  const changed = await callAsUser<ChangedAsset>(terminal, {
    method: 'PATCH',
    path: assetPath(name),
    body,
    idempotencyKey,
  });
  if (options.json) return printJson(terminal, changed);
  if (changed.activity === null) return print(terminal, `${changed.name} is so already; nothing was claimed.`);
  print(terminal, `Changed ${changed.name}.`);
  print(terminal, `claim     ${changed.activity.id}`);
}

function patchOf(options: EditAssetOptions): Record<string, unknown> {
  const { tag, tags, description, url, ipfsCid: ipfs_cid, metadata, visibility } = options;
  const texts = Object.entries({ description, url, ipfs_cid }).filter(([, text]) => text !== undefined);
  return {
    ...(tags ? {} : { tags: [] }),
    ...(tag === undefined ? {} : { tags: tag }),
    ...Object.fromEntries(texts.map(([member, text]) => [member, text === '' ? null : text])),
    ...(metadata === undefined ? {} : { metadata: metadataOf(metadata) }),
    ...(visibility === undefined ? {} : { visibility }),
  };
}

function metadataOf(text: string): unknown {
  if (text === '') return null;
  try {
    return JSON.parse(text);
  } catch {
    throw new CliError(`--metadata wants an object in JSON, such as '{"seed":42}'.`);
  }
}
