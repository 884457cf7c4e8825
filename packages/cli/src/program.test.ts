import { execFileSync } from 'node:child_process';
import { PassThrough } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import type { Command } from 'commander';
import { createProgram } from './program.ts';
import { client, runArtdag } from './run-artdag.testing.ts';

const terminal = { env: {}, stdin: new PassThrough(), stdout: new PassThrough(), stderr: new PassThrough() };
const program = createProgram(terminal);

function leavesOf(command: Command, path = ''): [string, Command][] {
  if (command.commands.length === 0) return [[path.trim(), command]];
  return command.commands.flatMap((each) => leavesOf(each, `${path} ${each.name()}`));
}

const leaves = leavesOf(program);

describe('every command', () => {
  it.each(leaves)('has --json: %s', (_, command) => {
    expect(command.options.map(({ long }) => long)).toContain('--json');
  });

  it.each(leaves)('says what it does, and what each option is for: %s', (_, command) => {
    for (const { description } of [command, ...command.options]) expect(description).toBeTruthy();
    expect(command.description()).toBeTruthy();
  });
});

describe('artdag completion', () => {
  const script = (shell: string): string =>
    execFileSync(process.execPath, [client, 'completion', shell], {
      stdio: 'pipe',
      encoding: 'utf8',
      env: { PATH: process.env['PATH'] },
    });

  /** What bash, having read the script, offers for the last of these words. */
  function offered(...words: string[]): string[] {
    const typed = words.map((word) => `'${word}'`).join(' ');
    const ask = `COMP_WORDS=(${typed}); COMP_CWORD=${words.length - 1}; _artdag; printf '%s\\n' "\${COMPREPLY[@]}"`;
    return execFileSync('bash', ['-c', `${script('bash')}\n${ask}`], { encoding: 'utf8' })
      .trim()
      .split('\n');
  }

  it.each([
    [['artdag', 'up'], ['upload']],
    [
      ['artdag', 'keys', ''],
      ['new', 'add', 'list', 'revoke'],
    ],
    [['artdag', 'storage', 'remove', 'mine', '--f'], ['--force']],
    [
      ['artdag', 'upload', '--name', 'login', '--d'],
      ['--description', '--dry-run'],
    ],
    [['artdag', 'verify', '--network', 'r'], ['regtest']],
    [
      ['artdag', 'completion', ''],
      ['bash', 'zsh', 'fish'],
    ],
    [['artdag', 'upload', 'file'], ['']],
  ])('has bash offer for %j %j', (words, offer) => {
    expect(offered(...words)).toEqual(offer);
  });

  it('has bash offer every command', () => {
    expect(offered('artdag', '')).toEqual(program.commands.map((each) => each.name()));
  });

  it.each(['zsh', 'fish'])('tells %s every command and every option', (shell) => {
    const text = script(shell);
    for (const [path, command] of leaves) {
      expect(text).toContain(`'${path.split(' ').at(-1)}`);
      for (const { long } of command.options)
        expect(text).toContain(shell === 'fish' ? `-l ${long?.slice(2)} ` : `'${long}:`);
    }
  });

  it('wraps the script in JSON when that is asked for', async () => {
    const { stdout } = await runArtdag('/nonexistent', ['completion', 'bash', '--json']);
    expect(JSON.parse(stdout)).toEqual({ shell: 'bash', script: script('bash') });
  });

  it('knows no other shell', () => {
    expect(() => script('csh')).toThrow('Allowed choices are bash, zsh, fish');
  });
});
