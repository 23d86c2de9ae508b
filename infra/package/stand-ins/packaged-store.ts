/** The one kind of store that packaged functions have. */
import type { StoreSpec } from '../../store/spec.ts';

/** @throws {Error} when another was named */
export function packagedStore(spec: StoreSpec): StoreSpec & { readonly kind: 'dynamodb' } {
  if (spec.kind === 'dynamodb') return spec;
  throw new Error(`a packaged function has no ${spec.kind} store; it wants dynamodb:PREFIX`);
}
