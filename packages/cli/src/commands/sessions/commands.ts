import type { Command } from 'commander';
import type { Terminal } from '../../terminal.ts';
import { endSession, type EndSessionOptions } from './end-session.ts';
import { listSessions, type ListSessionsOptions } from './list-sessions.ts';

/** `artdag sessions …` */
export function addSessionsCommands(program: Command, terminal: Terminal): void {
  const sessions = program.command('sessions').description('list and end the sessions of your account');
  sessions
    .command('list')
    .description('list your live sessions')
    .option('--json', 'print the answer of the server')
    .action((options: ListSessionsOptions) => listSessions(terminal, options));
  sessions
    .command('end [session]')
    .description('end a session, by its id')
    .option('--others', 'end all but the one of this login')
    .option('--json', 'print what was ended')
    .action((id: string | undefined, options: EndSessionOptions) => endSession(terminal, id, options));
}
