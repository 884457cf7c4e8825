import { Command } from 'commander';
import { addAgentsCommands } from './commands/agents/commands.ts';
import { addAssetCommands } from './commands/assets/commands.ts';
import { addCompletionCommand } from './commands/completion/command.ts';
import { addFollowingCommands } from './commands/following/commands.ts';
import { addPinsCommands } from './commands/pins/commands.ts';
import { addRenderersCommands } from './commands/renderers/commands.ts';
import { addSharingCommands } from './commands/sharing/commands.ts';
import { addSessionsCommands } from './commands/sessions/commands.ts';
import { addStorageCommands } from './commands/storage/commands.ts';
import { addTokensCommands } from './commands/tokens/commands.ts';
import { addKeysCommands } from './commands/keys/commands.ts';
import { addLoginCommands } from './commands/login/commands.ts';
import { addRequestCommand } from './commands/request/command.ts';
import { addVerifyCommands } from './commands/verify/command.ts';
import { addWatchCommand } from './commands/watch/command.ts';
import { addUploadCommand } from './commands/upload/command.ts';
import type { Terminal } from './terminal.ts';
import { version } from './version.ts';

/** In the order in which help lists them. */
const commands = [
  addLoginCommands,
  addUploadCommand,
  addAssetCommands,
  addVerifyCommands,
  addWatchCommand,
  addFollowingCommands,
  addSharingCommands,
  addStorageCommands,
  addPinsCommands,
  addRenderersCommands,
  addKeysCommands,
  addAgentsCommands,
  addTokensCommands,
  addSessionsCommands,
  addRequestCommand,
  addCompletionCommand,
];

/**
 * The whole command line of `artdag`. It ends no process: what ends it is thrown, help and version with exit code 0.
 *
 * @param isQuiet whether what is wrong with the command line is left to whoever catches that
 */
export function createProgram(surroundings: Terminal, isQuiet = false): Command {
  const terminal = { ...surroundings, env: { ...surroundings.env } };
  const program = new Command('artdag')
    .exitOverride()
    .configureOutput(isQuiet ? { writeErr: () => {} } : {})
    .description('Register works in an Art DAG L2 ownership registry.')
    .version(version)
    .option(
      '--api-key <key>',
      'use this API key instead of a login; others on this machine may see it, unlike ARTDAG_API_KEY',
    )
    .hook('preAction', (command) => {
      const { apiKey } = command.opts<{ apiKey?: string }>();
      if (apiKey === undefined) return;
      terminal.env['ARTDAG_API_KEY'] = apiKey;
      delete terminal.env['ARTDAG_KEY'];
    });
  for (const add of commands) add(program, terminal);
  return program;
}
