/** The part of `sshpk` that is used here; the package has no types. */
declare module 'sshpk' {
  import type { KeyObject } from 'node:crypto';

  export interface Key {
    toBuffer: (format?: string) => Buffer | KeyObject;
  }
  export function parseKey(pem: string, format: 'pem'): Key;
}
