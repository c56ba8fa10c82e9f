/** The database would not do what the service asks of it as the service means it. */
export class DatabaseSessionError extends Error {
  override readonly name = 'DatabaseSessionError';

  constructor(role: string, zone: string) {
    super(
      `At DATABASE_URL the service would act as ${role} in the time zone ${zone}, and not as ccx_app in UTC: what stands ` +
        'in between, such as pgbouncer, drops the options of a connection. Log in as a role that has them by itself: ' +
        'deploy/pgbouncer/login.sql makes one.',
    );
  }
}
