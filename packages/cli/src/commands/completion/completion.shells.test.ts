import { execFileSync } from 'node:child_process';
import { PassThrough } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import { createProgram } from '../../program.ts';
import { client } from '../../run-artdag.testing.ts';
import { flatten, treeOf } from './command-tree.ts';
import { typedIn, type Shell } from './typed-in.testing.ts';

const nobody = { env: {}, stdin: new PassThrough(), stdout: new PassThrough(), stderr: new PassThrough() };
const commands = flatten(treeOf(createProgram(nobody))).filter(({ path }) => path !== '');
const leaves = commands.filter((command) => command.commands.length === 0);

/** Such as `follow` is not, as there is `following`. */
const unambiguous = commands
  .map(({ path }) => path)
  .filter(
    (path, _, all) => all.filter((each) => isNextTo(each, path) && each.startsWith(path.slice(0, -1))).length === 1,
  );

function isNextTo(one: string, other: string): boolean {
  return one.split(' ').length === other.split(' ').length;
}

const scriptOf = (shell: Shell): string =>
  execFileSync(process.execPath, [client, 'completion', shell], { encoding: 'utf8' });

/** What is typed before the tab, and what the command is started with after it. */
const typed: [string, string[]][] = [
  ['artdag upl', ['upload']],
  ['artdag keys rev', ['keys', 'revoke']],
  ['artdag storage remove mine --f', ['storage', 'remove', 'mine', '--force']],
  ['artdag upload --name login --dr', ['upload', '--name', 'login', '--dry-run']],
  ['artdag verify --network r', ['verify', '--network', 'regtest']],
  ['artdag completion z', ['completion', 'zsh']],
  ['artdag upload pict', ['upload', 'picture.png']],
  ['artdag login --key pict', ['login', '--key', 'picture.png']],
];

describe.each<Shell>(['bash', 'zsh', 'fish'])('%s, on a terminal, with our script', (shell) => {
  it('completes commands, options, their values, and files', () => {
    const lines = typed.map(([line]) => line);
    expect(typedIn(shell, scriptOf(shell), lines)).toEqual(typed.map(([, args]) => args));
  });

  it('completes the last letter of every command', () => {
    const lines = unambiguous.map((path) => `artdag ${path.slice(0, -1)}`);
    expect(typedIn(shell, scriptOf(shell), lines).map((args) => args.join(' '))).toEqual(unambiguous);
  });

  it('completes --json after every command', () => {
    const lines = leaves.map(({ path }) => `artdag ${path} --js`);
    const wanted = leaves.map(({ path }) => [...path.split(' '), '--json']);
    expect(typedIn(shell, scriptOf(shell), lines)).toEqual(wanted);
  });
});
