import { CliError } from '../cli-error.ts';
import { withService, type ServiceClient } from '../service-client.ts';

export interface RewrapOptions {
  service?: string;
}

/** Who seals with `DATA_ENCRYPTION_KEY`, and where each re-wraps what it has sealed. */
const routes = { identity: '/actor-keys/rewrap', 'asset-registry': '/storage/rewrap' } as const;

type SealingService = keyof typeof routes;
export const sealingServices = Object.keys(routes) as SealingService[];

interface RewrapAnswer {
  master_key_id: string;
  rewrapped: number;
  unopened: string[];
  remaining: number;
  next: object | null;
}

type Walk = Pick<RewrapAnswer, 'master_key_id' | 'rewrapped' | 'unopened' | 'remaining'>;

interface Rewrapped extends Walk {
  service: SealingService;
}

/** Another walk finds what a second command held, or what a replica with the former master key sealed meanwhile. */
const maxWalks = 5;

/**
 * `rotate-key data-encryption`: the services that have the master keys re-wrap what they store; neither they nor what they protect comes here.
 *
 * @throws CliError when data keys remain under other master keys, or a service did not do it; the others have by then
 */
export async function rewrapDataKeys(
  env: NodeJS.ProcessEnv,
  { service }: RewrapOptions,
  o: {
    print(answer: unknown, text: string): void;
    note(note: { action: string; options?: Record<string, string> }): Promise<unknown>;
  },
): Promise<void> {
  const services = sealingServices.filter((name) => service === undefined || name === service);
  await o.note({ action: 'actor_keys.rewrapped', options: { services: services.join(' ') } });
  const done: Rewrapped[] = [];
  const problems: string[] = [];
  for (const name of services) {
    try {
      const walk = await withService(env, name, (client) => walkUntilDone(client, routes[name]));
      done.push({ service: name, ...walk });
      problems.push(...problemsOf(name, walk));
    } catch (error) {
      if (!(error instanceof CliError)) throw error;
      // Actor keys in files are sealed by nobody.
      if (error.code !== 'no_master_key' || services.length === 1) problems.push(error.message);
    }
  }
  if (done.length > 0) o.print(summaryOf(done), done.map(lineOf).join('\n'));
  if (problems.length > 0) throw new CliError(problems.join(' '));
}

function summaryOf(services: readonly Rewrapped[]) {
  const sum = (name: 'rewrapped' | 'remaining'): number => services.reduce((all, one) => all + one[name], 0);
  const unopened = services.flatMap((one) => one.unopened);
  return { rewrapped: sum('rewrapped'), remaining: sum('remaining'), unopened, services };
}

function lineOf({ service, master_key_id, rewrapped, remaining }: Rewrapped): string {
  return `${service}: re-wrapped ${rewrapped} under master key ${master_key_id}; ${remaining} remain under others.`;
}

function problemsOf(service: SealingService, { remaining, unopened }: Walk): string[] {
  if (remaining === 0) return [];
  const example = unopened[0] === undefined ? '' : `, such as ${unopened[0]}`;
  const why =
    unopened.length > 0
      ? `${unopened.length} open under none of ${service}'s master keys${example}. Give it the one that sealed them as DATA_ENCRYPTION_KEY_OTHERS`
      : 'Somebody still seals with another master key; see that every replica has the new DATA_ENCRYPTION_KEY';
  return [`${remaining} of ${service} are not under the present master key: ${why}, and run this again.`];
}

async function walkUntilDone(client: ServiceClient, path: string): Promise<Walk> {
  let walk = await walkOnce(client, path, undefined);
  for (let walks = 1; walks < maxWalks && walk.remaining > 0; walks += 1) {
    const { rewrapped } = walk;
    walk = await walkOnce(client, path, walk);
    if (walk.remaining <= walk.unopened.length && walk.rewrapped === rewrapped) break;
  }
  return walk;
}

async function walkOnce(client: ServiceClient, path: string, former: Walk | undefined): Promise<Walk> {
  let master_key_id = former?.master_key_id;
  let rewrapped = former?.rewrapped ?? 0;
  const unopened: string[] = [];
  let from: object | undefined;
  for (;;) {
    const answer: RewrapAnswer = await client.post(path, { master_key_id, from });
    master_key_id = answer.master_key_id;
    rewrapped += answer.rewrapped;
    unopened.push(...answer.unopened);
    if (answer.next === null) return { master_key_id, rewrapped, unopened, remaining: answer.remaining };
    from = answer.next;
  }
}
