import { createKeyFiles, exportKeys, importKeys, type MovedSet, type MoveKeysDeps } from '@artdag/actor-keys';
import { isConnectionFailure } from '@artdag/service-kit';
import type { Command } from 'commander';
import type { AdminClient } from '../admin-client.ts';
import { CliError } from '../cli-error.ts';
import { contextOf } from '../context.ts';
import { dataFolderOf } from '../data-folder.ts';
import { withKeyDatabase } from '../key-database.ts';
import type { Terminal } from '../terminal.ts';

interface MoveOptions {
  dataDir?: string;
  user?: string;
  remove?: boolean;
}

type Move = typeof importKeys;

/** `keys import|export`: straight between the folder and the database, so that private keys travel sealed or not at all. */
export function addMoveKeys(group: Command, terminal: Terminal): void {
  addMove(group, terminal, {
    name: 'import',
    does: "bring key files into the database, for KEY_STORE=database; a private key must be the published key's",
    move: importKeys,
  });
  addMove(group, terminal, {
    name: 'export',
    does: 'write the private keys of the database as key files, for KEY_STORE=file',
    move: exportKeys,
  });
}

function addMove(group: Command, terminal: Terminal, o: { name: string; does: string; move: Move }): void {
  group
    .command(o.name)
    .description(o.does)
    .option('--data-dir <folder>', 'the folder with keys/ in it (default: ARTDAG_DATA)')
    .option('--user <handle>', "only this user's (default: everybody's)")
    .option('--remove', 'delete the copy that they came from, once what was written has been read back')
    .action(async (options: MoveOptions, command: Command) => {
      const { client, print } = contextOf(terminal, command);
      await note(terminal, client, { action: `actor_keys.${o.name}ed`, options });
      const files = createKeyFiles(dataFolderOf(terminal.env, options.dataDir));
      const sets = await withKeyDatabase(terminal.env, (database) => moveAll(o.move, { ...database, files }, options));
      print({ sets }, sets.length === 0 ? 'There are none.' : sets.map(describe).join('\n'));
      const refused = sets.filter(({ outcome }) => outcome === 'refused').length;
      if (refused > 0) throw new CliError(`${refused} of ${sets.length} sets were refused and left as they were.`);
    });
}

/** Keys are moved where no service runs, too: then there is no audit log to write to, and that is said. */
async function note(
  terminal: Terminal,
  client: () => AdminClient,
  { action, options: { user, remove } }: { action: string; options: MoveOptions },
): Promise<void> {
  try {
    await client().post('/notes', { action, target: user, options: { remove: remove === true } });
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    terminal.stderr.write(`Not in the audit log: ${error.message}\n`);
  }
}

async function moveAll(move: Move, deps: MoveKeysDeps, o: MoveOptions): Promise<MovedSet[]> {
  try {
    return await move(deps, { username: o.user, remove: o.remove === true });
  } catch (error) {
    if (isConnectionFailure(error)) throw new CliError('PostgreSQL cannot be reached. Correct DATABASE_URL.');
    throw error;
  }
}

const words: Record<MovedSet['outcome'], string> = {
  moved: 'done',
  waiting: 'waits for the actor to get its keys',
  unchanged: 'nothing to do',
  refused: 'REFUSED',
};

function describe({ username, outcome, detail }: MovedSet): string {
  return `${username}: ${words[outcome]}${detail === undefined ? '' : `: ${detail}`}`;
}
