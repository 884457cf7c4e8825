import { createPublicKey } from 'node:crypto';
import express from 'express';
import { Redis } from 'ioredis';
import jwt, { type JwtPayload } from 'jsonwebtoken';

/** The baseline: Express as it comes, one RS256 verification by a key that was parsed once, one Redis GET of whether the token was revoked, a JSON answer. */
const [publicPem = '', issuer = '', redisUrl = '', prefix = '', text = '{}'] = process.argv.slice(2);
const publicKey = createPublicKey(publicPem);
const answer: unknown = JSON.parse(text);
const redis = new Redis(redisUrl);
const app = express();

/** @throws unless it is ours, for that L1, unexpired, and not revoked */
async function check({ token, l1_server: audience }: { token: string; l1_server: string }): Promise<void> {
  const claims = jwt.verify(token, publicKey, { algorithms: ['RS256'], issuer, audience }) as JwtPayload;
  if ((await redis.get(`${prefix}deny:${claims.jti}`)) !== null) throw new Error('revoked');
}

app.use(express.json());
app.post('/auth/verify', (req, res) => {
  check(req.body as { token: string; l1_server: string }).then(
    () => res.json(answer),
    () => res.status(401).json({ code: 'invalid_token' }),
  );
});
const server = app.listen(0, '127.0.0.1', () => {
  const address = server.address();
  if (typeof address === 'object' && address) process.stdout.write(`ready http://127.0.0.1:${address.port}\n`);
});
