import type { Command } from 'commander';
import type { Terminal } from '../terminal.ts';
import { addRevocationCommands } from './l1-revocations.ts';
import { addServerCommands } from './l1-servers.ts';

/** `l1 list|add|set-status|set-key|remove|revocations|retry`. */
export function addL1Commands(program: Command, terminal: Terminal): void {
  const group = program.command('l1').description('the L1 servers (renderers), and what they are still to be told');
  addServerCommands(group, terminal);
  addRevocationCommands(group, terminal);
}
