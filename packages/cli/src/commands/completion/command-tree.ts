import type { Argument, Command, Option } from 'commander';

/** What can follow an option. */
export type Value = { kind: 'none' } | { kind: 'text' } | { kind: 'file' } | { kind: 'choice'; choices: string[] };

export interface TreeOption {
  /** Such as `-o` and `--output`. */
  flags: string[];
  description: string;
  value: Value;
}

/** A command, as a shell completes it. */
export interface TreeCommand {
  /** Without the program's name: empty for itself, `keys new`. */
  path: string;
  name: string;
  description: string;
  options: TreeOption[];
  commands: TreeCommand[];
  /** What the first argument may be. */
  argument: Value;
}

/** Everything that a program takes. */
export function treeOf(command: Command, path = ''): TreeCommand {
  const help = command.createHelp();
  const commands = help.visibleCommands(command).filter((each) => each.name() !== 'help');
  return {
    path,
    name: command.name(),
    description: command.description(),
    options: help.visibleOptions(command).map(optionOf),
    commands: commands.map((each) => treeOf(each, `${path} ${each.name()}`.trim())),
    argument: argumentOf(command.registeredArguments[0]),
  };
}

/** A command and all below it. */
export function flatten(command: TreeCommand): TreeCommand[] {
  return [command, ...command.commands.flatMap(flatten)];
}

function optionOf(option: Option): TreeOption {
  const flags = [option.short, option.long].filter((flag) => flag !== undefined && flag !== null);
  const takesValue = option.required || option.optional;
  const isFile = /<file>/.test(option.flags);
  const value: Value = takesValue ? { kind: isFile ? 'file' : 'text' } : { kind: 'none' };
  return { flags, description: option.description, value: choicesOf(option) ?? value };
}

function argumentOf(argument: Argument | undefined): Value {
  if (argument === undefined) return { kind: 'none' };
  const isFile = ['file', 'paths', 'certificate'].includes(argument.name());
  return choicesOf(argument) ?? { kind: isFile ? 'file' : 'text' };
}

function choicesOf({ argChoices }: Option | Argument): Value | undefined {
  return argChoices === undefined ? undefined : { kind: 'choice', choices: argChoices };
}
