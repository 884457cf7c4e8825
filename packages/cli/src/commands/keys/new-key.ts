import { makeKeyFile } from '../../new-key-file.ts';
import { print, type Terminal } from '../../terminal.ts';

export interface NewKeyOptions {
  out?: string;
  label?: string;
  force?: boolean;
}

/** Makes a key on this machine. Nothing is sent. */
export function newKey(terminal: Terminal, options: NewKeyOptions): void {
  const { path, fingerprint, publicKey } = makeKeyFile(terminal.env, options);
  print(terminal, `fingerprint  ${fingerprint}`);
  print(terminal, `public key   ${publicKey}`);
  print(terminal, `file         ${path}`);
}
