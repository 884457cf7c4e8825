/** As much of `jsonld` 9 as is used here; the package has no types of its own. */
declare module 'jsonld' {
  export interface RemoteDocument {
    contextUrl: null;
    documentUrl: string;
    document: unknown;
  }
  export interface CanonizeOptions {
    /** Throws where a term would be lost. */
    safe: boolean;
    documentLoader: (url: string) => Promise<RemoteDocument>;
    canonizeOptions: { algorithm: 'RDFC-1.0'; format: 'application/n-quads'; maxWorkFactor: number };
  }
  const jsonld: { canonize(document: object, options: CanonizeOptions): Promise<string> };
  export default jsonld;
}
