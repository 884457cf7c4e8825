import express from 'express';
import { Redis } from 'ioredis';
import jwt, { type JwtPayload } from 'jsonwebtoken';

/** The baseline: Express as it comes, one RS256 verification, one Redis GET of whether the token was revoked, a JSON answer. */
const [publicKey = '', domain = '', redisUrl = '', prefix = '', text = '{}'] = process.argv.slice(2);
const answer: unknown = JSON.parse(text);
const redis = new Redis(redisUrl);
const app = express();
/** @throws unless it is ours, unexpired, and not revoked */
async function check(token: string): Promise<void> {
  const claims = jwt.verify(token, publicKey, {
    algorithms: ['RS256'],
    issuer: domain,
    audience: domain,
  }) as JwtPayload;
  if ((await redis.get(`${prefix}deny:${claims.jti}`)) !== null) throw new Error('revoked');
}

app.get('/', (req, res) => {
  check((req.headers.authorization ?? '').slice('Bearer '.length)).then(
    () => res.json(answer),
    () => res.status(401).json({ code: 'invalid_token' }),
  );
});
const server = app.listen(0, '127.0.0.1', () => {
  const address = server.address();
  if (typeof address === 'object' && address) process.stdout.write(`ready http://127.0.0.1:${address.port}\n`);
});
