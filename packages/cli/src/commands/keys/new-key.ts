import { makeKeyFile } from '../../new-key-file.ts';
import { print, printJson, type Terminal } from '../../terminal.ts';

export interface NewKeyOptions {
  out?: string;
  label?: string;
  force?: boolean;
  json?: boolean;
}

/** Makes a key on this machine. Nothing is sent. */
export function newKey(terminal: Terminal, options: NewKeyOptions): void {
  const { path, fingerprint, publicKey } = makeKeyFile(terminal.env, options);
  if (options.json) return printJson(terminal, { fingerprint, public_key: publicKey, file: path });
  print(terminal, `fingerprint  ${fingerprint}`);
  print(terminal, `public key   ${publicKey}`);
  print(terminal, `file         ${path}`);
}
