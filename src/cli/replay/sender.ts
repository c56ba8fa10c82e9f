/** How a retailer's events reach the service: in batches as they happen, or in files. */
export interface Sender {
  /** Takes one more event, once there is room. */
  send(id: string, event: string): Promise<void>;
  /** Sends what is left and waits until all of it is known to be taken. */
  finish(): Promise<void>;
}
