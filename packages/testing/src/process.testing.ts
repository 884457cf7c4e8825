/** A process for start-process.test.ts. */
import { createServer } from 'node:http';

const mode = process.argv[2];
if (mode === 'fails') {
  process.stderr.write('no such luck\n');
  process.exit(3);
}
if (mode === 'stubborn') process.on('SIGTERM', () => process.stdout.write('no\n'));
else process.on('SIGTERM', () => process.exit(0));

const server = createServer((_req, res) => res.end(process.env['WORD'])).listen(
  Number(process.env['PORT'] ?? 0),
  () => {
    const address = server.address();
    if (mode !== 'silent')
      process.stdout.write(`listening on http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}\n`);
  },
);
