import express from 'express';
import pg from 'pg';

/** The baseline: Express as it comes, a JSON body, one single-row insert by a named statement, a JSON answer. */
const pool = new pg.Pool({ connectionString: process.argv[2] ?? '', max: Number(process.argv[3]) });
const app = express();
app.post('/assets', express.json(), async (req, res) => {
  const { name, content_hash: hash } = req.body as { name: string; content_hash: string };
  await pool.query({
    name: 'insert',
    text: 'INSERT INTO bench_bare (name, content_hash) VALUES ($1, $2)',
    values: [name, hash],
  });
  res.status(201).json({ name, content_hash: hash });
});
const server = app.listen(0, '127.0.0.1', () => {
  const address = server.address();
  if (typeof address === 'object' && address) process.stdout.write(`ready http://127.0.0.1:${address.port}\n`);
});
