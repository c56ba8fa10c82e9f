import { type Caller, expecting, type Reply, type Request, TokenCaller } from '../api/http-api.js';
import { CliError } from '../errors.js';
import type { Dataset } from './dataset.js';
import { digest } from './digest.js';
import type { ReplayState } from './state.js';

/** The account of one of the made-up people behind the numbers of the data set. */
export class Account implements Caller {
  constructor(
    private readonly dataset: Dataset,
    private readonly customer: string,
    private readonly anybody: Caller,
    private readonly as: (token: string) => Caller,
    private readonly state: ReplayState,
  ) {}

  get email(): string {
    const { customerWord, domain } = this.dataset;
    return `${customerWord}-${this.customer}@${domain}`;
  }

  /** Makes the account, unless there is one; answers whether it did. */
  async register(): Promise<boolean> {
    const { status, body } = await expecting<{ session: { token: string } }>(
      this.anybody,
      { method: 'POST', path: '/v1/customers', body: { email: this.email, password: this.password } },
      201,
      409,
    );
    if (status === 201) this.state.keepProgress(this.customer, { session: body.session.token });
    return status === 201;
  }

  /** Answers whether there is such an account. */
  async signIn(): Promise<boolean> {
    const { status, body } = await expecting<{ token: string }>(
      this.anybody,
      { method: 'POST', path: '/v1/sessions', body: { email: this.email, password: this.password } },
      201,
      401,
    );
    if (status === 201) this.state.keepProgress(this.customer, { session: body.token });
    return status === 201;
  }

  /** Calls the API as the customer, signed in anew where the session has ended. */
  async send<T>(request: Request): Promise<Reply<T>> {
    const { session } = this.state.progressOf(this.customer);
    const reply = session === undefined ? undefined : await this.as(session).send<T>(request);
    if (reply && reply.status !== 401) return reply;
    if (!(await this.signIn())) throw new CliError(`${this.email} cannot sign in: the account is not of this replay.`);
    return this.as(this.state.progressOf(this.customer).session as string).send<T>(request);
  }

  /** The same at every run, so that the account opens without anything kept. It guards made-up data only. */
  private get password(): string {
    return digest(`${this.dataset.name} customer ${this.customer}`);
  }
}

/** Opens accounts of a data set's customers at the service at `url`. */
export class Accounts {
  constructor(
    private readonly dataset: Dataset,
    private readonly url: string,
    private readonly patient: (caller: Caller) => Caller,
    private readonly state: ReplayState,
  ) {}

  of(customer: string): Account {
    const as = (token?: string) => this.patient(new TokenCaller(this.url, token));
    return new Account(this.dataset, customer, as(), as, this.state);
  }
}
