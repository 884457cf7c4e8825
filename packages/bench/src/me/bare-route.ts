import express from 'express';

/** The baseline: Express as it comes, and a JSON answer of the same size, which it knows beforehand. */
const answer: unknown = JSON.parse(process.argv[2] ?? '{}');
const app = express();
app.get('/auth/me', (_req, res) => {
  res.json(answer);
});
const server = app.listen(0, '127.0.0.1', () => {
  const address = server.address();
  if (typeof address === 'object' && address) process.stdout.write(`ready http://127.0.0.1:${address.port}\n`);
});
