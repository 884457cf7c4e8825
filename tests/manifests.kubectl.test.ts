import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { parseAllDocuments } from 'yaml';

interface Container {
  image: string;
  env: { name: string; value: string }[];
  securityContext: {
    allowPrivilegeEscalation: boolean;
    readOnlyRootFilesystem: boolean;
    capabilities: { drop: string[] };
  };
  resources: { requests: Record<string, string>; limits: Record<string, string> };
  readinessProbe?: { httpGet: { path: string } };
  livenessProbe?: { httpGet: { path: string } };
}

interface Manifest {
  kind: string;
  metadata: { name: string };
  spec: { template: { spec: { securityContext: { runAsNonRoot: boolean }; containers: Container[] } } };
}

const root = join(import.meta.dirname, '..');
const services = readdirSync(join(root, 'services')).filter((name) => name !== 'standalone');
let manifests: Manifest[];

beforeAll(() => {
  const text = execFileSync('kubectl', ['kustomize', join(root, 'k8s', 'base')], { encoding: 'utf8' });
  manifests = parseAllDocuments(text).map((document) => document.toJS() as Manifest);
});

const named = (kind: string, name: string): Manifest | undefined =>
  manifests.find((one) => one.kind === kind && one.metadata.name === name);

describe('k8s/base, as kubectl renders it', () => {
  it.each(services)(
    'has a Deployment, a Service and a disruption budget of %s, probed, bounded and confined',
    (name) => {
      expect([named('Service', name)?.kind, named('PodDisruptionBudget', name)?.kind]).toEqual([
        'Service',
        'PodDisruptionBudget',
      ]);
      const pod = named('Deployment', name)?.spec.template.spec;
      const container = pod?.containers[0];
      expect(pod?.securityContext.runAsNonRoot).toBe(true);
      expect(container?.image).toBe(`artdag/${name}`);
      expect(container?.securityContext).toEqual({
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      });
      expect([container?.readinessProbe?.httpGet.path, container?.livenessProbe?.httpGet.path]).toEqual([
        '/readyz',
        '/healthz',
      ]);
      expect([container?.resources.requests['memory'], container?.resources.limits['memory']]).toEqual([
        '160Mi',
        '512Mi',
      ]);
    },
  );

  it.each(['auth', 'identity', 'l1-bridge', 'web'])(
    'has %s, which counts by address, believe the gateway about whose it is',
    (name) => {
      const env = named('Deployment', name)?.spec.template.spec.containers[0]?.env ?? [];
      expect(env.find((variable) => variable.name === 'TRUSTED_PROXIES')?.value).toContain('10.0.0.0/8');
    },
  );

  it('has the migration job, confined like the services', () => {
    const pod = named('Job', 'migrate')?.spec.template.spec;
    expect(pod?.securityContext.runAsNonRoot).toBe(true);
    expect(pod?.containers[0]?.securityContext.readOnlyRootFilesystem).toBe(true);
  });
});
