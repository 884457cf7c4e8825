import { Option, type Command } from 'commander';
import type { Terminal } from '../../terminal.ts';
import { certificate, type CertificateOptions } from '../certificate.ts';
import { verify, type VerifyOptions } from './verify.ts';
import { repeatable } from '../../repeatable.ts';

/** `certificate` and `verify`. */
export function addVerifyCommands(program: Command, terminal: Terminal): void {
  program
    .command('certificate <asset>')
    .description('fetch the ownership certificate of an asset, or of a claim by its URL or UUID')
    .option('--server <url>', 'address of the L2 server')
    .option('-o, --output <file>', 'where to put it; - prints it')
    .option('--json', 'print where it was put, and whether it is anchored')
    .action((asset: string, options: CertificateOptions) => certificate(terminal, asset, options));
  program
    .command('verify <file> <certificate>')
    .description(
      'check a file and its ownership certificate, with no network; - for a file that is not at hand. ' +
        'Exit code 0: all holds; 1: something is false; 2: unreadable; 3: nothing is false, something is not proved.',
    )
    .option('--log-key <vkey>', 'a log key that you trust, from /log/vkeys of its server; may be repeated', repeatable)
    .option('--headers <file>', 'the block headers of your own Bitcoin chain, 80 bytes each')
    .option('--headers-from <height>', 'the height of the first of them', '0')
    .addOption(
      new Option('--network <name>', 'regtest takes headers without work, to try things out')
        .choices(['mainnet', 'regtest'])
        .default('mainnet'),
    )
    .option('--json', 'print the answers as JSON')
    .action(async (file: string, certificateFile: string, options: VerifyOptions) => {
      process.exitCode = await verify(terminal, [file, certificateFile], options);
    });
}
