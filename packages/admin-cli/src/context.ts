import { userInfo } from 'node:os';
import type { Command } from 'commander';
import { createAdminClient, type AdminClient } from './admin-client.ts';
import type { Terminal } from './terminal.ts';

interface GlobalOptions {
  json?: boolean;
  as?: string;
}

/** What a command has at hand. */
export interface Context {
  terminal: Terminal;
  client: () => AdminClient;
  /** Prints the whole answer with `--json`, else what is for people. */
  print(answer: unknown, text: string): void;
}

export function contextOf(terminal: Terminal, command: Command): Context {
  const { json, as } = command.optsWithGlobals<GlobalOptions>();
  return {
    terminal,
    client: () => createAdminClient(terminal.env, as ?? systemUser()),
    print: (answer, text) => void terminal.stdout.write(`${json === true ? JSON.stringify(answer) : text}\n`),
  };
}

/** A user id without an entry in the passwd file has no name. */
function systemUser(): string {
  try {
    return userInfo().username;
  } catch {
    return `uid ${process.getuid?.() ?? '?'}`;
  }
}
