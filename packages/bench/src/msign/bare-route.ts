import { createPublicKey, type KeyObject, verify } from 'node:crypto';
import express from 'express';

/** The baseline: Express as it comes, one look-up of the key, one Ed25519 verification of the signed text, a JSON answer. */
const [keysText = '{}', text = '{}'] = process.argv.slice(2);
const spkiPrefix = Buffer.from('302a300506032b6570032100', 'hex');
const keys = new Map<string | undefined, KeyObject>(
  Object.entries(JSON.parse(keysText) as Record<string, string>).map(([handle, raw]) => {
    const key = Buffer.concat([spkiPrefix, Buffer.from(raw, 'base64')]);
    return [handle, createPublicKey({ key, format: 'der', type: 'spki' })];
  }),
);
const answer: unknown = JSON.parse(text);
const emptyBody = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
const app = express();
app.get('/auth/me', (req, res) => {
  const header = /^MSign handle="([^"]+)" ts=(\d+) sig="([^"]+)"$/.exec(req.headers.authorization ?? '');
  const [, handle, ts, signature = ''] = header ?? [];
  const key = keys.get(handle);
  const isFresh = Math.abs(Date.now() / 1000 - Number(ts)) <= 30;
  const signed = `ed25519\n${req.method}\n${req.headers.host}\n${req.originalUrl}\n${ts}\nsha256:${emptyBody}`;
  if (key && isFresh && verify(null, Buffer.from(signed), key, Buffer.from(signature, 'base64url'))) res.json(answer);
  else res.status(401).json({ code: 'bad_signature' });
});
const server = app.listen(0, '127.0.0.1', () => {
  const address = server.address();
  if (typeof address === 'object' && address) process.stdout.write(`ready http://127.0.0.1:${address.port}\n`);
});
