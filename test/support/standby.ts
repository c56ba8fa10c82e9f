import { join } from 'node:path';

import { migrate } from '../../src/platform/database/migrate.js';
import { aFolder } from './cli.js';
import { createDatabase } from './database-server.js';
import { eventually } from './eventually.js';
import { MovableAddress } from './movable-address.js';
import { PostgresServer } from './postgres-server.js';

const TEMPLATE = 'ccx_failover_template';

/**
 * A primary whose commits wait for its standby, and an address that leads to the primary. With
 * `synchronous_commit = on` a commit is reported once it is on the standby's disk: whatever was reported is there when the
 * standby becomes the primary. That it can be read on the standby already (`remote_apply`) would help nobody, since
 * nothing is read there.
 */
export class Pair {
  private constructor(
    readonly primary: PostgresServer,
    readonly standby: PostgresServer,
    readonly address: MovableAddress,
  ) {}

  /** Makes them, with a migrated template, of which `startApp` makes databases at the address from now on. */
  static async make(programs: string): Promise<Pair> {
    const folder = await aFolder();
    const primary = await PostgresServer.make(programs, join(folder, 'primary'), ['synchronous_commit = on']);
    const standby = await PostgresServer.copy(primary, join(folder, 'standby'), '-R');
    await standby.start();
    const address = await MovableAddress.to(primary.port);
    const serverUrl = address.urlOf(primary.url);
    await migrate(await createDatabase(serverUrl, TEMPLATE));
    Object.assign(process.env, { CCX_TEST_SERVER_URL: serverUrl, CCX_TEST_TEMPLATE: TEMPLATE });
    const pair = new Pair(primary, standby, address);
    await pair.waitForStandby();
    return pair;
  }

  /** Loses the primary, and puts the standby in its place, as an operator does by hand. */
  async failOver({ isSilent = false } = {}): Promise<void> {
    if (isSilent) this.address.goSilent();
    await this.primary.kill(); // which fences it as well: it can acknowledge nothing any more
    await this.standby.promote();
    this.address.moveTo(this.standby.port);
    this.address.comeBack();
  }

  async remove(): Promise<void> {
    await this.address.close();
    await this.standby.remove();
    await this.primary.remove();
  }

  private async waitForStandby(): Promise<void> {
    await this.primary.query(`alter system set synchronous_standby_names = 'ANY 1 (*)'`);
    await this.primary.query('select pg_reload_conf()');
    await eventually(async () => {
      const [standby] = await this.primary.query(
        'select from pg_stat_replication where sync_state in ($$sync$$, $$quorum$$)',
      );
      if (!standby) throw new Error('No commit waits for the standby yet.');
    });
  }
}
