import type { z } from 'zod';
import type { Copy, Finding, PinType, TestResult } from './copy.ts';
import type { ProviderCalls } from './provider-calls.ts';
import { ProviderFailure } from './provider-failure.ts';

/** What a provider is reached with: texts, by the names that its type gives them. */
export type ProviderConfig = Readonly<Record<string, string>>;

export interface ProviderDefinition<C extends ProviderConfig> {
  /** `provider_type` in requests. */
  name: string;
  config: z.ZodType<C>;
  /** Names of what is never shown. */
  secrets: readonly (keyof C & string)[];
  /** Names of what says where the secrets are sent. */
  destinations: readonly (keyof C & string)[];
  pinType: PinType;
  /** Only a system administrator may configure it (`all`), or may name private addresses in it. */
  sysadmin?: 'all' | 'private-addresses';
  /** @throws ProviderFailure */
  test(config: C, calls: ProviderCalls): Promise<TestResult>;
  /** Whether the copy is there, as far as the provider can tell. @throws ProviderFailure */
  holds(config: C, copy: Copy, calls: ProviderCalls): Promise<Finding>;
  /** Asks the provider to fetch and pin the copy. @throws ProviderFailure */
  requestPin?(config: C, copy: Copy, calls: ProviderCalls): Promise<void>;
}

/** A type of providers, whatever the shape of its config. */
export type ProviderType = ProviderDefinition<ProviderConfig>;

/** Lets types with different configs stand in one list: each reads a stored config by its own schema before it uses it. */
export function defineProvider<C extends ProviderConfig>(definition: ProviderDefinition<C>): ProviderType {
  const { config: schema, test, holds, requestPin, ...rest } = definition;
  const read = (config: ProviderConfig): C => {
    const known = schema.safeParse(config);
    if (known.success) return known.data;
    throw new ProviderFailure('The stored config is not valid any more; give it again.');
  };
  return {
    ...rest,
    config: schema,
    test: async (config, calls) => await test(read(config), calls),
    holds: async (config, copy, calls) => await holds(read(config), copy, calls),
    ...(requestPin && {
      requestPin: async (config: ProviderConfig, copy: Copy, calls: ProviderCalls) =>
        await requestPin(read(config), copy, calls),
    }),
  };
}
