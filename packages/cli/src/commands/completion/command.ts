import { Argument, type Command } from 'commander';
import { print, printJson, type Terminal } from '../../terminal.ts';
import { bashScript } from './bash.ts';
import { treeOf, type TreeCommand } from './command-tree.ts';
import { fishScript } from './fish.ts';
import { zshScript } from './zsh.ts';

const scripts: Record<string, (tree: TreeCommand) => string> = { bash: bashScript, zsh: zshScript, fish: fishScript };

const help = `
For this shell:      source <(artdag completion bash)
For every new one, a line in its start-up file:
  ~/.bashrc                   source <(artdag completion bash)
  ~/.zshrc, after compinit    source <(artdag completion zsh)
  ~/.config/fish/config.fish  artdag completion fish | source`;

/** `artdag completion SHELL` prints what a shell reads to complete this very program. */
export function addCompletionCommand(program: Command, terminal: Terminal): void {
  program
    .command('completion')
    .description('print a script by which bash, zsh or fish completes what you type')
    .addArgument(new Argument('<shell>', 'the shell').choices(Object.keys(scripts)))
    .option('--json', 'print shell and script as JSON')
    .addHelpText('after', help)
    .action((shell: string, options: { json?: boolean }) => {
      const script = scripts[shell]?.(treeOf(program)) ?? '';
      if (options.json) printJson(terminal, { shell, script });
      else print(terminal, script.trimEnd());
    });
}
