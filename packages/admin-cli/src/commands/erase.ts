import type { Command } from 'commander';
import { confirm } from '../ask.ts';
import { CliError } from '../cli-error.ts';
import { contextOf } from '../context.ts';
import { withService } from '../service-client.ts';
import type { Terminal } from '../terminal.ts';

interface Options {
  activity?: string;
  content?: string;
  reason?: string;
  yes?: boolean;
}

interface FoundAsset {
  asset_id: string;
  owner: string;
  content_hash: string;
  claims: number;
  deleted_at: string | null;
}

interface ErasedAsset {
  asset_id: string;
  erased_at: string;
  erased_activities: number;
  /** URL of the signed Delete; null when none could be signed. */
  deletion: string | null;
}

/** `erase`: what people wrote about an asset, wherever we hold it. */
export function addEraseCommand(program: Command, terminal: Terminal): void {
  program
    .command('erase')
    .description('erase what people wrote about an asset, for good; its place in the log and its proofs stay')
    .argument('[name]', "the asset's name")
    .option('--activity <uuid>', 'instead: the asset that this claim is about')
    .option('--content <hash>', 'instead: every asset of this content')
    .option('--reason <text>', 'for the audit log, without what is to be erased')
    .option('--yes', 'do not ask')
    .action(async (name: string | undefined, options: Options, command: Command) => {
      const { client: auth, print } = contextOf(terminal, command);
      const wanted = wantedOf(name, options);
      const erased = await withService(terminal.env, 'asset-registry', async (registry) => {
        const { assets } = await registry.post<{ assets: FoundAsset[] }>('/erase/look-up', wanted);
        if (assets.length > 0 && options.yes !== true) await confirm(terminal, questionOf(assets));
        const done: ErasedAsset[] = [];
        for (const { asset_id } of assets) {
          // By its id: the audit log must not keep the name.
          const reason = options.reason === undefined ? {} : { reason: options.reason };
          await auth().post('/notes', { action: 'asset.erased', target: asset_id, options: reason });
          done.push(await registry.post<ErasedAsset>('/erase', { asset_id }));
        }
        return done;
      });
      print({ erased }, erased.length === 0 ? 'It is erased already.' : erased.map(lineOf).join('\n'));
    });
}

function wantedOf(name: string | undefined, { activity, content }: Options): Record<string, string> {
  const given = Object.entries({ name, activity, content_hash: content }).filter(
    (entry): entry is [string, string] => entry[1] !== undefined,
  );
  if (given.length === 1) return Object.fromEntries(given);
  throw new CliError('Say which asset, in one way: by its name, by --activity or by --content.');
}

function questionOf(assets: readonly FoundAsset[]): string {
  const lines = assets.map(
    ({ asset_id, owner, content_hash, claims, deleted_at }) =>
      `${asset_id} of ${owner}: ${claims} claims on ${content_hash}${deleted_at === null ? '' : `, deleted ${deleted_at}`}`,
  );
  return `${lines.join('\n')}\nWhat others have received cannot be taken back from them. Erase what we hold?`;
}

function lineOf({ asset_id, erased_activities, deletion }: ErasedAsset): string {
  const told = deletion === null ? 'No Delete could be signed for its owner' : `Followers are told by ${deletion}`;
  return `${asset_id} is erased, with the texts of ${erased_activities} claims. ${told}.`;
}
