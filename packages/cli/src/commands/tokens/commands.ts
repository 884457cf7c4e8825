import { Option, type Command } from 'commander';
import { repeatable } from '../../repeatable.ts';
import type { Terminal } from '../../terminal.ts';
import { listTokens, type ListTokensOptions } from './list-tokens.ts';
import { newToken, type NewTokenOptions } from './new-token.ts';
import { revokeToken, type RevokeTokenOptions } from './revoke-token.ts';

/** `artdag tokens …` */
export function addTokensCommands(program: Command, terminal: Terminal): void {
  const tokens = program.command('tokens').description('make, list and revoke tokens and API keys for programs');
  tokens
    .command('list')
    .description('list your tokens and API keys')
    .option('--all', 'with those that have ended')
    .option('--json', 'print both lists')
    .action((options: ListTokensOptions) => listTokens(terminal, options));
  tokens
    .command('new <label>')
    .description('make a token, or an API key, and print it this once; a login by password is needed')
    .addOption(
      new Option('--kind <kind>', 'a token, or an API key, which may last for good')
        .choices(['token', 'api-key'])
        .default('token'),
    )
    .option('--scope <scope>', 'what it may do, such as read:* or assets:create; may be repeated', repeatable)
    .option('--expires <span>', 'how long it lives, such as 12h or 90d (default: a token 1d, an API key for good)')
    .option('--org <id>', 'the organisation in which a token acts')
    .option('--json', 'print the answer of the server')
    .action((label: string, options: NewTokenOptions) => newToken(terminal, label, options));
  tokens
    .command('revoke <id>')
    .description('end a token or an API key, by its id')
    .option('--json', 'print what was revoked')
    .action((id: string, options: RevokeTokenOptions) => revokeToken(terminal, id, options));
}
