import type { Command } from 'commander';
import { contextOf } from '../context.ts';
import { withService } from '../service-client.ts';
import type { Terminal } from '../terminal.ts';

interface AddedKey {
  key_id: string;
  fingerprint: string;
}

/** `recover-identity`: a new key for somebody who has lost theirs, after the operator made sure who asks. */
export function addRecoverIdentityCommand(program: Command, terminal: Terminal): void {
  program
    .command('recover-identity')
    .description('give an identity a new public key, for somebody who has lost all of theirs')
    .argument('<handle>', 'whose identity')
    .requiredOption('--public-key <base64>', 'the 32 bytes of the new Ed25519 public key')
    .option('--label <text>', 'what the key is called')
    .option('--force', 'revoke the keys that the identity has')
    .action(
      async (handle: string, options: { publicKey: string; label?: string; force?: boolean }, command: Command) => {
        const { client: auth, print } = contextOf(terminal, command);
        const { publicKey: public_key_b64, label, force } = options;
        const body = { handle, public_key_b64, label, force };
        const note = { action: 'identity.recovered', target: handle, options: { force: force === true } };
        await auth().post('/notes', note);
        const key = await withService(terminal.env, 'identity', (client) =>
          client.post<AddedKey>('/recover-identity', body),
        );
        print(key, `${handle} signs in with the key ${key.fingerprint} (${key.key_id}) from now on.`);
      },
    );
}
