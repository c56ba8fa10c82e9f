import type { ObjectLiteral } from 'typeorm';

/** Every entity of the service, by module. TypeORM maps these; each is used by its own module alone. */
export const entities: (new () => ObjectLiteral)[] = [];
