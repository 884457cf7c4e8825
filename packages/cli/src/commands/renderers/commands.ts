import type { Command } from 'commander';
import type { Terminal } from '../../terminal.ts';
import { detachRenderer, listRenderers, type RenderersOptions } from './renderers.ts';

/** `artdag renderers …` */
export function addRenderersCommands(program: Command, terminal: Terminal): void {
  const renderers = program.command('renderers').description('the rendering servers (L1) of the server, and you there');
  renderers
    .command('list')
    .description('list them, and where you are attached')
    .option('--json', 'print the answer of the server')
    .action((options: RenderersOptions) => listRenderers(terminal, options));
  renderers
    .command('detach <url>')
    .description('end what you have at one: its token is dead')
    .option('--json', 'print the answer of the server')
    .action((url: string, options: RenderersOptions) => detachRenderer(terminal, url, options));
}
