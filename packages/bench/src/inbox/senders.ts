import { generateKeyPair, type KeyObject } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';

/** An actor elsewhere with an RSA key of 2048 bits of its own. */
export interface Sender {
  actor: string;
  keyId: string;
  privateKey: KeyObject;
}

export interface Senders {
  all: readonly Sender[];
  close(): void;
}

const hosts = ['127.0.0.1', '127.0.0.2'];

/** So many actors on two hosts on loopback, which show their documents to whoever asks. */
export async function startSenders(count: number): Promise<Senders> {
  const documents = new Map<string, string>();
  const servers: Server[] = [];
  const origins: string[] = [];
  for (const host of hosts) {
    const server = createServer((req, res) => {
      const document = documents.get(`http://${req.headers.host}${req.url}`);
      if (document === undefined) res.writeHead(404).end();
      else res.writeHead(200, { 'content-type': 'application/activity+json' }).end(document);
    });
    await new Promise<void>((resolve) => server.listen(0, host, resolve));
    servers.push(server);
    origins.push(`http://${host}:${(server.address() as AddressInfo).port}`);
  }
  const make = async (i: number): Promise<Sender> => {
    const { privateKey, publicKey } = await promisify(generateKeyPair)('rsa', { modulusLength: 2048 });
    const actor = `${origins[i % origins.length]}/users/sender-${i}`;
    const keyId = `${actor}#main-key`;
    const publicKeyPem = publicKey.export({ type: 'spki', format: 'pem' });
    documents.set(
      actor,
      JSON.stringify({
        '@context': ['https://www.w3.org/ns/activitystreams', 'https://w3id.org/security/v1'],
        ...{ id: actor, type: 'Person', preferredUsername: `sender-${i}`, inbox: `${actor}/inbox` },
        publicKey: { id: keyId, owner: actor, publicKeyPem },
      }),
    );
    return { actor, keyId, privateKey };
  };
  const all = await Promise.all(Array.from({ length: count }, (_, i) => make(i)));
  return {
    all,
    close() {
      for (const server of servers) {
        server.close();
        server.closeAllConnections();
      }
    },
  };
}
