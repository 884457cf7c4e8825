import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** How each shell starts on a terminal without anybody's settings, and what it is told then. */
const shells = {
  bash: {
    start: 'bash --norc --noprofile -i',
    init: `artdag() { printf '%s\\n' "$@" > typing; mv typing typed; }`,
  },
  zsh: {
    start: 'zsh -f -i',
    init: `autoload -Uz compinit && compinit -D -u\nartdag() { printf '%s\\n' "$@" > typing; mv typing typed; }`,
  },
  fish: {
    start: 'fish --no-config -i',
    init: `function artdag; printf '%s\\n' $argv > typing; mv typing typed; end`,
  },
};

export type Shell = keyof typeof shells;

/** In zsh, as it can give a program a terminal. Arguments: how to start the shell, and the lines to type. */
const typist = `
zmodload zsh/zpty
await() {
  repeat 400; do
    while zpty -r -t shell out; do print -rn -- $out >> log; done
    [[ -e $1 ]] && return
    sleep 0.025
  done
  print -u2 "waited for $1 in vain: $line"; cat log >&2; exit 1
}
zpty -b shell $1; shift
zpty -w shell '. ./init'
await ready
for line; do
  rm -f typed
  zpty -w -n shell $line$'\\t'
  zpty -w -n shell $'\\r'
  await typed
  cat typed; print -n '\\0'
done`;

/**
 * Types each line into a real shell on a terminal of its own, then a tab and a return, in a folder with one file, `picture.png`.
 *
 * @param script what `artdag completion` prints for that shell
 * @returns for each line the arguments that `artdag` was started with
 */
export function typedIn(shell: Shell, script: string, lines: readonly string[]): string[][] {
  const folder = mkdtempSync(join(tmpdir(), 'artdag-shell-'));
  const { start, init } = shells[shell];
  try {
    writeFileSync(join(folder, 'completion'), script);
    writeFileSync(join(folder, 'picture.png'), '');
    writeFileSync(join(folder, 'init'), `${init}\n. ./completion\ntouch ready\n`);
    const stdout = execFileSync('zsh', ['-f', '-c', typist, 'typist', start, ...lines], {
      cwd: folder,
      env: { PATH: process.env['PATH'], HOME: folder, TERM: 'xterm' },
      encoding: 'utf8',
      timeout: 60_000,
    });
    return stdout
      .split('\0')
      .slice(0, -1)
      .map((typed) => typed.trimEnd().split('\n'));
  } finally {
    rmSync(folder, { recursive: true });
  }
}
