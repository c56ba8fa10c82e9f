import type { CustomerKey } from '../platform/customer-key.js';

/** For whom a bundle is made, and how much of the consent it may tell. */
export interface BundleRequest {
  readonly customer: CustomerKey;
  readonly consentId: string;
  /** What its reader calls the consent. */
  readonly name: string;
  /** Whose receipts it has. */
  readonly holder: 'customer' | 'retailer';
  /** The part that its reader may know; left out for all. */
  readonly within?: BundlePart;
}

export interface BundlePart {
  /** Inclusive. */
  readonly from: Date;
  /** Exclusive. */
  readonly to: Date;
  /** Only reads and entries for one of these; left out for all. */
  readonly purposes?: readonly string[];
}
