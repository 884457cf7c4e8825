import { StringDecoder } from 'node:string_decoder';
import { CliError } from './cli-error.ts';
import type { Terminal } from './terminal.ts';

const enter = new Set(['\r', '\n', '\u0004']);
const backspace = new Set(['\u007f', '\b']);
const interrupt = '\u0003';

/** Asks for a password on the terminal and shows nothing of it. */
export function askPassword({ stdin, stderr }: Terminal, prompt: string): Promise<string> {
  if (!stdin.isTTY) throw new CliError('standard input is no terminal: give the password with --password-stdin.');
  stderr.write(prompt);
  stdin.setRawMode?.(true);
  const decoder = new StringDecoder('utf8');
  let typed: string[] = [];
  return new Promise((resolve, reject) => {
    const end = (settle: () => void): void => {
      stdin.off('data', onData);
      stdin.setRawMode?.(false);
      stdin.pause();
      stderr.write('\n');
      settle();
    };
    const onData = (chunk: Buffer): void => {
      for (const character of decoder.write(chunk)) {
        if (enter.has(character)) return end(() => resolve(typed.join('')));
        if (character === interrupt) return end(() => reject(new CliError('interrupted.', 130)));
        typed = backspace.has(character) ? typed.slice(0, -1) : [...typed, character];
      }
    };
    stdin.on('data', onData);
  });
}
