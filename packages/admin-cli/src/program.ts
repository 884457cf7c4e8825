import { Command } from 'commander';
import { addActorCommands } from './commands/actors.ts';
import { addCredentialCommands } from './commands/credentials.ts';
import { addDrainCommands } from './commands/drain.ts';
import { addEraseCommand } from './commands/erase.ts';
import { addFederationCommands } from './commands/federation.ts';
import { addKeyCommands } from './commands/keys.ts';
import { addL1Commands } from './commands/l1.ts';
import { addMigrateCommands } from './commands/migrate.ts';
import { addOrgCommands } from './commands/orgs.ts';
import { addRecoverIdentityCommand } from './commands/recover-identity.ts';
import { addServiceKeysCommand } from './commands/service-keys.ts';
import type { Terminal } from './terminal.ts';
import { version } from './version.ts';

/** The whole command line of `artdag-admin`; commander throws instead of ending the process. */
export function createProgram(terminal: Terminal): Command {
  const program = new Command('artdag-admin')
    .description(
      'Run an Art DAG L2: accounts, organisations, keys, tokens, erasures, federation, renderers, migrations.',
    )
    .version(version)
    .option('--json', 'print the whole answer as one line of JSON')
    .option('--as <name>', 'your name for the audit log (default: your name on this system)')
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({
      writeOut: (text) => terminal.stdout.write(text),
      writeErr: (text) => terminal.stderr.write(text),
    })
    .exitOverride();
  // Subcommands take over what is set before they are added.
  addMigrateCommands(program, terminal);
  addServiceKeysCommand(program, terminal);
  addKeyCommands(program, terminal);
  addCredentialCommands(program, terminal);
  addActorCommands(program, terminal);
  addOrgCommands(program, terminal);
  addRecoverIdentityCommand(program, terminal);
  addEraseCommand(program, terminal);
  addFederationCommands(program, terminal);
  addL1Commands(program, terminal);
  addDrainCommands(program, terminal);
  return program;
}
