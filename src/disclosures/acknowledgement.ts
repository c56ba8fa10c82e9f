/** `honoured`: it is applied. `cannot`: it is not, and the retailer says why. */
export const acknowledgementStatuses = ['honoured', 'cannot'] as const;
export type AcknowledgementStatus = (typeof acknowledgementStatuses)[number];

/** What a retailer says of one preference at one of its touchpoints. */
export interface AcknowledgedItem {
  readonly attribute: string;
  /** Which one, of an attribute with many values; null for all of them. */
  readonly key: string | null;
  readonly touchpoint: string;
  readonly status: AcknowledgementStatus;
  /** In the retailer's words; always there when it cannot. */
  readonly reason: string | null;
}

/** The latest that a retailer has said of it. */
export interface Acknowledgement extends AcknowledgedItem {
  readonly retailerId: string;
  readonly consentId: string;
  readonly at: Date;
}
